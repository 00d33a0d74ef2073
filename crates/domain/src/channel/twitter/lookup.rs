//! Messages in the shape of the v2 lookup (`GET /2/dm_events`). It does not say whose account was asked.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::channel::fields::{at, list, text};
use crate::channel::inbound::{Author, InboundKind, InboundMessage};
use crate::channel::twitter::people::{Users, identity};
use crate::channel::twitter::{UNREADABLE, media, note, time};
use crate::message::ContentType;

/// The files that a body tells of, by key.
pub(super) type Media = HashMap<String, Value>;

/// The files of this list, by key.
pub(super) fn media_of(media: Value) -> Media {
    let Value::Array(media) = media else {
        return Media::new();
    };
    let media = media.into_iter();
    media
        .filter_map(|media| Some((text(media.get("media_key"))?, media)))
        .collect()
}

/// What an item of a lookup is.
pub(super) fn kind(
    item: &Value,
    users: &Users,
    media: &Media,
) -> Result<InboundKind, &'static str> {
    match item.get("event_type").and_then(Value::as_str) {
        Some("MessageCreate") => {}
        Some("ParticipantsJoin" | "ParticipantsLeave") => {
            return Ok(InboundKind::Ignored("somebody joined or left"));
        }
        Some(_) | None => return Err("kind of event not known"),
    }
    let id = text(item.get("id")).ok_or("message without id")?;
    let sender = text(item.get("sender_id")).ok_or("message without sender")?;
    let name = identity(&sender).ok_or("message without sender")?;
    let mut data = Map::new();
    data.insert("dm_event_id".into(), Value::String(id.clone()));
    note(
        &mut data,
        "conversation_id",
        text(item.get("dm_conversation_id")),
    );
    let post = ["referenced_posts", "referenced_tweets"]
        .iter()
        .find_map(|field| text(item.get(field)?.get(0)?.get("id")));
    note(&mut data, "tweet_id", post);
    let person_name = users.tell(&sender, &mut data);
    let attachments: Vec<_> = list(at(item, &["attachments", "media_keys"]))
        .iter()
        .filter_map(|key| media::attachment(media.get(&text(Some(key))?)?))
        .collect();
    let content = item.get("text").and_then(Value::as_str).unwrap_or_default();
    let (content_type, content) = match media::content_type(&attachments) {
        Some(files) if content.is_empty() => (files, content),
        None if content.is_empty() => (ContentType::Unsupported, UNREADABLE),
        Some(_) | None => (ContentType::Text, content),
    };
    Ok(InboundKind::message(InboundMessage {
        platform_message_id: id,
        author: Author::Customer,
        person: vec![name],
        person_name,
        timestamp: time(item.get("created_at")),
        content: content.to_owned(),
        content_type,
        attachments,
        reply_to: None,
        data: data.into(),
    }))
}
