//! `POST /api/tickets/{id}/typing`: an agent types an answer.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use tributary_domain::typing::{self, TypingError};
use tributary_edge::Problem;

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::failure::{forbidden, no_such_ticket, port_problem};
use crate::openapi::refused_with;
use crate::path_id::TicketPath;
use crate::query::Parameters;

refused_with!(
    Refusals: InvalidId, InvalidParameter, Unauthenticated, Forbidden, TicketNotFound, TemporarilyUnavailable,
    InternalError
);

/// Says that an agent types an answer, to be called each ten seconds while that is so, and not for notes. Where the channel
/// shows it and the desk is set up to, the customer sees it a moment later, once in 15 seconds at most. Elsewhere, on a
/// closed ticket and outside the reply window nothing is done.
#[utoipa::path(
    post,
    path = "/api/tickets/{id}/typing",
    tag = "tickets",
    security(("agent" = [])),
    params(("id" = String, Path, description = "The ticket's id")),
    responses((status = 204, description = "Heard"), Refusals)
)]
pub(crate) async fn note_typing<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    TicketPath(id): TicketPath,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    parameters.among(&[])?;
    let channels = &door.deps().typing_indicators;
    let noting = typing::note_typing(door.desk(), &caller.principal, &id, channels);
    match noting.await {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(TypingError::NoSuchTicket) => Err(no_such_ticket()),
        Err(TypingError::Forbidden) => Err(forbidden()),
        Err(TypingError::Port(error)) => Err(port_problem(&error)),
    }
}
