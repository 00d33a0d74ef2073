//! Mail from SendGrid (Inbound Parse): the way of a mail that both doors share, from the bytes as they came to what
//! became of it. SendGrid drops a mail for good on a 4xx, so nothing that is proven is refused.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use tributary_domain::Channel;
use tributary_domain::receive::Outcome;
use tributary_domain::surroundings::Deadline;
use tributary_edge::Problem;
use tributary_edge::body::read_capped;

use crate::Deps;
use crate::answer;
use crate::receive::receive_proven;

mod arrival;
mod authorizer;
mod filing;
mod proof;

pub use arrival::{Left, take_arrived};
pub use authorizer::{Undecided, authorize};
use proof::{Admitted, NotProven};
use proof::{Post, prove, prove_signature};

/// SendGrid's mails have up to 30 MB with all that is around them (Inbound Parse, "Things to know").
const MAIL_CAP: usize = 30 * 1024 * 1024;
/// SendGrid posts its events when it has 768 KB of them (Event Webhook, "Getting started"); this leaves room.
const EVENTS_CAP: usize = 3 * 1024 * 1024;

/// Receives a mail as SendGrid posted it: proves it over the bytes as they came, files it, or keeps it raw when it
/// cannot be read, and publishes what that caused as far as it costs nothing. `admitted` is what its headers came to
/// when it was taken elsewhere; none when it came here at once.
///
/// # Errors
/// [`NotProven`]; nothing is stored then.
pub(crate) async fn receive_mail(
    deps: &Deps,
    headers: &HeaderMap,
    raw: Bytes,
    admitted: Option<Admitted>,
    deadline: Deadline,
) -> Result<Outcome, NotProven> {
    match admitted {
        None => prove(&deps.secrets, Post::Mail, headers, &raw).await?,
        Some(Admitted::ToBeSigned) => prove_signature(&deps.secrets, headers, &raw).await?,
        Some(Admitted::ByBasic) => {}
    }
    let secret = deps.secrets.sendgrid().await?;
    let content_type = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let content_type = content_type.unwrap_or_default();
    let outcome = filing::file(deps, &secret, content_type, &raw, deadline).await;
    deps.publish(&outcome.received.events).await;
    Ok(outcome)
}

/// Takes a mail that is posted here: 200 with the counts, 401, 413, or 503.
pub(crate) async fn receive_post(
    deps: &Deps,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let deadline = deps.deadline();
    let raw = read_capped(body, MAIL_CAP).await?;
    let outcome = receive_mail(deps, headers, raw, None, deadline).await?;
    Ok(answer::of(Channel::Email, &outcome))
}

/// Takes what SendGrid tells of the mails we sent.
pub(crate) async fn receive_events(
    deps: &Deps,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let deadline = deps.deadline();
    let raw = read_capped(body, EVENTS_CAP).await?;
    prove(&deps.secrets, Post::Events, headers, &raw).await?;
    receive_proven(deps, Channel::Email, &raw, deadline).await
}
