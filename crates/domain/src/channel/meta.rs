//! What Messenger and Instagram have in common: the envelope and, by kind, the events in it.

mod attachments;
mod change;
mod details;
mod event;
mod files;
mod message;
mod notice;
mod postback;
mod receipt;
mod share;
mod template;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::channel::fields::{at, text};
use crate::channel::inbound::{Events, InboundEvent, InboundKind, only, or_parked};
use crate::channel::text::{Fields, UNREADABLE, value};
use crate::channel::{AccountId, Channel};
use crate::time::Timestamp;
use event::Event;

/// One of the two platforms.
pub(super) struct Platform {
    pub(super) channel: Channel,
    /// Its name, for what agents read.
    pub(super) name: &'static str,
    /// What the envelope says it is about.
    pub(super) object: &'static str,
    /// Names our account in the data of what it received.
    pub(super) account_field: &'static str,
    /// Why an envelope of anything else is parked.
    pub(super) foreign: &'static str,
}

/// Page and media subscriptions that are no conversations (Page and Instagram webhooks reference).
const PUBLIC_FIELDS: [&str; 14] = [
    "feed",
    "conversations",
    "mention",
    "mentions",
    "comments",
    "live_comments",
    "story_insights",
    "ratings",
    "leadgen",
    "live_videos",
    "videos",
    "name",
    "picture",
    "description",
];

/// Turns a body into events. The documentation prints some bodies as lists of envelopes: all are read.
pub(super) fn events<'b>(platform: &'static Platform, body: &'b RawValue) -> Events<'b> {
    let envelopes = items(Some(body)).into_iter();
    let events = envelopes.flat_map(move |envelope| of_envelope(platform, envelope));
    or_parked(events, platform.foreign)
}

fn of_envelope<'b>(platform: &'static Platform, envelope: &'b RawValue) -> Events<'b> {
    let envelope = Fields::of(envelope);
    let entries = items(envelope.get("entry"));
    let object = envelope.value("object");
    let object = object.as_ref().and_then(Value::as_str);
    if object == Some(platform.object) && !entries.is_empty() {
        let entries = entries.into_iter();
        Box::new(entries.flat_map(move |text| of_entry(platform, text)))
    } else {
        only(parked(None, platform.foreign))
    }
}

/// The members of a list. Anything else that is there counts as the only one, so that nothing is lost
/// where a list should be and is not.
fn items(text: Option<&RawValue>) -> Vec<&RawValue> {
    let told = text.filter(|text| text.get() != "null");
    told.map(crate::channel::text::items).unwrap_or_default()
}

/// The events of one account: its own, those of conversations that another app holds (`standby`), and
/// those of the dashboard's test button (`changes`).
fn of_entry<'b>(platform: &'static Platform, entry: &'b RawValue) -> Events<'b> {
    let entry = Fields::of(entry);
    // The test button says "0".
    let named = text(entry.value("id").as_ref()).filter(|id| id != "0");
    let sent = event::time(entry.value("time").as_ref());
    let [own, standby, changes] =
        ["messaging", "standby", "changes"].map(|list| items(entry.get(list)));
    if own.is_empty() && standby.is_empty() && changes.is_empty() {
        let account = named.and_then(|id| AccountId::parse(&id).ok());
        return only(parked(account, "entry without events"));
    }
    let own = own.into_iter().map(|item| (item, false));
    let held = own.chain(standby.into_iter().map(|item| (item, true)));
    let of_change = named.clone();
    let held = held.flat_map(move |(item, standby)| {
        let Ok(item) = value(item) else {
            return vec![unreadable(named.as_deref())];
        };
        let account = named.clone().or_else(|| receiver(&item));
        event::read(&of(platform, account, &item, standby, sent))
    });
    let changes = changes.into_iter().flat_map(move |change| {
        let named = of_change.as_deref();
        match value(change) {
            Ok(change) => self::change(platform, named, &change, sent),
            Err(_) => vec![unreadable(named)],
        }
    });
    Box::new(held.chain(changes))
}

fn change(
    platform: &'static Platform,
    named: Option<&str>,
    change: &Value,
    sent: Option<Timestamp>,
) -> Vec<InboundEvent> {
    let item = change.get("value").unwrap_or(&Value::Null);
    let field = change.get("field").and_then(Value::as_str).unwrap_or("");
    let is_event = ["sender", "recipient"]
        .iter()
        .any(|side| item.get(side).is_some_and(Value::is_object));
    if is_event {
        let is_named = |side| text(at(item, &[side, "id"])).as_deref() == named;
        let account = if named.is_some() && (is_named("sender") || is_named("recipient")) {
            named.map(str::to_owned)
        } else {
            receiver(item).or_else(|| named.map(str::to_owned))
        };
        let standby = field == "standby";
        return event::read(&of(platform, account, item, standby, sent));
    }
    let account = named.and_then(|id| AccountId::parse(id).ok());
    vec![if PUBLIC_FIELDS.contains(&field) {
        InboundEvent {
            account,
            kind: InboundKind::Ignored("not about a conversation"),
        }
    } else {
        parked(account, "unknown field")
    }]
}

fn of<'v>(
    platform: &'static Platform,
    account: Option<String>,
    item: &'v Value,
    standby: bool,
    sent: Option<Timestamp>,
) -> Event<'v> {
    Event {
        platform,
        account: account.and_then(|id| AccountId::parse(&id).ok()),
        item,
        standby,
        sent,
    }
}

/// Our side of an event, where only the event tells it: the receiver, or the sender of what we sent.
fn receiver(item: &Value) -> Option<String> {
    let is_echo = at(item, &["message", "is_echo"]).and_then(Value::as_bool) == Some(true);
    let side = if is_echo { "sender" } else { "recipient" };
    text(at(item, &[side, "id"]))
}

fn unreadable(named: Option<&str>) -> InboundEvent {
    parked(named.and_then(|id| AccountId::parse(id).ok()), UNREADABLE)
}

fn parked(account: Option<AccountId>, why: &'static str) -> InboundEvent {
    InboundEvent {
        account,
        kind: InboundKind::Parked(why),
    }
}

#[cfg(test)]
pub(super) mod tests;
