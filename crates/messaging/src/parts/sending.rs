//! One message in several calls, of which any may fail.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tributary_domain::delivery::DeliveryError;
use tributary_domain::ports::SendOutcome;

/// The first pause before the rest of a message is tried again; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// No call is started with less time than this: it could only end without an answer.
const SHORTEST_CALL: Duration = Duration::from_secs(2);

/// Sends the parts in order, each by `send_part`, until `deadline`.
pub(crate) async fn send_parts<'p, F: Future<Output = SendOutcome>>(
    parts: &[&'p str],
    deadline: Instant,
    send_part: impl Fn(&'p str) -> F,
) -> SendOutcome {
    let mut platform_message_ids = Vec::with_capacity(parts.len());
    for (sent, part) in parts.iter().enumerate() {
        let mut pause = FIRST_PAUSE;
        let outcome = loop {
            let outcome = send_part(part).await;
            // The first part may wait for another attempt. The others may not: an attempt
            // sends the whole message, and the customer would get the first parts twice.
            let Some(wait) = in_call_wait(&outcome, pause).filter(|_| sent > 0) else {
                break outcome;
            };
            if Instant::now() + wait + SHORTEST_CALL > deadline {
                break outcome;
            }
            sleep(wait).await;
            pause *= 2;
        };
        match outcome {
            SendOutcome::Accepted {
                platform_message_ids: ids,
            } => platform_message_ids.extend(ids),
            SendOutcome::Retryable { .. }
            | SendOutcome::Refused { .. }
            | SendOutcome::Unknown { .. } => {
                return if sent == 0 && !matches!(outcome, SendOutcome::Unknown { .. }) {
                    outcome
                } else {
                    in_part(outcome, sent, parts.len())
                };
            }
        }
    }
    SendOutcome::Accepted {
        platform_message_ids,
    }
}

/// How long to wait before the same part is tried again, if that is of use.
fn in_call_wait(outcome: &SendOutcome, pause: Duration) -> Option<Duration> {
    match outcome {
        SendOutcome::Retryable { retry_after, .. } => {
            Some(retry_after.map_or(pause, |asked| asked.max(pause)))
        }
        SendOutcome::Accepted { .. }
        | SendOutcome::Refused { .. }
        | SendOutcome::Unknown { .. } => None,
    }
}

/// The outcome of a message of which `sent` of `all` parts were taken before a part was not.
fn in_part(outcome: SendOutcome, sent: usize, all: usize) -> SendOutcome {
    let told = |error: DeliveryError| {
        if all == 1 {
            return error;
        }
        let hint = format!(
            "Only the first {sent} of {all} parts were sent. {}",
            error.hint
        );
        DeliveryError { hint, ..error }
    };
    match outcome {
        SendOutcome::Accepted { .. } => outcome,
        SendOutcome::Unknown { error } => SendOutcome::Unknown { error: told(error) },
        SendOutcome::Refused { error } => SendOutcome::Refused { error: told(error) },
        SendOutcome::Retryable {
            error,
            retry_after: _,
        } => {
            let hint = "Send the rest in a message of its own.".to_owned();
            SendOutcome::Refused {
                error: told(DeliveryError { hint, ..error }),
            }
        }
    }
}
