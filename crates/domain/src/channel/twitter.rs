//! X webhooks: payload to events. Field facts: X Activity API (XAA), event payloads; Account Activity
//! API (AAA), data objects; Direct Messages lookup of API v2 (2026).

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::channel::AccountId;
use crate::channel::fields::text;
use crate::channel::inbound::{AccountNews, Events, InboundEvent, InboundKind, only, or_parked};
use crate::channel::text::{Fields, items, value};
use crate::time::Timestamp;

mod account_activity;
mod activity;
mod chat;
mod direct_message;
mod lookup;
mod media;
mod people;
mod read;

use people::Users;

const NOT_A_CONVERSATION: &str = "not about a conversation";
/// What stands for a message of a kind that is not known.
const UNREADABLE: &str = "Message that cannot be shown here: open X to read it.";

/// The events of an authentic body. Whatever the body holds, each of its events is counted once
/// and nothing panics; what is not understood is parked.
///
/// Three envelopes are read: lists of events beside `for_user_id` (AAA); `data` with an `event_type` and
/// a `payload`, one or a list (XAA); and `data` as a list of messages (lookup), which names no account.
#[must_use]
pub fn events(body: &RawValue) -> Events<'_> {
    let body = Fields::of(body);
    let events = match body.get("data") {
        Some(data) if !account_activity::is_envelope(&body) => of_data(data, &body),
        Some(_) | None => account_activity::events(&body),
    };
    or_parked(events, "no X events")
}

fn of_data<'b>(data: &'b RawValue, body: &Fields<'b>) -> Events<'b> {
    let includes = body.get("includes").map(Fields::of).unwrap_or_default();
    let users = Users::of(includes.get("users"));
    let media = lookup::media_of(includes.value("media").unwrap_or_default());
    let items = match data.get().starts_with(['[', '{']) {
        true => items(data),
        false => Vec::new(),
    };
    Box::new(items.into_iter().flat_map(move |item| {
        let fields = Fields::of(item);
        if activity::is_envelope(&fields) {
            return activity::events(&fields);
        }
        let kind = value(item).and_then(|item| lookup::kind(&item, &users, &media));
        only(of(None, kind))
    }))
}

fn of(account: Option<AccountId>, kind: Result<InboundKind, &'static str>) -> InboundEvent {
    InboundEvent {
        account,
        kind: kind.unwrap_or_else(InboundKind::Parked),
    }
}

fn account(id: Option<&Value>) -> Option<AccountId> {
    AccountId::parse(&text(id)?).ok()
}

/// Milliseconds since the epoch, as a string or a number, or an RFC 3339 time.
fn time(value: Option<&Value>) -> Option<Timestamp> {
    let told = text(value)?;
    match told.parse() {
        Ok(millis) => Some(Timestamp::from_millis(millis)),
        Err(_) => Timestamp::parse(&told).ok(),
    }
}

/// Whether events of this name are about posts, likes, people followed and the like.
fn is_public(name: &str) -> bool {
    const PUBLIC: [&str; 17] = [
        "tweet", "post", "favorite", "like", "unlike", "follow", "unfollow", "block", "unblock",
        "mute", "unmute", "repost", "quote", "bookmark", "profile", "spaces", "news",
    ];
    PUBLIC.iter().any(|public| name.starts_with(public))
}

/// Our account no longer lets the app act for it.
fn revoked(account: Option<AccountId>, told: &Value) -> InboundEvent {
    let at = time(told.get("date_time")).ok_or("revoked at no time");
    let news = at.map(|at| AccountNews {
        business: None,
        usable: false,
        reason: "The account took back the app's permission on X".to_owned(),
        at,
    });
    of(
        account,
        news.map(|news| InboundKind::Account(Box::new(news))),
    )
}

/// Who of a conversation of two is not `us`; the id of it is theirs, `a:b` or `a-b`.
fn other_of(conversation: &str, us: &str) -> Option<String> {
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    match conversation.split_once([':', '-'])? {
        (one, other) if one == us && is_id(other) => Some(other.to_owned()),
        (other, one) if one == us && is_id(other) => Some(other.to_owned()),
        _ => None,
    }
}

fn note(data: &mut Map<String, Value>, name: &str, value: Option<String>) {
    if let Some(value) = value {
        data.insert(name.to_owned(), Value::String(value));
    }
}

#[cfg(test)]
mod tests;
