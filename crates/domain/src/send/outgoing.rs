//! A part as it goes to its provider.

use std::time::Duration;

use bytes::Bytes;

use crate::attachment::{Attachment, AttachmentKind};
use crate::channel::Channel;
use crate::delivery::DeliveryError;
use crate::message::{Message, SenderType, Visibility};
use crate::ports::{
    Blobs, Correlation, OutgoingFile, OutgoingPart, PartContent, PortError, Template, Tickets,
};
use crate::receive::{Desk, whole_text};
use crate::reply::window_refusal;
use crate::send::{Going, addressee, answered, parts, platform_id, sent_through};
use crate::surroundings::Surroundings;
use crate::ticket::Ticket;

/// How long a platform has to fetch a file.
const FETCHED_WITHIN: Duration = Duration::from_secs(3600);

/// The part, or why it cannot go any more.
///
/// # Errors
/// [`PortError`] when what it says cannot be read now.
pub(super) async fn outgoing<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    going: &Going,
) -> Result<Result<OutgoingPart, DeliveryError>, PortError> {
    let Going {
        ticket,
        message,
        intent,
        part,
        gate: _,
    } = going;
    let now = desk.surroundings.now();
    let template = template_of(message);
    let is_automatic = message.sender_type != SenderType::Agent;
    if let Some(refusal) = window_refusal(ticket, now, template.is_some(), is_automatic) {
        return Ok(Err(refusal));
    }
    let content = match template {
        Some(template) => PartContent::Template(template),
        None => match content(desk, going).await? {
            Some(content) => content,
            None => return Ok(Err(changed())),
        },
    };
    let (channel, account) = sent_through(&ticket.source);
    // The provider of mail needs to know whether it answers a mail or a chat.
    let channel = match ticket.source.channel {
        Channel::WebChat => Channel::WebChat,
        Channel::Facebook
        | Channel::Instagram
        | Channel::WhatsApp
        | Channel::Twitter
        | Channel::Email => channel,
    };
    Ok(Ok(OutgoingPart {
        channel,
        account,
        to: addressee(ticket),
        to_name: ticket.customer.name.clone(),
        content,
        reply_to: message.reply_to.clone().filter(|_| *part == 0),
        seen: seen(ticket, message).filter(|_| *part == 0 && intent.attempt == 1),
        subject: ticket.subject.clone(),
        reference: ticket.reference.as_str().to_owned(),
        answers: answered(&desk.tickets, ticket, message.position).await?,
        is_automatic,
        correlation: Correlation {
            ticket_id: ticket.id.clone(),
            message_id: message.id.clone(),
            position: message.position,
            attempt: intent.attempt,
            part: u32::try_from(*part).unwrap_or(u32::MAX),
        },
        nth_try: intent.refusals.count.saturating_add(1),
        reply_window: ticket.reply_window(now),
    }))
}

/// The platform's id of the customer's latest message before an agent's, unless an agent said something between them:
/// it is told once that all of these were seen.
fn seen(ticket: &Ticket, message: &Message) -> Option<String> {
    if message.sender_type != SenderType::Agent {
        return None;
    }
    let before = ticket.window.messages().iter().rev();
    let mut said = before.filter(|m| {
        m.position < message.position
            && m.visibility == Visibility::Public
            && matches!(m.sender_type, SenderType::Agent | SenderType::Customer)
    });
    let latest = said.next()?;
    match latest.sender_type {
        SenderType::Customer => platform_id(latest),
        SenderType::Agent | SenderType::Bot | SenderType::System => None,
    }
}

/// The texts and files of a part; none when the message is cut otherwise than when it was written.
async fn content<T, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    going: &Going,
) -> Result<Option<PartContent>, PortError> {
    let message = &going.message;
    let text = whole_text(&desk.blobs, message).await?;
    let files = own_files(message);
    let plan = parts(going.ticket.source.channel, &text, &files);
    let planned = message.delivery.as_ref().map(|d| d.parts().len());
    let Some(part) = plan.get(going.part).filter(|_| planned == Some(plan.len())) else {
        return Ok(None);
    };
    let mut files = Vec::new();
    for file in part.files {
        match load(desk, file).await? {
            Some(file) => files.push(file),
            None => return Ok(None),
        }
    }
    let text = part.text.to_owned();
    Ok(Some(PartContent::Text { text, files }))
}

/// The files that the agent attached; the whole of a long text is none.
pub(crate) fn own_files(message: &Message) -> Vec<Attachment> {
    let skip = usize::from(message.content_truncated);
    message.attachments.iter().skip(skip).cloned().collect()
}

async fn load<T, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    file: &Attachment,
) -> Result<Option<OutgoingFile>, PortError> {
    let key = file.key();
    let Some(bytes) = desk.blobs.get(&key).await? else {
        return Ok(None);
    };
    let name = file.name.clone().unwrap_or_else(|| "file".to_owned());
    let mime_type = file.mime_type.clone();
    let mime_type = mime_type.unwrap_or_else(|| "application/octet-stream".to_owned());
    let url = desk
        .blobs
        .signed_url(&key, &name, &mime_type, FETCHED_WITHIN);
    Ok(Some(OutgoingFile {
        kind: AttachmentKind::of_media_type(&mime_type),
        url: url.await?,
        name,
        mime_type,
        bytes: Bytes::from(bytes),
    }))
}

/// The field of a message's data that says which template it is.
pub(crate) const TEMPLATE: &str = "template";

fn template_of(message: &Message) -> Option<Template> {
    let told = message.channel_specific_data.get(TEMPLATE)?;
    let text = |field: &str| Some(told.get(field)?.as_str()?.to_owned());
    let parameters = told.get("parameters")?.as_array()?.iter();
    Some(Template {
        name: text("name")?,
        language: text("language")?,
        parameters: parameters
            .filter_map(|p| Some(p.as_str()?.to_owned()))
            .collect(),
    })
}

fn changed() -> DeliveryError {
    DeliveryError {
        code: "content-gone".to_owned(),
        message: "A part or a file of the message is not there any more.".to_owned(),
        hint: "Write it once more.".to_owned(),
    }
}
