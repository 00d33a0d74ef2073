//! Facebook Messenger webhooks: payload to events. Field facts: Messenger Platform, webhook events
//! reference (messages, message_echoes, message_deliveries, message_reads; March 2026).

use serde_json::{Map, Value};

use crate::channel::fields::{at, list, text};
use crate::channel::inbound::{
    Author, DeliveryReport, Echo, InboundBatch, InboundEvent, InboundKind, InboundMessage, Receipt,
};
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::delivery::{DeliveryState, ReceiptKind};
use crate::message::ContentType;
use crate::ports::Correlation;
use crate::time::Timestamp;

/// Numbers below this are seconds: as milliseconds they would lie before 1974. The dashboard's test
/// button sends seconds.
const FIRST_MILLIS: i64 = 126_230_400_000;

/// Turns an authentic body into events. Whatever the body holds, each of its events is counted once
/// and nothing panics; what is not understood is parked.
#[must_use]
pub fn normalise(body: &Value) -> InboundBatch {
    let mut events = Vec::new();
    let entries = list(body.get("entry"));
    if body.get("object").and_then(Value::as_str) == Some("page") && !entries.is_empty() {
        entries.iter().for_each(|e| entry(e, &mut events));
    } else {
        events.push(of(None, InboundKind::Parked("not a Messenger body")));
    }
    InboundBatch {
        channel: Channel::Facebook,
        events,
    }
}

fn of(account: Option<AccountId>, kind: InboundKind) -> InboundEvent {
    InboundEvent { account, kind }
}

/// The events of one page: its own, those of conversations that another app holds (`standby`), and
/// those of the dashboard's test button (`changes`), where only the event names the page.
fn entry(entry: &Value, events: &mut Vec<InboundEvent>) {
    let before = events.len();
    let page = account(entry.get("id"));
    for item in list(entry.get("messaging")) {
        event(item, page.as_ref(), false, events);
    }
    for item in list(entry.get("standby")) {
        event(item, page.as_ref(), true, events);
    }
    for change in list(entry.get("changes")) {
        let item = change.get("value").unwrap_or(&Value::Null);
        if change.get("field").and_then(Value::as_str) == Some("messages") {
            let page = account(at(item, &["recipient", "id"]));
            event(item, page.as_ref(), false, events);
        } else {
            events.push(of(page.clone(), InboundKind::Parked("unknown field")));
        }
    }
    if events.len() == before {
        events.push(of(page, InboundKind::Parked("entry without events")));
    }
}

fn account(id: Option<&Value>) -> Option<AccountId> {
    AccountId::parse(&text(id)?).ok()
}

fn event(item: &Value, page: Option<&AccountId>, standby: bool, events: &mut Vec<InboundEvent>) {
    let mut push = |kind| events.push(of(page.cloned(), kind));
    if let Some(said) = item.get("message").filter(|m| m.is_object()) {
        let is = |flag: &str| said.get(flag).and_then(Value::as_bool) == Some(true);
        push(if is("is_echo") {
            echo(item, said, page)
        } else if standby {
            InboundKind::Parked("another app holds the conversation")
        } else if is("is_deleted") || is("is_unsupported") {
            InboundKind::Parked("kind of message not known yet")
        } else {
            message(item, said, page).unwrap_or_else(InboundKind::Parked)
        });
    } else if let Some(delivery) = item.get("delivery") {
        match receipt(item, delivery, page, ReceiptKind::Delivered) {
            Ok(receipt) => push(receipt),
            // Never seen without a watermark; then each message named is a report of its own.
            Err(why) => {
                let ids: Vec<String> = ids(delivery).collect();
                if ids.is_empty() {
                    push(InboundKind::Parked(why));
                }
                for id in ids {
                    push(InboundKind::Report(Box::new(delivered(item, id, page))));
                }
            }
        }
    } else if let Some(read) = item.get("read") {
        push(receipt(item, read, page, ReceiptKind::Read).unwrap_or_else(InboundKind::Parked));
    } else {
        push(InboundKind::Parked("kind of event not known yet"));
    }
}

/// The time of an event or a watermark, in milliseconds as a rule.
fn time(value: Option<&Value>) -> Option<Timestamp> {
    let number: i64 = text(value)?.parse().ok()?;
    let millis = if number < FIRST_MILLIS {
        number.checked_mul(1000)?
    } else {
        number
    };
    Some(Timestamp::from_millis(millis))
}

