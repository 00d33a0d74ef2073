//! X direct messages: payload to events, in both envelopes: Account Activity (`for_user_id`) and X Activity
//! (`data.event_type`). Field facts: X API, Account Activity data objects and X Activity API (2026).

use serde_json::Value;

use crate::channel::fields::{at, list, text};
use crate::channel::inbound::{
    AccountNews, Author, DeliveryReport, InboundBatch, InboundEvent, InboundKind,
};
use crate::channel::{AccountId, Channel};
use crate::delivery::DeliveryState;
use crate::time::Timestamp;

mod encrypted;
mod message;
mod users;

use users::Users;

/// What the account does and gets that is no conversation; each item of such a list is an event.
const NOT_CONVERSATIONS: [&str; 8] = [
    "tweet_",
    "follow_",
    "favorite_",
    "like_",
    "block_",
    "mute_",
    "unmute_",
    "quote_",
];
/// Parts of an Account Activity body that are not events themselves.
const ENVELOPE: [&str; 5] = [
    "for_user_id",
    "users",
    "apps",
    "user_has_blocked",
    "includes",
];

/// Turns an authentic body into events. Whatever the body holds, each of its events is counted once and
/// nothing panics; what is not understood is parked.
#[must_use]
pub fn normalise(body: &Value) -> InboundBatch {
    let mut events = Vec::new();
    match body.get("data") {
        Some(Value::Array(all)) if !all.is_empty() => {
            let users = Users::of(body.get("includes").and_then(|i| i.get("users")));
            all.iter()
                .for_each(|item| activity(item, &users, &mut events));
        }
        Some(one @ Value::Object(_)) => {
            activity(one, &Users::of(body.get("users")), &mut events);
        }
        Some(_) | None => account_activity(body, &mut events),
    }
    if events.is_empty() {
        events.push(of(None, InboundKind::Parked("not an X body")));
    }
    InboundBatch {
        channel: Channel::Twitter,
        events,
    }
}

fn of(account: Option<&AccountId>, kind: InboundKind) -> InboundEvent {
    InboundEvent {
        account: account.cloned(),
        kind,
    }
}

fn account(id: Option<&Value>) -> Option<AccountId> {
    AccountId::parse(&text(id)?).ok()
}

/// Milliseconds since the epoch, as a string or a number.
fn millis(value: Option<&Value>) -> Option<Timestamp> {
    Some(Timestamp::from_millis(text(value)?.parse().ok()?))
}

/// `{"for_user_id", "direct_message_events": […], …}`.
fn account_activity(body: &Value, events: &mut Vec<InboundEvent>) {
    let Some(parts) = body.as_object() else {
        return;
    };
    let ours = account(body.get("for_user_id"));
    let users = Users::of(body.get("users"));
    for (name, part) in parts {
        let items = match part {
            Value::Array(items) => items.as_slice(),
            Value::Object(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_) => std::slice::from_ref(part),
        };
        match name.as_str() {
            "direct_message_events" => {
                for item in items {
                    events.push(of(
                        ours.as_ref(),
                        message::message(item, ours.as_ref(), &users),
                    ));
                }
            }
            "direct_message_mark_read_events" => {
                for item in items {
                    events.push(of(ours.as_ref(), read(item)));
                }
            }
            "direct_message_indicate_typing_events" => {
                for _ in items {
                    events.push(of(ours.as_ref(), InboundKind::Ignored("typing")));
                }
            }
            "user_event" => events.push(revoked(part)),
            "replay_job_status" => events.push(of(None, InboundKind::Ignored("a replay ended"))),
            name if ENVELOPE.contains(&name) => {}
            name if NOT_CONVERSATIONS
                .iter()
                .any(|start| name.starts_with(start)) =>
            {
                for _ in items {
                    events.push(of(
                        ours.as_ref(),
                        InboundKind::Ignored("not a conversation"),
                    ));
                }
            }
            _ => events.push(of(
                ours.as_ref(),
                InboundKind::Parked("unknown kind of event"),
            )),
        }
    }
    if events.is_empty() && ours.is_some() {
        events.push(of(
            ours.as_ref(),
            InboundKind::Parked("a body without events"),
        ));
    }
}

