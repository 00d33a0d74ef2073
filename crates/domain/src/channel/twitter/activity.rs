//! The envelope of the X Activity API: one event, with its name and what was subscribed to.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::channel::AccountId;
use crate::channel::fields::{at, text};
use crate::channel::inbound::{Events, InboundKind, only};
use crate::channel::text::{Fields, value};
use crate::channel::twitter::people::Users;
use crate::channel::twitter::{
    NOT_A_CONVERSATION, account, account_activity, chat, direct_message, is_public, note, of, read,
    revoked,
};

/// Whether an item of `data` is such an envelope.
pub(super) fn is_envelope(item: &Fields<'_>) -> bool {
    let marks = ["payload", "filter", "event_uuid"];
    marks.iter().any(|mark| item.get(mark).is_some())
}

/// The events of one envelope. Their names were written `DmReceived` before 18 March 2026, and are
/// `dm.received` since.
pub(super) fn events<'b>(item: &Fields<'b>) -> Events<'b> {
    let name = item.value("event_type");
    let name: String = name
        .as_ref()
        .and_then(Value::as_str)
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let us = account(item.value("filter").as_ref().and_then(|f| f.get("user_id")));
    let mut details = Map::new();
    note(
        &mut details,
        "event_uuid",
        text(item.value("event_uuid").as_ref()),
    );
    match name.as_str() {
        "dmreceived" | "dmsent" | "dmread" | "dmindicatetyping" => {
            return direct(&name, item.get("payload"), us, details);
        }
        _ => {}
    }
    let payload = match item.get("payload").map_or(Ok(Value::Null), value) {
        Ok(payload) => payload,
        Err(why) => return only(of(us, Err(why))),
    };
    let users = Users::of(item.get("payload").and_then(|p| Fields::of(p).get("users")));
    let kind = match name.as_str() {
        "chatreceived" => chat::kind(&payload, &users, us.as_ref(), false, details),
        "chatsent" => chat::kind(&payload, &users, us.as_ref(), true, details),
        "chatconversationjoin" => Ok(InboundKind::Ignored("joined an encrypted chat")),
        "oauthrevoke" => {
            let user = account(payload.get("user_id"))
                .or_else(|| account(at(&payload, &["source", "user_id"])));
            return only(revoked(user.or(us), &payload));
        }
        name if is_public(name) => Ok(InboundKind::Ignored(NOT_A_CONVERSATION)),
        _ => Err("kind of event not known"),
    };
    only(of(us, kind))
}

/// The events of a payload about direct messages: in lists as the Account Activity API has them, else
/// the payload itself. For reads and typing no sample is published.
fn direct<'b>(
    name: &str,
    payload: Option<&'b RawValue>,
    us: Option<AccountId>,
    details: Map<String, Value>,
) -> Events<'b> {
    let fields = payload.map(Fields::of).unwrap_or_default();
    let is_event = |name: &str| name.starts_with("direct_message_");
    let listed = account_activity::of_fields(&fields, is_event, us.clone(), details.clone());
    let mut listed = listed.peekable();
    if listed.peek().is_some() {
        return Box::new(listed);
    }
    let payload = payload.map_or(Ok(Value::Null), value);
    let kind = payload.and_then(|payload| match name {
        "dmread" => read::report(&payload, us.as_ref()),
        "dmindicatetyping" => Ok(InboundKind::Ignored("typing")),
        _ => {
            let users = Users::of(fields.get("users"));
            direct_message::kind(&payload, us.as_ref(), &users, &details)
        }
    });
    only(of(us, kind))
}
