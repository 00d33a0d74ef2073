//! WhatsApp Business Cloud API webhooks: payload to events. Field facts: Cloud API reference,
//! webhooks/messages and business-scoped user ids (2026).

use serde_json::Value;

use crate::channel::fields::{at, list, text};
use crate::channel::inbound::{
    AccountNews, Author, InboundBatch, InboundEvent, InboundKind, Renamed,
};
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::time::Timestamp;

mod change;
mod data;
mod message;
mod people;
mod status;

use people::Contacts;

/// Fields that are not about a conversation (Cloud API, webhooks overview, "fields").
const NOT_CONVERSATIONS: [&str; 21] = [
    "account_alerts",
    "account_review_update",
    "account_settings_update",
    "automatic_events",
    "business_capability_update",
    "business_status_update",
    "flows",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "history",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "partner_solutions",
    "payment_configuration_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "smb_app_state_sync",
    "template_category_update",
];

/// Turns an authentic body into events. Whatever the body holds, each of its events is counted once
/// and nothing panics; what is not understood is parked.
#[must_use]
pub fn normalise(body: &Value) -> InboundBatch {
    let mut events = Vec::new();
    let entries = list(body.get("entry"));
    if body.get("object").and_then(Value::as_str) == Some("whatsapp_business_account")
        && !entries.is_empty()
    {
        for entry in entries {
            let changes = list(entry.get("changes"));
            if changes.is_empty() {
                events.push(parked(None, "entry without changes"));
            }
            changes.iter().for_each(|c| change(c, &mut events));
        }
    } else {
        events.push(parked(None, "not a WhatsApp body"));
    }
    InboundBatch {
        channel: Channel::WhatsApp,
        events,
    }
}

fn parked(account: Option<AccountId>, why: &'static str) -> InboundEvent {
    InboundEvent {
        account,
        kind: InboundKind::Parked(why),
    }
}

fn change(change: &Value, events: &mut Vec<InboundEvent>) {
    let value = change.get("value").unwrap_or(&Value::Null);
    let account =
        text(at(value, &["metadata", "phone_number_id"])).and_then(|id| AccountId::parse(&id).ok());
    let before = events.len();
    let mut push = |kind| {
        events.push(InboundEvent {
            account: account.clone(),
            kind,
        });
    };
    let contacts = Contacts::of(value);
    match change.get("field").and_then(Value::as_str) {
        Some("messages" | "smb_message_echoes" | "standby" | "user_id_update") => {
            for item in list(value.get("messages")) {
                push(event(item, &contacts, Author::Customer));
            }
            for item in list(value.get("message_echoes")) {
                push(event(item, &contacts, Author::Us));
            }
            for item in list(value.get("statuses")) {
                let report = status::status(item);
                push(report.map_or_else(InboundKind::Parked, |r| InboundKind::Report(Box::new(r))));
            }
            for item in list(value.get("user_id_update")) {
                push(user_id_update(item));
            }
        }
        Some("account_update") => push(account_update(value)),
        Some(field) if NOT_CONVERSATIONS.contains(&field) => {
            push(InboundKind::Ignored("not about a conversation"));
        }
        Some(_) | None => push(InboundKind::Parked("unknown field")),
    }
    if events.len() == before {
        events.push(parked(account, "a change that holds nothing known"));
    }
}

/// Seconds since the epoch, as a string or a number.
fn seconds(value: Option<&Value>) -> Option<Timestamp> {
    let seconds: i64 = text(value)?.parse().ok()?;
    Some(Timestamp::from_millis(seconds.checked_mul(1000)?))
}

/// One of `messages[]` or `message_echoes[]`.
fn event(item: &Value, contacts: &Contacts<'_>, author: Author) -> InboundKind {
    let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
    let event = match kind {
        "reaction" => change::reaction(item, contacts, author),
        "edit" => change::edit(item, contacts, author),
        "revoke" => change::revoke(item, contacts, author),
        "system" => change::system(item, contacts),
        "request_welcome" => Ok(InboundKind::Ignored("a chat was opened")),
        _ => message::message(item, contacts, author),
    };
    event.unwrap_or_else(InboundKind::Parked)
}

/// A user's business-scoped id changed: `user_id_update[]{user_id{previous,current}, wa_id?}`, also as
/// `previous_user_id` and `current_user_id` (Cloud API, business-scoped user ids).
fn user_id_update(item: &Value) -> InboundKind {
    let of = |nested: [&str; 2], flat: &str| {
        let id = text(at(item, &nested)).or_else(|| text(item.get(flat)))?;
        ChannelIdentity::new(Channel::WhatsApp, &id).ok()
    };
    let former = of(["user_id", "previous"], "previous_user_id");
    let current = of(["user_id", "current"], "current_user_id");
    let (Some(former), Some(current)) = (former, current) else {
        return InboundKind::Parked("a change of user ids without both");
    };
    let phone =
        text(item.get("wa_id")).and_then(|id| ChannelIdentity::new(Channel::WhatsApp, &id).ok());
    let at = seconds(item.get("timestamp"));
    InboundKind::Renamed(Box::new(Renamed {
        key: format!("user_id:{}:{}", former.platform_id(), current.platform_id()),
        former: vec![former],
        current: std::iter::once(current).chain(phone).collect(),
        content: "The customer's WhatsApp user id changed.".to_owned(),
        at,
    }))
}

/// What happened to the WhatsApp Business account: `account_update` (webhooks reference). Bans and
/// restrictions stop us; the rest is no matter of conversations.
fn account_update(value: &Value) -> InboundKind {
    let event = value
        .get("event")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let state = at(value, &["ban_info", "waba_ban_state"]).and_then(Value::as_str);
    let news = |usable, reason: &str| {
        InboundKind::Account(Box::new(AccountNews {
            usable,
            reason: reason.to_owned(),
            at: None,
        }))
    };
    match (event, state) {
        (_, Some("REINSTATE")) => news(true, "WhatsApp reinstated the account."),
        ("DISABLED_UPDATE" | "ACCOUNT_RESTRICTION" | "ACCOUNT_DELETED", _) => {
            news(false, "WhatsApp disabled or restricted the account.")
        }
        (_, Some("DISABLE" | "SCHEDULE_FOR_DISABLE")) => {
            news(false, "WhatsApp banned the account.")
        }
        _ => InboundKind::Ignored("not about a conversation"),
    }
}

#[cfg(test)]
mod tests;
