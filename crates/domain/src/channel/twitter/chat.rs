//! Messages of encrypted chats. What they say is between the clients, so a stub stands for each.

use serde_json::{Map, Value};

use crate::channel::AccountId;
use crate::channel::fields::text;
use crate::channel::inbound::{Author, InboundKind, InboundMessage};
use crate::channel::twitter::people::{Users, identity};
use crate::channel::twitter::{note, other_of, time};
use crate::message::ContentType;

/// What an event of an encrypted chat is; `sent` when the name of it says that we sent it.
pub(super) fn kind(
    payload: &Value,
    users: &Users,
    us: Option<&AccountId>,
    sent: bool,
    mut data: Map<String, Value>,
) -> Result<InboundKind, &'static str> {
    let id = text(payload.get("id")).ok_or("message without id")?;
    let sender = text(payload.get("sender_id"));
    let conversation = text(payload.get("conversation_id"));
    let us = us.map(AccountId::as_str);
    let ours = sent || (sender.is_some() && sender.as_deref() == us);
    let person = if ours {
        let us = us.or(sender.as_deref()).unwrap_or_default();
        conversation.as_deref().and_then(|c| other_of(c, us))
    } else {
        sender
    };
    let person = person.ok_or("message without a customer")?;
    let name = identity(&person).ok_or("message without a customer")?;
    data.insert("encrypted".into(), Value::Bool(true));
    data.insert("dm_event_id".into(), Value::String(id.clone()));
    note(&mut data, "conversation_id", conversation);
    if ours {
        data.insert("external".into(), Value::Bool(true));
    }
    let person_name = users.tell(&person, &mut data);
    let content = if ours {
        "Encrypted X chat: open X to read what was answered."
    } else {
        "Encrypted X chat: open X to read and answer it."
    };
    let at = ["created_at_msec", "created_timestamp", "created_at"];
    Ok(InboundKind::message(InboundMessage {
        platform_message_id: id,
        author: if ours { Author::Us } else { Author::Customer },
        person: vec![name],
        person_name,
        timestamp: at.iter().find_map(|field| time(payload.get(field))),
        content: content.to_owned(),
        content_type: ContentType::Unsupported,
        attachments: Vec::new(),
        reply_to: None,
        data: data.into(),
    }))
}
