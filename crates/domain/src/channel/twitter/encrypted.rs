//! Encrypted chats (XChat): we see that something was written and by whom, and nothing of what. Shown, so
//! that an agent opens X, rather than dropped.

use serde_json::{Map, Value};

use super::millis;
use crate::channel::fields::{keep, text};
use crate::channel::inbound::{Author, InboundKind, InboundMessage};
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::message::ContentType;

/// One encrypted message.
pub(super) fn chat(payload: &Value, ours: Option<&AccountId>, author: Author) -> InboundKind {
    understood(payload, ours, author).unwrap_or_else(InboundKind::Parked)
}

fn understood(
    payload: &Value,
    ours: Option<&AccountId>,
    author: Author,
) -> Result<InboundKind, &'static str> {
    let id = text(payload.get("id")).ok_or("an encrypted message without id")?;
    let sender = text(payload.get("sender_id"));
    let conversation = text(payload.get("conversation_id"));
    let is_us = |id: &str| ours.is_some_and(|ours| ours.as_str() == id);
    let author = match &sender {
        Some(sender) if is_us(sender) => Author::Us,
        Some(_) | None => author,
    };
    let other = || {
        let members = conversation
            .as_deref()
            .unwrap_or_default()
            .split([':', '-']);
        members
            .into_iter()
            .find(|id| !id.is_empty() && !is_us(id))
            .map(str::to_owned)
    };
    let person = match author {
        Author::Customer => sender.or_else(other),
        Author::Us => other(),
    };
    let person = person.ok_or("an encrypted message of nobody")?;
    let person = ChannelIdentity::new(Channel::Twitter, &person)
        .map_err(|_| "an encrypted message of nobody")?;
    let mut data = Map::new();
    keep(&mut data, "event_id", Some(id.clone()));
    keep(&mut data, "conversation_id", conversation);
    data.insert("encrypted".to_owned(), Value::Bool(true));
    if author == Author::Us {
        data.insert("external".to_owned(), Value::Bool(true));
    }
    Ok(InboundKind::Message(Box::new(InboundMessage {
        platform_message_id: id,
        author,
        person: vec![person],
        person_name: None,
        timestamp: millis(payload.get("created_at_msec")),
        content: match author {
            Author::Customer => "Encrypted chat message: open X to read and answer it".to_owned(),
            Author::Us => "Encrypted chat message, sent from X".to_owned(),
        },
        content_type: ContentType::Unsupported,
        attachments: Vec::new(),
        reply_to: None,
        data,
    })))
}
