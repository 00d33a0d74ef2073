//! Entries of a timeline, in a ticket's window and as items of their own. Times are numbers.

use aws_sdk_dynamodb::types::AttributeValue;
use tributary_domain::attachment::{Attachment, AttachmentKind, AttachmentState, MediaSource};
use tributary_domain::channel::Channel;
use tributary_domain::delivery::{Attempt, Delivery, DeliveryError, DeliveryState, Part};
use tributary_domain::id::{AgentId, AttachmentId, MessageId, TicketId};
use tributary_domain::message::{ContentType, Html, Message, Reaction, SenderType, Visibility};
use tributary_domain::ports::PortError;

use crate::record::{Item, Reader, Writer, json, text};

const USUAL_SENDER: SenderType = SenderType::Customer;
const USUAL_TYPE: ContentType = ContentType::Text;
const USUAL_VISIBILITY: Visibility = Visibility::Public;

/// An entry as it stands in the window.
pub(crate) fn to_map(message: &Message) -> Result<Item, PortError> {
    let Message {
        id,
        position,
        timestamp,
        received_at,
        channel,
        sender_type,
        content,
        content_type,
        content_truncated,
        html,
        visibility,
        agent_id,
        attachments,
        reactions,
        delivery,
        reply_to,
        edited_at,
        edit_number,
        deleted_at,
        heard,
        channel_specific_data,
    } = message;
    let data = if channel_specific_data.is_empty() {
        None
    } else {
        Some(json(channel_specific_data)?)
    };
    Ok(Writer::default()
        .value("id", text(id.as_str()))
        .number("position", position)
        .millis("at", Some(*timestamp))
        .millis("received", Some(*received_at))
        .value("channel", text(channel.as_str()))
        .text_unless("sender", sender_type.as_str(), USUAL_SENDER.as_str())
        .text("content", content)
        .text_unless("type", content_type.as_str(), USUAL_TYPE.as_str())
        .flag("truncated", *content_truncated)
        .maybe_text("html", html_here(html.as_ref()))
        .some("html_kept", html_kept(html.as_ref()))
        .text_unless("visibility", visibility.as_str(), USUAL_VISIBILITY.as_str())
        .maybe_text("agent", agent_id.as_ref().map(AgentId::as_str))
        .list(
            "attachments",
            attachments
                .iter()
                .map(|a| AttributeValue::M(attachment_map(a))),
        )
        .list(
            "reactions",
            reactions.iter().map(|r| AttributeValue::M(reaction_map(r))),
        )
        .list(
            "delivery",
            delivery
                .iter()
                .filter_map(|d| d.parts().first())
                .flat_map(Part::attempts)
                .map(|a| AttributeValue::M(attempt_map(a))),
        )
        .list("more_parts", delivery.iter().flat_map(more_parts))
        .maybe_text("reply_to", reply_to.as_deref())
        .millis("edited", *edited_at)
        .some(
            "edit",
            (*edit_number > 0).then(|| crate::record::number(edit_number)),
        )
        .millis("deleted", *deleted_at)
        .list("heard", heard.iter().map(|key| text(key.as_str())))
        .some("data", data)
        .finish())
}

/// An entry as an item of the timeline table.
pub(crate) fn to_item(ticket_id: &TicketId, message: &Message) -> Result<Item, PortError> {
    let mut item = to_map(message)?;
    item.insert("ticket_id".to_owned(), text(ticket_id.as_str()));
    Ok(item)
}

/// Reads an entry back, from either place.
pub(crate) fn read(item: Reader<'_>) -> Result<Message, PortError> {
    Ok(Message {
        id: item.parsed("id", |t| MessageId::parse(t).ok())?,
        position: item.number("position")?,
        timestamp: item.millis("at")?,
        received_at: item.millis("received")?,
        channel: item.parsed("channel", Channel::parse)?,
        sender_type: item
            .maybe_parsed("sender", SenderType::parse)?
            .unwrap_or(USUAL_SENDER),
        content: item.owned("content")?.unwrap_or_default(),
        content_type: item
            .maybe_parsed("type", ContentType::parse)?
            .unwrap_or(USUAL_TYPE),
        content_truncated: item.flag("truncated")?,
        html: read_html(&item)?,
        visibility: item
            .maybe_parsed("visibility", Visibility::parse)?
            .unwrap_or(USUAL_VISIBILITY),
        agent_id: item.maybe_parsed("agent", |t| AgentId::parse(t).ok())?,
        attachments: item.maps("attachments", "attachment", read_attachment)?,
        reactions: item.maps("reactions", "reaction", read_reaction)?,
        delivery: read_delivery(&item)?,
        reply_to: item.owned("reply_to")?,
        edited_at: item.maybe_millis("edited")?,
        edit_number: item.maybe_number("edit")?.unwrap_or(0),
        deleted_at: item.maybe_millis("deleted")?,
        heard: item.texts("heard", |key| Some(key.to_owned()))?,
        channel_specific_data: item.json("data")?,
    })
}

fn html_here(html: Option<&Html>) -> Option<&str> {
    match html? {
        Html::Here(html) => Some(html),
        Html::Kept { .. } => None,
    }
}

fn html_kept(html: Option<&Html>) -> Option<AttributeValue> {
    match html? {
        Html::Here(_) => None,
        Html::Kept {
            blob_key,
            size_bytes,
        } => Some(AttributeValue::M(
            Writer::default()
                .value("key", text(blob_key.as_str()))
                .number("size", size_bytes)
                .finish(),
        )),
    }
}

