//! `GET /api/tickets/{id}/timeline`: a timeline, page by page backwards.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use tributary_domain::read_ticket::{TimelinePage, read_timeline};
use tributary_edge::Problem;

use crate::caller::SignedIn;
use crate::cursor;
use crate::deps::Door;
use crate::failure::port_problem;
use crate::openapi::refused_with;
use crate::path_id::TicketPath;
use crate::query::Parameters;
use crate::routes::get_ticket::problem;
use crate::views::list::TimelineView;
use crate::views::message::MessageView;

refused_with!(
    Refusals: InvalidId, InvalidParameter, InvalidCursor, Unauthenticated, Forbidden, TicketNotFound,
    TemporarilyUnavailable, InternalError
);

/// The last entries of a timeline, or those before a cursor.
#[utoipa::path(
    get,
    path = "/api/tickets/{id}/timeline",
    tag = "tickets",
    security(("agent" = [])),
    params(
        ("id" = String, Path, description = "The ticket's id"),
        ("cursor" = Option<String>, Query, description = "`older_timeline` of the ticket or the page after"),
    ),
    responses((status = 200, description = "Entries in their order, oldest first", body = TimelineView), Refusals)
)]
pub(crate) async fn get_timeline<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    TicketPath(id): TicketPath,
    parameters: Parameters,
) -> Result<Json<TimelineView>, Problem> {
    let given = parameters.among(&["cursor"])?;
    let before = given
        .text("cursor")
        .map(|text| cursor::read_timeline(text, &id));
    let before = before.transpose()?;
    let desk = door.desk();
    let TimelinePage { messages, older } =
        read_timeline(&desk.tickets, &caller.principal, &id, before)
            .await
            .map_err(problem)?;
    let messages = MessageView::all(messages, &desk.blobs).await;
    Ok(Json(TimelineView {
        messages: messages.map_err(|error| port_problem(&error))?,
        older_timeline: older.map(|before| cursor::write_timeline(&id, before)),
    }))
}
