//! The failures that the sandbox can have a provider play.
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use futures::stream;
use http::StatusCode;

use super::Doubles;
use crate::sandbox::model::{Channel, FaultKind};

/// Takes the fault for this call; waits when it is only slow.
pub(super) async fn take(doubles: &Doubles, channel: Channel) -> FaultKind {
    let fault = doubles.sandbox.take_fault(channel);
    if fault.kind != FaultKind::Slow {
        return fault.kind;
    }
    tokio::time::sleep(Duration::from_secs(fault.seconds.unwrap_or_default())).await;
    FaultKind::None
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
