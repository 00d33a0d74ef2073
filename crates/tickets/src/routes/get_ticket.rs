//! `GET /api/tickets/{id}`: a ticket.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use tributary_domain::Surroundings;
use tributary_domain::read_ticket::{ReadError, read_ticket};
use tributary_edge::Problem;

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::etag;
use crate::failure::{forbidden, no_such_ticket, port_problem};
use crate::openapi::refused_with;
use crate::path_id::TicketPath;
use crate::query::Parameters;
use crate::views::ticket::{TicketView, Viewer};

refused_with!(
    Refusals: InvalidId, InvalidParameter, Unauthenticated, Forbidden, TicketNotFound,
    TemporarilyUnavailable, InternalError
);

/// A ticket with the last part of its timeline.
#[utoipa::path(
    get,
    path = "/api/tickets/{id}",
    tag = "tickets",
    security(("agent" = [])),
    params(
        ("id" = String, Path, description = "The ticket's id"),
        ("if-none-match" = Option<String>, Header, description = "The ETag of what the client has"),
    ),
    responses(
        (status = 200, description = "The ticket", body = TicketView, headers(("etag" = String, description = "`\"<version>\"`"))),
        (status = 304, description = "The client has it already"),
        Refusals
    )
)]
pub(crate) async fn get_ticket<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    TicketPath(id): TicketPath,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    parameters.among(&[])?;
    let desk = door.desk();
    let ticket = read_ticket(&desk.tickets, &caller.principal, &id)
        .await
        .map_err(problem)?;
    let tag = etag::of_version(ticket.version);
    let viewer = Viewer {
        principal: &caller.principal,
        now: desk.surroundings.now(),
    };
    let view = TicketView::of(ticket, viewer, &desk.blobs).await;
    let view = view.map_err(|error| port_problem(&error))?;
    Ok(etag::answer(&headers, StatusCode::OK, &tag, view))
}

/// A read that failed.
pub(super) fn problem(error: ReadError) -> Problem {
    match error {
        ReadError::NoSuchTicket => no_such_ticket(),
        ReadError::Forbidden => forbidden(),
        ReadError::Port(error) => port_problem(&error),
    }
}
