//! `POST /api/tickets/{id}/message/{message_id}/…`: what an agent decides about a message on its way out.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use tributary_domain::Surroundings;
use tributary_domain::change_delivery::{DecideError, Decision, decide};
use tributary_edge::{Problem, ProblemCode};

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::etag;
use crate::failure::{
    forbidden, no_such_message, no_such_ticket, out_of_time, port_problem, window_closed,
};
use crate::openapi::refused_with;
use crate::path_id::MessagePath;
use crate::query::Parameters;
use crate::routes::{deadline, publish};
use crate::views::names::DeliveryStateName;
use crate::views::ticket::{TicketView, Viewer};

refused_with!(
    Refusals: InvalidId, InvalidParameter, Unauthenticated, Forbidden, TicketNotFound, MessageNotFound,
    DeliveryStage, ReplyWindowClosed, TemporarilyUnavailable, InternalError
);

/// Sends a message again that failed, or of which nobody knows whether it arrived. Only those of its parts go that no
/// provider is known to have.
#[utoipa::path(
    post,
    path = "/api/tickets/{id}/message/{message_id}/retry",
    tag = "tickets",
    security(("agent" = [])),
    params(
        ("id" = String, Path, description = "The ticket's id"),
        ("message_id" = String, Path, description = "The message's id")
    ),
    responses((status = 200, description = "It is queued: the ticket", body = TicketView), Refusals)
)]
pub(crate) async fn retry_message<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    path: MessagePath,
    parameters: Parameters,
) -> Result<Response, Problem> {
    made(door, caller, path, parameters, Decision::Retry).await
}

/// Takes back a message that waits to be sent, or puts one away that failed.
///
/// It stays in the timeline as one that the customer has not got. Where a part of it may have gone, it stays what was
/// said, and only what still waits of it is given up: `failed`, with the code `rest-discarded`.
#[utoipa::path(
    post,
    path = "/api/tickets/{id}/message/{message_id}/discard",
    tag = "tickets",
    security(("agent" = [])),
    params(
        ("id" = String, Path, description = "The ticket's id"),
        ("message_id" = String, Path, description = "The message's id")
    ),
    responses((status = 200, description = "It is not sent: the ticket", body = TicketView), Refusals)
)]
pub(crate) async fn discard_message<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    path: MessagePath,
    parameters: Parameters,
) -> Result<Response, Problem> {
    made(door, caller, path, parameters, Decision::Discard).await
}

/// Says that a message arrived of which the desk does not know it.
#[utoipa::path(
    post,
    path = "/api/tickets/{id}/message/{message_id}/arrived",
    tag = "tickets",
    security(("agent" = [])),
    params(
        ("id" = String, Path, description = "The ticket's id"),
        ("message_id" = String, Path, description = "The message's id")
    ),
    responses((status = 200, description = "It counts as sent: the ticket", body = TicketView), Refusals)
)]
pub(crate) async fn confirm_message<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    path: MessagePath,
    parameters: Parameters,
) -> Result<Response, Problem> {
    made(door, caller, path, parameters, Decision::Arrived).await
}

async fn made<D: Door>(
    door: Arc<D>,
    caller: SignedIn,
    MessagePath(ticket_id, message_id): MessagePath,
    parameters: Parameters,
    decision: Decision,
) -> Result<Response, Problem> {
    parameters.among(&[])?;
    let desk = door.desk();
    let of = (&ticket_id, &message_id);
    let deadline = deadline(door.as_ref());
    let decided = decide(desk, &caller.principal, of, decision, deadline).await;
    let (ticket, events) = decided.map_err(problem)?;
    publish(door.as_ref(), &events).await;
    let tag = etag::of_version(ticket.version);
    let viewer = Viewer {
        principal: &caller.principal,
        now: desk.surroundings.now(),
    };
    let view = TicketView::of(ticket, viewer, &desk.blobs).await;
    let view = view.map_err(|error| port_problem(&error))?;
    Ok(etag::tagged(StatusCode::OK, &tag, view))
}

fn problem(error: DecideError) -> Problem {
    match error {
        DecideError::NoSuchTicket => no_such_ticket(),
        DecideError::NoSuchMessage => no_such_message(),
        DecideError::Forbidden => forbidden(),
        DecideError::NotNow { state, possible } => {
            let possible: Vec<&str> = possible.into_iter().map(Decision::as_str).collect();
            let name = DeliveryStateName::from(state);
            Problem::new(ProblemCode::DeliveryStage)
                .detail("The message is at another stage by now.")
                .with("state", serde_json::to_value(name).unwrap_or_default())
                .with("possible", possible)
        }
        DecideError::WindowClosed(window) => window_closed(window),
        DecideError::OutOfTime => out_of_time(),
        DecideError::Port(error) => port_problem(&error),
    }
}