/// Whoever of sender and recipient is not the page.
fn person(item: &Value, page: Option<&AccountId>) -> Option<String> {
    [["sender", "id"], ["recipient", "id"]]
        .iter()
        .filter_map(|path| text(at(item, path)))
        .find(|id| page.is_none_or(|page| page.as_str() != id))
}

fn message(
    item: &Value,
    said: &Value,
    page: Option<&AccountId>,
) -> Result<InboundKind, &'static str> {
    let id = text(said.get("mid")).ok_or("message without id")?;
    let sender = text(at(item, &["sender", "id"])).ok_or("message without sender")?;
    let sender =
        ChannelIdentity::new(Channel::Facebook, &sender).map_err(|_| "message without sender")?;
    let content = said
        .get("text")
        .and_then(Value::as_str)
        .filter(|content| !content.trim().is_empty())
        .ok_or("kind of message not known yet")?;
    // A link in the text comes as an attachment too, and says nothing new.
    let is_link = |a: &Value| a.get("type").and_then(Value::as_str) == Some("fallback");
    if !list(said.get("attachments")).iter().all(is_link) {
        return Err("kind of message not known yet");
    }
    let content_type = match said.get("quick_reply") {
        Some(_) => ContentType::Interactive,
        None => ContentType::Text,
    };
    Ok(InboundKind::Message(Box::new(InboundMessage {
        platform_message_id: id.clone(),
        author: Author::Customer,
        person: vec![sender],
        person_name: None,
        timestamp: time(item.get("timestamp")),
        content: content.to_owned(),
        content_type,
        attachments: Vec::new(),
        reply_to: text(at(said, &["reply_to", "mid"])),
        data: details(said, id, page),
    })))
}

fn details(said: &Value, id: String, page: Option<&AccountId>) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("mid".into(), Value::String(id));
    let page = page.map(|page| page.as_str().to_owned());
    let payload = text(at(said, &["quick_reply", "payload"]));
    let story = text(at(said, &["reply_to", "story", "url"]));
    for (key, value) in [
        ("page_id", page),
        ("quick_reply_payload", payload),
        ("story_url", story),
    ] {
        if let Some(value) = value {
            data.insert(key.into(), Value::String(value));
        }
    }
    data
}

/// What the page sent: evidence when it carries our mark. Old samples have sender and recipient the
/// wrong way round, so only the flag tells an echo.
fn echo(item: &Value, said: &Value, page: Option<&AccountId>) -> InboundKind {
    let mark = said.get("metadata").and_then(Value::as_str);
    let Some((correlation, parts)) = mark.and_then(Correlation::parse_part) else {
        return InboundKind::Ignored("sent from the page's inbox or by another app");
    };
    match text(said.get("mid")) {
        Some(platform_message_id) => InboundKind::Report(Box::new(DeliveryReport {
            platform_message_id,
            recipient: person(item, page),
            state: DeliveryState::Sent,
            at: time(item.get("timestamp")),
            error: None,
            correlation: Some(correlation),
            echo: Some(Echo { parts }),
        })),
        None => InboundKind::Parked("echo without id"),
    }
}

fn ids(delivery: &Value) -> impl Iterator<Item = String> {
    list(delivery.get("mids"))
        .iter()
        .filter_map(|id| text(Some(id)))
}

fn receipt(
    item: &Value,
    told: &Value,
    page: Option<&AccountId>,
    kind: ReceiptKind,
) -> Result<InboundKind, &'static str> {
    let person = person(item, page).ok_or("receipt without a person")?;
    Ok(InboundKind::Receipt(Box::new(Receipt {
        person: ChannelIdentity::new(Channel::Facebook, &person)
            .map_err(|_| "receipt without a person")?,
        kind,
        until: time(told.get("watermark")).ok_or("receipt without a watermark")?,
        platform_message_ids: ids(told).collect(),
    })))
}

fn delivered(item: &Value, id: String, page: Option<&AccountId>) -> DeliveryReport {
    DeliveryReport {
        platform_message_id: id,
        recipient: person(item, page),
        state: DeliveryState::Delivered,
        at: time(item.get("timestamp")),
        error: None,
        correlation: None,
        echo: None,
    }
}

#[cfg(test)]
mod tests;
