//! Direct messages: texts, pictures and videos, answers to buttons.

use serde_json::{Map, Value};

use super::millis;
use super::users::Users;
use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::fields::{at, detail, keep, list, text, words};
use crate::channel::inbound::{Author, InboundAttachment, InboundKind, InboundMessage};
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::message::ContentType;
use crate::time::Timestamp;

/// Longest address of a file that is kept.
const MAX_URL_BYTES: usize = 4_000;

/// A `message_create` event of either envelope.
pub(super) fn message(item: &Value, ours: Option<&AccountId>, users: &Users<'_>) -> InboundKind {
    understood(item, ours, users).unwrap_or_else(InboundKind::Parked)
}

fn understood(
    item: &Value,
    ours: Option<&AccountId>,
    users: &Users<'_>,
) -> Result<InboundKind, &'static str> {
    let id = text(item.get("id")).ok_or("message without id")?;
    let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
    let create = item
        .get("message_create")
        .filter(|create| create.is_object());
    let create = create.ok_or(if kind == "message_create" {
        "a message that is not there"
    } else {
        "unknown kind of event"
    })?;
    let sender = text(create.get("sender_id")).ok_or("message without sender")?;
    let recipient = text(at(create, &["target", "recipient_id"]));
    let said = create.get("message_data").unwrap_or(&Value::Null);
    let is_ours = ours.is_some_and(|ours| ours.as_str() == sender);
    let (author, person) = if is_ours {
        (Author::Us, recipient.ok_or("message to nobody")?)
    } else {
        (Author::Customer, sender)
    };
    let identity =
        ChannelIdentity::new(Channel::Twitter, &person).map_err(|_| "message of nobody")?;
    let media = at(said, &["attachment", "media"]).filter(|media| media.is_object());
    let file = media.map(file);
    let button = text(at(said, &["quick_reply_response", "metadata"]));
    let content = content(said, media);
    let content_type = match (&file, &button) {
        (Some((_, content_type)), _) => *content_type,
        (None, Some(_)) => ContentType::Interactive,
        (None, None) if content.is_empty() => ContentType::Unsupported,
        (None, None) => ContentType::Text,
    };
    let mut data = Map::new();
    keep(&mut data, "event_id", Some(id.clone()));
    keep(&mut data, "username", users.handle(&person));
    keep(&mut data, "payload", button);
    keep(
        &mut data,
        "source_app_id",
        text(create.get("source_app_id")),
    );
    keep(
        &mut data,
        "conversation_id",
        text(create.get("dm_conversation_id")),
    );
    for name in ["tweet_id", "welcome_message_id"] {
        keep(&mut data, name, text(at(item, &["initiated_via", name])));
    }
    if author == Author::Us {
        data.insert("external".to_owned(), Value::Bool(true));
    }
    Ok(InboundKind::Message(Box::new(InboundMessage {
        platform_message_id: id,
        author,
        person: vec![identity],
        person_name: users.name(&person),
        timestamp: millis(item.get("created_timestamp")),
        content: if content.is_empty() && file.is_none() {
            "A message that cannot be shown here".to_owned()
        } else {
            content
        },
        content_type,
        attachments: file.into_iter().map(|(file, _)| file).collect(),
        reply_to: None,
        data,
    })))
}

/// The text as it was typed: unescaped once, and without the link that stands for the file.
fn content(said: &Value, media: Option<&Value>) -> String {
    let text = said.get("text").and_then(Value::as_str).unwrap_or_default();
    let link = media.and_then(|media| words(media.get("url")));
    let text = match link.and_then(|link| text.trim_end().strip_suffix(link)) {
        Some(before) => before.trim_end(),
        None => text,
    };
    unescaped(text)
}

/// `&lt;`, `&gt;` and `&amp;` as they were typed, each once (X API v1.1, "Counting characters").
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&')];
        match known.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, character)) => {
                plain.push(*character);
                rest = &rest[name.len()..];
            }
            None => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn file(media: &Value) -> (InboundAttachment, ContentType) {
    let kind = media
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let (kind, content_type) = match kind {
        "video" | "animated_gif" => (AttachmentKind::Video, ContentType::Video),
        _ => (AttachmentKind::Image, ContentType::Image),
    };
    let still = words(media.get("media_url_https")).or_else(|| words(media.get("media_url")));
    let url = match kind {
        AttachmentKind::Video => moving(media).or(still),
        AttachmentKind::Image | AttachmentKind::Audio | AttachmentKind::File => still,
    };
    let source = url
        .filter(|url| url.len() <= MAX_URL_BYTES)
        .map(|url| MediaSource::Url(url.to_owned()));
    let file = InboundAttachment {
        kind,
        source,
        name: None,
        mime_type: None,
    };
    (file, content_type)
}

/// The video itself at its best: `video_info.variants[]{bitrate?, content_type, url}`.
fn moving(media: &Value) -> Option<&str> {
    list(at(media, &["video_info", "variants"]))
        .iter()
        .filter(|variant| variant.get("content_type").and_then(Value::as_str) == Some("video/mp4"))
        .max_by_key(|variant| variant.get("bitrate").and_then(Value::as_u64).unwrap_or(0))
        .and_then(|variant| words(variant.get("url")))
}

/// A message as `GET /2/dm_events` gives it, which does not say whose account asked.
pub(super) fn looked_up(item: &Value, users: &Users<'_>) -> InboundKind {
    let (Some(id), Some(sender)) = (text(item.get("id")), text(item.get("sender_id"))) else {
        return InboundKind::Parked("message without id or sender");
    };
    let Ok(identity) = ChannelIdentity::new(Channel::Twitter, &sender) else {
        return InboundKind::Parked("message of nobody");
    };
    let mut data = Map::new();
    keep(&mut data, "event_id", Some(id.clone()));
    keep(&mut data, "username", users.handle(&sender));
    keep(
        &mut data,
        "conversation_id",
        detail(item.get("dm_conversation_id")),
    );
    let created = item.get("created_at").and_then(Value::as_str);
    let keys = list(at(item, &["attachments", "media_keys"]));
    let attachments: Vec<InboundAttachment> = keys
        .iter()
        .map(|_| InboundAttachment {
            kind: AttachmentKind::File,
            source: None,
            name: None,
            mime_type: None,
        })
        .collect();
    InboundKind::Message(Box::new(InboundMessage {
        platform_message_id: id,
        author: Author::Customer,
        person: vec![identity],
        person_name: users.name(&sender),
        timestamp: created.and_then(|at| Timestamp::parse(at).ok()),
        content: item
            .get("text")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        content_type: ContentType::Text,
        attachments,
        reply_to: None,
        data,
    }))
}