fn attachment_map(attachment: &Attachment) -> Item {
    let Attachment {
        id,
        kind,
        state,
        source,
        blob_key,
        name,
        mime_type,
        size_bytes,
    } = attachment;
    Writer::default()
        .value("id", text(id.as_str()))
        .value("type", text(kind.as_str()))
        .value("state", text(state.as_str()))
        .some(
            "source",
            source.as_ref().map(|s| AttributeValue::M(source_map(s))),
        )
        .maybe_text("blob_key", blob_key.as_deref())
        .maybe_text("name", name.as_deref())
        .maybe_text("mime_type", mime_type.as_deref())
        .some("size", size_bytes.map(crate::record::number))
        .finish()
}

fn read_html(item: &Reader<'_>) -> Result<Option<Html>, PortError> {
    if let Some(kept) = item.maybe_map("html_kept", "html")? {
        return Ok(Some(Html::Kept {
            blob_key: kept.text("key")?.to_owned(),
            size_bytes: kept.number("size")?,
        }));
    }
    Ok(item.owned("html")?.map(Html::Here))
}

fn read_attachment(item: Reader<'_>) -> Result<Attachment, PortError> {
    Ok(Attachment {
        id: item.parsed("id", |t| AttachmentId::parse(t).ok())?,
        kind: item.parsed("type", AttachmentKind::parse)?,
        state: item.parsed("state", AttachmentState::parse)?,
        source: item
            .maybe_map("source", "media source")?
            .map(|s| read_source(&s))
            .transpose()?,
        blob_key: item.owned("blob_key")?,
        name: item.owned("name")?,
        mime_type: item.owned("mime_type")?,
        size_bytes: item.maybe_number("size")?,
    })
}

fn source_map(source: &MediaSource) -> Item {
    match source {
        MediaSource::Url(url) => Writer::default().text("url", url),
        MediaSource::Media { id, sha256 } => Writer::default()
            .text("media", id)
            .maybe_text("sha256", sha256.as_deref()),
    }
    .finish()
}

fn read_source(item: &Reader<'_>) -> Result<MediaSource, PortError> {
    if let Some(url) = item.owned("url")? {
        return Ok(MediaSource::Url(url));
    }
    Ok(MediaSource::Media {
        id: item.owned("media")?.ok_or_else(|| item.corrupt("media"))?,
        sha256: item.owned("sha256")?,
    })
}

fn reaction_map(reaction: &Reaction) -> Item {
    let Reaction {
        emoji,
        sender_type,
        by,
        at,
    } = reaction;
    Writer::default()
        .maybe_text("emoji", emoji.as_deref())
        .value("sender", text(sender_type.as_str()))
        .value("by", text(by.as_str()))
        .millis("at", Some(*at))
        .finish()
}

fn read_reaction(item: Reader<'_>) -> Result<Reaction, PortError> {
    Ok(Reaction {
        emoji: item.owned("emoji")?,
        sender_type: item.parsed("sender", SenderType::parse)?,
        by: item.owned("by")?.unwrap_or_default(),
        at: item.millis("at")?,
    })
}

/// The parts of a delivery behind the first.
fn more_parts(delivery: &Delivery) -> impl Iterator<Item = AttributeValue> {
    delivery.parts().iter().skip(1).map(|part| {
        let attempts = part.attempts().iter();
        let attempts = attempts.map(|a| AttributeValue::M(attempt_map(a)));
        let part = Writer::default().list("attempts", attempts).finish();
        AttributeValue::M(part)
    })
}

fn read_delivery(item: &Reader<'_>) -> Result<Option<Delivery>, PortError> {
    let mut parts = vec![item.maps("delivery", "delivery", read_attempt)?];
    let more = item.maps("more_parts", "part", |part| {
        part.maps("attempts", "delivery", read_attempt)
    })?;
    parts.extend(more);
    Ok(Delivery::from_parts(parts))
}

fn attempt_map(attempt: &Attempt) -> Item {
    let Attempt {
        number,
        state,
        at,
        called_at,
        error,
        reported,
    } = attempt;
    Writer::default()
        .number("attempt", number)
        .value("state", text(state.as_str()))
        .millis("at", Some(*at))
        .millis("called", *called_at)
        .some(
            "error",
            error.as_ref().map(|e| AttributeValue::M(error_map(e))),
        )
        .list("reported", reported.iter().map(|s| text(s.as_str())))
        .finish()
}

fn read_attempt(item: Reader<'_>) -> Result<Attempt, PortError> {
    let error = item
        .maybe_map("error", "delivery error")?
        .map(|e| read_error(&e))
        .transpose()?;
    Ok(Attempt {
        number: item.number("attempt")?,
        state: item.parsed("state", DeliveryState::parse)?,
        at: item.millis("at")?,
        called_at: item.maybe_millis("called")?,
        error,
        reported: item.texts("reported", DeliveryState::parse)?,
    })
}

pub(crate) fn error_map(error: &DeliveryError) -> Item {
    let DeliveryError {
        code,
        message,
        hint,
    } = error;
    Writer::default()
        .text("code", code)
        .text("message", message)
        .text("hint", hint)
        .finish()
}

pub(crate) fn read_error(item: &Reader<'_>) -> Result<DeliveryError, PortError> {
    let part = |name| Ok::<_, PortError>(item.owned(name)?.unwrap_or_default());
    Ok(DeliveryError {
        code: part("code")?,
        message: part("message")?,
        hint: part("hint")?,
    })
}
