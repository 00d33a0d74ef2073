//! SendGrid's Event Webhook: what became of the mails we sent. Source: twilio.com/docs/sendgrid, "Event Webhook
//! Reference". Our mark comes back in every event as the custom argument `desk_msg`, at the event's top level.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::channel::fields::text;
use crate::channel::inbound::{DeliveryReport, Events, InboundEvent, InboundKind, only};
use crate::channel::text::{list, value};
use crate::channel::{AccountId, Channel};
use crate::delivery::{DeliveryError, DeliveryState};
use crate::ports::Correlation;
use crate::time::Timestamp;

mod failure;

/// The custom argument that carries our mark.
const MARK: &str = "desk_msg";

/// What an event says of a mail's way.
enum Said {
    /// That it got so far, and why no further.
    State(DeliveryState, Option<DeliveryError>),
    /// Nothing that a desk has use for.
    Nothing(&'static str),
    /// Something we do not know.
    Unknown,
}

/// The events of a body, which is a list of them. Chats are answered by mail too, so an event of the mail account may
/// be about a message of either channel.
#[must_use]
pub fn events(body: &RawValue) -> Events<'_> {
    let event = |kind| InboundEvent {
        account: Some(AccountId::constant(Channel::Email)),
        kind,
    };
    let Some(events) = list(body) else {
        return only(event(InboundKind::Parked("no list of events")));
    };
    let read = |event: &RawValue| match value(event) {
        Ok(event) => kind(&event),
        Err(why) => InboundKind::Parked(why),
    };
    Box::new(events.into_iter().map(read).map(event))
}

fn kind(event: &Value) -> InboundKind {
    let Some(name) = event.get("event").and_then(Value::as_str) else {
        return InboundKind::Parked("an event without its kind");
    };
    let (state, error) = match said(name, event) {
        Said::State(state, error) => (state, error),
        Said::Nothing(why) => return InboundKind::Ignored(why),
        Said::Unknown => return InboundKind::Parked("an unknown kind of event"),
    };
    // Whoever uses the same SendGrid account for other mail has its events posted here too.
    let Some(mark) = event.get(MARK) else {
        return InboundKind::Ignored("about a mail that the desk did not send");
    };
    let Some(correlation) = mark.as_str().and_then(Correlation::parse) else {
        return InboundKind::Parked("a mark that cannot be read");
    };
    InboundKind::Report(Box::new(DeliveryReport {
        platform_message_id: message_id(event)
            .unwrap_or_else(|| correlation.message_id.to_string()),
        recipient: text(event.get("email")).map(|address| address.to_lowercase()),
        state,
        at: time(event.get("timestamp")),
        error,
        account_fault: None,
        correlation: Some(correlation),
        is_echo: false,
    }))
}

fn said(name: &str, event: &Value) -> Said {
    match name {
        "processed" => Said::State(DeliveryState::Sent, None),
        // A complaint comes only of what arrived.
        "delivered" | "spamreport" => Said::State(DeliveryState::Delivered, None),
        // Tracking is off in what we send; should an account enforce it, this is evidence.
        "open" | "click" => Said::State(DeliveryState::Read, None),
        "bounce" | "blocked" => Said::State(DeliveryState::Failed, Some(failure::bounced(event))),
        "dropped" => Said::State(DeliveryState::Failed, Some(failure::dropped(event))),
        // SendGrid goes on trying for 72 hours, and then tells of a bounce.
        "deferred" => Said::Nothing("a mail that is still on its way"),
        "unsubscribe" | "group_unsubscribe" | "group_resubscribe" => {
            Said::Nothing("about newsletters")
        }
        "account_status_change" => Said::Nothing("about SendGrid's bill"),
        _ => Said::Unknown,
    }
}

/// SendGrid's id of the mail, as its answer gave it in `X-Message-Id`: what stands before the first dot.
fn message_id(event: &Value) -> Option<String> {
    let whole = text(event.get("sg_message_id"))?;
    let id = whole.split('.').next()?;
    (!id.is_empty()).then(|| id.to_owned())
}

/// Seconds since the epoch, as a number or as text.
fn time(value: Option<&Value>) -> Option<Timestamp> {
    let seconds: i64 = text(value)?.parse().ok()?;
    let millis = seconds.checked_mul(1000)?;
    (seconds > 0).then(|| Timestamp::from_millis(millis))
}

#[cfg(test)]
mod tests;
