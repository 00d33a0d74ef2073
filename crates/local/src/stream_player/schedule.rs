//! The EventBridge schedule that wakes the relay's sweep.
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use super::Player;

/// Calls `function` with a scheduled event every `interval`, for the first time after one `interval`. A call
/// that fails is followed by the next one in its time; a call that takes longer than `interval` delays it.
pub fn play_schedule<F, Call>(interval: Duration, function: F) -> Player
where
    F: Fn(Value) -> Call + Send + Sync + 'static,
    Call: Future<Output = Result<Value>> + Send + 'static,
{
    Player::spawn(move |mut stopping| async move {
        let mut number = 0_u64;
        while !stopping.pause(interval).await {
            number += 1;
            if let Err(error) = function(event(number)).await {
                tracing::warn!(%error, "the scheduled call failed");
            }
        }
    })
}

/// As in docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html.
fn event(number: u64) -> Value {
    json!({
        "version": "0",
        "id": format!("local-{number}"),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": rfc3339_now(),
        "region": crate::emulator::REGION,
        "resources": ["arn:aws:events:us-east-1:000000000000:rule/tributary-sweep"],
        "detail": {},
    })
}

/// EventBridge writes whole seconds.
fn rfc3339_now() -> String {
    use aws_sdk_dynamodbstreams::primitives::{DateTime, DateTimeFormat};
    let now = DateTime::from(std::time::SystemTime::now());
    DateTime::from_secs(now.secs())
        .fmt(DateTimeFormat::DateTime)
        .unwrap_or_default()
}
