//! `GET /api/tickets/{id}/templates`: what can be sent once the reply window is closed.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use tributary_domain::read_ticket::{ReadError, read_ticket};
use tributary_domain::templates::templates_of;
use tributary_edge::Problem;

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::failure::{forbidden, no_such_ticket, port_problem};
use crate::openapi::refused_with;
use crate::path_id::TicketPath;
use crate::query::Parameters;
use crate::views::uploads::{TemplateView, TemplatesView};

refused_with!(
    Refusals: InvalidId, InvalidParameter, Unauthenticated, Forbidden, TicketNotFound, TemporarilyUnavailable,
    InternalError
);

/// The approved templates of the account that the ticket came to, as they were at the last hourly look; none where
/// the platform has no templates.
#[utoipa::path(
    get,
    path = "/api/tickets/{id}/templates",
    tag = "tickets",
    security(("agent" = [])),
    params(("id" = String, Path, description = "The ticket's id")),
    responses((status = 200, description = "The templates", body = TemplatesView), Refusals)
)]
pub(crate) async fn list_templates<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    TicketPath(id): TicketPath,
    parameters: Parameters,
) -> Result<Json<TemplatesView>, Problem> {
    parameters.among(&[])?;
    let desk = door.desk();
    let read = read_ticket(&desk.tickets, &caller.principal, &id).await;
    let ticket = read.map_err(|error| match error {
        ReadError::NoSuchTicket => no_such_ticket(),
        ReadError::Forbidden => forbidden(),
        ReadError::Port(error) => port_problem(&error),
    })?;
    let source = ticket.source;
    let templates = templates_of(&desk.blobs, source.channel, &source.account_id).await;
    let templates = templates.map_err(|error| port_problem(&error))?;
    let templates = templates.into_iter().map(TemplateView::from).collect();
    Ok(Json(TemplatesView { templates }))
}
