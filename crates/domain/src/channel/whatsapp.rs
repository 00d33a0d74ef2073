//! WhatsApp Business Cloud API webhooks: payload to events. Field facts: Cloud API reference,
//! webhooks/messages and business-scoped user ids (2026).

use serde_json::{Map, Value};

use crate::channel::fields::{at, list, text};
use crate::channel::inbound::{
    Author, DeliveryReport, InboundBatch, InboundEvent, InboundKind, InboundMessage,
};
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::content::start_chars;
use crate::delivery::{DeliveryError, DeliveryState};
use crate::message::ContentType;
use crate::ports::Correlation;
use crate::ticket::MAX_NAME_CHARS;
use crate::time::Timestamp;

/// Turns an authentic body into events. Whatever the body holds, each of its events is counted once
/// and nothing panics; what is not understood is parked.
#[must_use]
pub fn normalise(body: &Value) -> InboundBatch {
    let mut events = Vec::new();
    let entries = body.get("entry").and_then(Value::as_array);
    match entries {
        Some(entries)
            if body.get("object").and_then(Value::as_str) == Some("whatsapp_business_account")
                && !entries.is_empty() =>
        {
            for entry in entries {
                match entry.get("changes").and_then(Value::as_array) {
                    Some(changes) if !changes.is_empty() => {
                        changes.iter().for_each(|c| change(c, &mut events))
                    }
                    Some(_) | None => events.push(parked(None, "entry without changes")),
                }
            }
        }
        Some(_) | None => events.push(parked(None, "not a WhatsApp body")),
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
    match change.get("field").and_then(Value::as_str) {
        Some("messages") => {}
        Some(
            "message_template_status_update"
            | "account_update"
            | "phone_number_quality_update"
            | "history",
        ) => {
            events.push(InboundEvent {
                account,
                kind: InboundKind::Ignored("not about a conversation"),
            });
            return;
        }
        Some(_) | None => {
            events.push(parked(account, "unknown field"));
            return;
        }
    }
    let before = events.len();
    let contacts = list(value.get("contacts"));
    for item in list(value.get("messages")) {
        let kind = message(item, contacts).unwrap_or_else(InboundKind::Parked);
        events.push(InboundEvent {
            account: account.clone(),
            kind,
        });
    }
    for item in list(value.get("statuses")) {
        let kind =
            status(item).map_or_else(InboundKind::Parked, |r| InboundKind::Report(Box::new(r)));
        events.push(InboundEvent {
            account: account.clone(),
            kind,
        });
    }
    if events.len() == before {
        events.push(parked(account, "no messages and no statuses"));
    }
}

/// Seconds since the epoch, as a string or a number.
fn seconds(value: Option<&Value>) -> Option<Timestamp> {
    let seconds: i64 = text(value)?.parse().ok()?;
    Some(Timestamp::from_millis(seconds.checked_mul(1000)?))
}

fn message(item: &Value, contacts: &[Value]) -> Result<InboundKind, &'static str> {
    let id = text(item.get("id")).ok_or("message without id")?;
    let phone = text(item.get("from"));
    let user_id = text(item.get("from_user_id"));
    let contact = contact_of(contacts, phone.as_deref(), user_id.as_deref());
    let user_id = user_id.or_else(|| text(contact.and_then(|c| c.get("user_id"))));
    let sender: Vec<ChannelIdentity> = [&phone, &user_id]
        .into_iter()
        .flatten()
        .filter_map(|id| ChannelIdentity::new(Channel::WhatsApp, id).ok())
        .collect();
    if sender.is_empty() {
        return Err("message without sender");
    }
    let body = match item.get("type").and_then(Value::as_str) {
        Some("text") => at(item, &["text", "body"])
            .and_then(Value::as_str)
            .ok_or("text without body")?,
        Some(_) | None => return Err("kind of message not known yet"),
    };
    Ok(InboundKind::Message(Box::new(InboundMessage {
        platform_message_id: id.clone(),
        author: Author::Customer,
        person: sender,
        person_name: contact.and_then(name_of),
        timestamp: seconds(item.get("timestamp")),
        content: body.to_owned(),
        content_type: ContentType::Text,
        attachments: Vec::new(),
        reply_to: text(at(item, &["context", "id"])),
        data: details(item, id, contact, user_id),
    })))
}

/// The contact that the sender is, by id; a lone contact is the lone sender's.
fn contact_of<'v>(
    contacts: &'v [Value],
    phone: Option<&str>,
    user_id: Option<&str>,
) -> Option<&'v Value> {
    let same = |contact: &&Value| {
        let is = |field: &str, id: Option<&str>| {
            id.is_some() && contact.get(field).and_then(Value::as_str) == id
        };
        is("wa_id", phone) || is("user_id", user_id)
    };
    contacts.iter().find(same)
}

fn name_of(contact: &Value) -> Option<String> {
    let of = |field: &str| {
        at(contact, &["profile", field])
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|n| !n.is_empty())
    };
    of("name")
        .or_else(|| of("username"))
        .map(|name| start_chars(name, MAX_NAME_CHARS).to_owned())
}

fn details(
    item: &Value,
    id: String,
    contact: Option<&Value>,
    user_id: Option<String>,
) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("wamid".into(), Value::String(id));
    let username = text(contact.and_then(|c| at(c, &["profile", "username"])));
    let group = text(item.get("group_id"));
    for (key, value) in [
        ("user_id", user_id),
        ("username", username),
        ("group_id", group),
    ] {
        if let Some(value) = value {
            data.insert(key.into(), Value::String(value));
        }
    }
    for flag in ["forwarded", "frequently_forwarded"] {
        if at(item, &["context", flag]).and_then(Value::as_bool) == Some(true) {
            data.insert(flag.into(), Value::Bool(true));
        }
    }
    data
}

fn status(item: &Value) -> Result<DeliveryReport, &'static str> {
    let state = match item.get("status").and_then(Value::as_str) {
        Some("sent") => DeliveryState::Sent,
        Some("delivered") => DeliveryState::Delivered,
        Some("read" | "played") => DeliveryState::Read,
        Some("failed") => DeliveryState::Failed,
        Some(_) | None => return Err("unknown status"),
    };
    Ok(DeliveryReport {
        platform_message_id: text(item.get("id")).ok_or("status without id")?,
        recipient: text(item.get("recipient_id")).or_else(|| text(item.get("recipient_user_id"))),
        state,
        at: seconds(item.get("timestamp")),
        error: (state == DeliveryState::Failed)
            .then(|| failure(item.get("errors").and_then(|errors| errors.get(0)))),
        correlation: item
            .get("biz_opaque_callback_data")
            .and_then(Value::as_str)
            .and_then(Correlation::parse),
        echo: None,
    })
}

fn failure(error: Option<&Value>) -> DeliveryError {
    let code = text(error.and_then(|e| e.get("code"))).unwrap_or_else(|| "unknown".to_owned());
    let title = error
        .and_then(|e| e.get("title"))
        .and_then(Value::as_str)
        .unwrap_or("WhatsApp could not deliver the message");
    let hint = match code.as_str() {
        "131047" => {
            "More than 24 hours have passed since the customer wrote; send a template, or wait for the customer."
        }
        "131026" => {
            "The number cannot receive this; ask the customer to update WhatsApp, or use another channel."
        }
        "131049" | "130472" => {
            "WhatsApp holds this message back for this customer; do not send it again soon."
        }
        "131050" => "The customer does not want such messages.",
        _ => "Send again, or use another channel if it keeps failing.",
    };
    DeliveryError {
        code: start_chars(&code, 40).to_owned(),
        message: start_chars(title, 200).to_owned(),
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests;