/// `{"event_type", "filter": {"user_id"}, "payload"}`, or an event as the lookup gives it.
fn activity(item: &Value, users: &Users<'_>, events: &mut Vec<InboundEvent>) {
    let kind = item
        .get("event_type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let ours = account(at(item, &["filter", "user_id"]));
    let payload = item.get("payload").unwrap_or(&Value::Null);
    let own = Users::of(payload.get("users"));
    let each = |name: &str| match payload.get(name) {
        Some(Value::Array(items)) => items.as_slice(),
        Some(_) | None => std::slice::from_ref(payload),
    };
    let mut push = |kind| events.push(of(ours.as_ref(), kind));
    match kind {
        "dm.received" | "dm.sent" | "DmReceived" | "DmSent" | "DMReceived" | "DMSent" => {
            let items = list(payload.get("direct_message_events"));
            if items.is_empty() {
                push(InboundKind::Parked("a message that is not there"));
            }
            items
                .iter()
                .for_each(|dm| push(message::message(dm, ours.as_ref(), &own)));
        }
        "dm.read" | "DmRead" | "DMRead" => {
            each("direct_message_mark_read_events")
                .iter()
                .for_each(|told| push(read(told)));
        }
        "dm.indicate_typing" | "DmIndicateTyping" | "DMIndicateTyping" => {
            push(InboundKind::Ignored("typing"));
        }
        "chat.received" | "ChatReceived" => {
            push(encrypted::chat(payload, ours.as_ref(), Author::Customer))
        }
        "chat.sent" | "ChatSent" => push(encrypted::chat(payload, ours.as_ref(), Author::Us)),
        "chat.conversation_join" | "ChatConversationJoin" => {
            push(InboundKind::Ignored("an encrypted chat was joined"));
        }
        "MessageCreate" => push(message::looked_up(item, users)),
        "ParticipantsJoin" | "ParticipantsLeave" => {
            push(InboundKind::Ignored("who is in a conversation"))
        }
        "oauth.revoke" | "OauthRevoke" | "user_event.revoke" => {
            push(InboundKind::Account(Box::new(news(millis(
                payload.get("created_at_msec"),
            )))));
        }
        _ => push(InboundKind::Parked("unknown kind of event")),
    }
}

/// Everything up to an event was read; the report names that event.
fn read(item: &Value) -> InboundKind {
    let Some(id) = text(item.get("last_read_event_id")) else {
        return InboundKind::Parked("read up to nothing");
    };
    InboundKind::Report(Box::new(DeliveryReport {
        platform_message_id: id,
        recipient: text(item.get("sender_id")),
        state: DeliveryState::Read,
        at: millis(item.get("created_timestamp")),
        error: None,
        correlation: None,
        echo: None,
    }))
}

fn news(at: Option<Timestamp>) -> AccountNews {
    AccountNews {
        usable: false,
        reason: "The X user took back the app's access; sign in again and store the new tokens."
            .to_owned(),
        at,
    }
}

/// `user_event{revoke{date_time, source{user_id}}}`: names no `for_user_id`.
fn revoked(event: &Value) -> InboundEvent {
    let Some(revoke) = event.get("revoke") else {
        return of(None, InboundKind::Parked("unknown event of a user"));
    };
    let ours = account(at(revoke, &["source", "user_id"]));
    let at = revoke.get("date_time").and_then(Value::as_str);
    let at = at.and_then(|at| Timestamp::parse(at).ok());
    of(ours.as_ref(), InboundKind::Account(Box::new(news(at))))
}

#[cfg(test)]
mod tests;
