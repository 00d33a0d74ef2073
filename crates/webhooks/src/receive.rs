//! How a body that is proven is received, whichever platform it is from.

use axum::response::Response;
use serde_json::value::RawValue;
use tributary_domain::Channel;
use tributary_domain::channel::events;
use tributary_domain::receive::receive_messages;
use tributary_domain::surroundings::Deadline;
use tributary_edge::{Problem, ProblemCode};

use crate::Deps;
use crate::answer::{self, unavailable};

/// Receives a proven body: what it says to our accounts is committed, published as far as that costs
/// nothing, and counted in the answer.
///
/// # Errors
/// `invalid-body` when it is no JSON, `temporarily-unavailable` when our accounts cannot be told.
pub(crate) async fn receive_proven(
    deps: &Deps,
    channel: Channel,
    raw: &[u8],
    deadline: Deadline,
) -> Result<Response, Problem> {
    let body: &RawValue = serde_json::from_slice(raw).map_err(|_| {
        Problem::new(ProblemCode::InvalidBody).detail("The body is not valid JSON.")
    })?;
    let accounts = tributary_runtime::accounts(&deps.secrets, channel)
        .await
        .map_err(|_| unavailable())?;
    let Some(events) = events(channel, body) else {
        tracing::error!(%channel, "a channel that sends no events has a door for them");
        return Err(Problem::new(ProblemCode::InternalError));
    };
    let outcome = receive_messages(&deps.desk, channel, events, &accounts, raw, deadline).await;
    deps.publish(&outcome.received.events).await;
    Ok(answer::of(channel, &outcome))
}
