//! Direct messages in the shape of API v1.1, which both webhook APIs use.

use serde_json::{Map, Value, json};

use crate::channel::AccountId;
use crate::channel::fields::{at, list, start, text};
use crate::channel::inbound::{Author, InboundAttachment, InboundKind, InboundMessage};
use crate::channel::readable;
use crate::channel::twitter::people::{Users, identity};
use crate::channel::twitter::{UNREADABLE, media, note, other_of, time};
use crate::message::ContentType;

/// Longest detail kept, in characters.
const MAX_DETAIL_CHARS: usize = 1000;

/// What an event of `direct_message_events` is. `details` come from the envelope.
pub(super) fn kind(
    item: &Value,
    us: Option<&AccountId>,
    users: &Users,
    details: &Map<String, Value>,
) -> Result<InboundKind, &'static str> {
    let kind = item.get("type").and_then(Value::as_str);
    if let Some("participants_join" | "participants_leave") = kind {
        return Ok(InboundKind::Ignored("somebody joined or left"));
    }
    let id = text(item.get("id")).ok_or("message without id")?;
    // A message of another type is read as far as it has the same fields.
    let made = item
        .get("message_create")
        .or_else(|| item.get(kind?))
        .unwrap_or(item);
    let sender = text(made.get("sender_id")).ok_or("message without sender")?;
    let conversation = [at(made, &["target", "conversation_id"])]
        .into_iter()
        .chain(["conversation_id", "dm_conversation_id"].map(|field| made.get(field)))
        .chain(["conversation_id", "dm_conversation_id"].map(|field| item.get(field)))
        .find_map(text);
    let ours = us.is_some_and(|us| us.as_str() == sender);
    let person = if ours {
        text(at(made, &["target", "recipient_id"]))
            .or_else(|| other_of(conversation.as_deref()?, &sender))
            .ok_or("our own message to nobody")?
    } else {
        sender
    };
    let name = identity(&person).ok_or("message without sender")?;

    let mut data = details.clone();
    data.insert("dm_event_id".into(), Value::String(id.clone()));
    note(&mut data, "conversation_id", conversation);
    for field in ["tweet_id", "welcome_message_id"] {
        let told = text(at(item, &["initiated_via", field]));
        note(&mut data, field, told);
    }
    note(&mut data, "source_app_id", text(made.get("source_app_id")));
    if ours {
        data.insert("external".into(), Value::Bool(true));
    }
    let person_name = users.tell(&person, &mut data);
    let known = matches!(kind, Some("message_create")) || item.get("message_create").is_some();
    let said = made.get("message_data").filter(|_| known);
    let said = said.and_then(|said| read(said, &mut data));
    let (content_type, content, attachments) = said.unwrap_or_else(|| {
        note(&mut data, "type", start(item.get("type"), 100));
        (ContentType::Unsupported, UNREADABLE.to_owned(), Vec::new())
    });
    Ok(InboundKind::message(InboundMessage {
        platform_message_id: id,
        author: if ours { Author::Us } else { Author::Customer },
        person: vec![name],
        person_name,
        timestamp: time(item.get("created_timestamp")),
        content,
        content_type,
        attachments,
        reply_to: None,
        data: data.into(),
    }))
}

/// What a message says; none when that is nothing that can be shown.
fn read(
    said: &Value,
    data: &mut Map<String, Value>,
) -> Option<(ContentType, String, Vec<InboundAttachment>)> {
    let told = said.get("text").and_then(Value::as_str).unwrap_or_default();
    let attachment = said.get("attachment").filter(|a| !a.is_null());
    let media = attachment.and_then(|a| a.get("media"));
    let link = media.and_then(|m| m.get("url")).and_then(Value::as_str);
    let content = unescaped(without_link(told, link));
    if let Some(answer) = said
        .get("quick_reply_response")
        .filter(|answer| answer.is_object())
    {
        note(
            data,
            "payload",
            start(answer.get("metadata"), MAX_DETAIL_CHARS),
        );
        return Some((ContentType::Interactive, content, Vec::new()));
    }
    let attachments: Vec<_> = media.and_then(media::attachment).into_iter().collect();
    note(data, "media_id", media.and_then(media_id));
    if let Some(place) = attachment.and_then(|attachment| location(attachment, data)) {
        let lines: Vec<String> = [content, place]
            .into_iter()
            .filter(|line| !line.is_empty())
            .collect();
        return Some((ContentType::Location, lines.join("\n"), attachments));
    }
    if attachments.is_empty() && attachment.is_some() {
        let kind = attachment.and_then(|a| a.get("type"));
        note(data, "attachment_type", start(kind, 100));
    }
    if !content.is_empty() {
        return Some((ContentType::Text, content, attachments));
    }
    Some((media::content_type(&attachments)?, content, attachments))
}

fn media_id(media: &Value) -> Option<String> {
    text(media.get("id_str")).or_else(|| text(media.get("id")))
}

/// The text without the short link at its end that stands for the media.
fn without_link<'t>(told: &'t str, link: Option<&str>) -> &'t str {
    let cut = link
        .filter(|link| !link.is_empty())
        .and_then(|link| told.trim_end().strip_suffix(link));
    match cut {
        Some(rest) if rest.is_empty() || rest.ends_with(char::is_whitespace) => rest.trim_end(),
        Some(_) | None => told,
    }
}

/// The text with `&amp;`, `&lt;` and `&gt;` taken back once, as API v1.1 writes them.
fn unescaped(told: &str) -> String {
    let mut plain = String::with_capacity(told.len());
    let mut rest = told;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        let escape = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>')]
            .into_iter()
            .find(|(escape, _)| rest[at..].starts_with(escape));
        let (taken, shown) = escape.map_or((1, '&'), |(escape, shown)| (escape.len(), shown));
        plain.push(shown);
        rest = &rest[at + taken..];
    }
    plain.push_str(rest);
    plain
}

/// A shared place: its coordinates are longitude and latitude, in this order (GeoJSON).
fn location(attachment: &Value, data: &mut Map<String, Value>) -> Option<String> {
    let told = attachment.get("location")?;
    let point = list(at(
        told,
        &["shared_coordinate", "coordinates", "coordinates"],
    ));
    let [longitude, latitude] = point else {
        return None;
    };
    let longitude = readable::number(Some(longitude))?;
    let latitude = readable::number(Some(latitude))?;
    data.insert("latitude".into(), json!(latitude));
    data.insert("longitude".into(), json!(longitude));
    Some(readable::location(latitude, longitude, None, None))
}
