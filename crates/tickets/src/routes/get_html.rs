//! `GET /api/tickets/{id}/timeline/{position}/html`: the HTML of a mail that is too long for the timeline.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use tributary_domain::read_ticket::read_html;
use tributary_edge::{Problem, ProblemCode};

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::failure::port_problem;
use crate::openapi::refused_with;
use crate::path_id::EntryPath;
use crate::query::Parameters;
use crate::routes::get_ticket::problem;
use crate::views::html::HtmlView;

refused_with!(
    Refusals: InvalidId, InvalidParameter, Unauthenticated, Forbidden, TicketNotFound, NotFound,
    TemporarilyUnavailable, InternalError
);

/// The whole sanitised HTML of a mail.
#[utoipa::path(
    get,
    path = "/api/tickets/{id}/timeline/{position}/html",
    tag = "tickets",
    security(("agent" = [])),
    params(
        ("id" = String, Path, description = "The ticket's id"),
        ("position" = u64, Path, description = "The entry's position in the timeline"),
    ),
    responses((status = 200, description = "The HTML", body = HtmlView), Refusals)
)]
pub(crate) async fn get_html<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    EntryPath(id, position): EntryPath,
    parameters: Parameters,
) -> Result<Json<HtmlView>, Problem> {
    parameters.among(&[])?;
    let desk = door.desk();
    let found = read_html(&desk.tickets, &desk.blobs, &caller.principal, &id, position)
        .await
        .map_err(problem)?;
    let Some((html, attachments)) = found else {
        let why = "There is no such entry, or it has no HTML.";
        return Err(Problem::new(ProblemCode::NotFound).detail(why));
    };
    let view = HtmlView::of(&html, attachments, &desk.blobs).await;
    Ok(Json(view.map_err(|error| port_problem(&error))?))
}
