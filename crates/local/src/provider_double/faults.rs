//! The failures that the sandbox can have a provider play.
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use futures::stream;
use http::StatusCode;

use super::Doubles;
use crate::sandbox::clock::now_ms;
use crate::sandbox::model::{Channel, FaultKind};

/// After how many seconds a provider takes more again.
pub(super) const LIMITED_S: u64 = 15;

/// Takes the fault for this call; waits when it is only slow.
pub(super) async fn take(doubles: &Doubles, channel: Channel) -> FaultKind {
    let fault = doubles.sandbox.take_fault(channel);
    if fault.kind != FaultKind::Slow {
        return fault.kind;
    }
    tokio::time::sleep(Duration::from_secs(fault.seconds.unwrap_or_default())).await;
    FaultKind::None
}

/// Takes the fault for an upload, if it is one of those that stop any call; the others wait for the message.
pub(super) async fn take_for_upload(doubles: &Doubles, channel: Channel) -> FaultKind {
    match doubles.sandbox.next_fault(channel) {
        FaultKind::TokenExpired | FaultKind::ServerError | FaultKind::RateLimited => {
            take(doubles, channel).await
        }
        FaultKind::None
        | FaultKind::Slow
        | FaultKind::WindowClosed
        | FaultKind::AnswerLost
        | FaultKind::Bounced => FaultKind::None,
    }
}

/// The time, in seconds since 1970, at which a provider takes more again.
pub(super) fn reset_at() -> u64 {
    now_ms() / 1_000 + LIMITED_S
}

/// Notes what came of a call.
pub(super) fn note(doubles: &Doubles, provider: &str, answer: &Response, note: &str) {
    let status = answer.status();
    let outcome = if status.is_success() {
        "accepted"
    } else {
        "refused"
    };
    doubles
        .sandbox
        .called(provider, outcome, Some(status.as_u16()), note);
}

/// Breaks the connection instead of answering. The body fails before its first byte, so that nothing of the
/// answer leaves.
pub(super) fn cut(doubles: &Doubles, provider: &str) -> Response {
    let note = "The message was taken, and the connection broke before the answer.";
    doubles.sandbox.called(provider, "unanswered", None, note);
    let broken = stream::once(async { Err::<bytes::Bytes, _>(std::io::Error::other("cut")) });
    let mut response = Response::new(Body::from_stream(broken));
    *response.status_mut() = StatusCode::OK;
    response
}
