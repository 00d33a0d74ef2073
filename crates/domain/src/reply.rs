//! An agent answers the customer or writes a note: the message and the intent to send it are one commit.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::attachment::{Attachment, AttachmentKind};
use crate::channel::Channel;
use crate::delivery::{Delivery, DeliveryError, DeliveryState};
use crate::draft::{Draft, Entry};
use crate::event::Event;
use crate::id::{MessageId, TicketId};
use crate::message::{ContentType, MessagePlace, SenderType, Visibility};
use crate::permission::{Action, Principal, may};
use crate::ports::{
    Blobs, CommitError, IdempotencyRecord, IdempotencyScope, Outbox, PortError, Refusals,
    SendIntent, SendState, SendWrite, Template, Tickets, budget,
};
use crate::receive::{Desk, keep_content};
use crate::retry::Backoff;
use crate::send::{TEMPLATE, parts, platform_id, sent_through};
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::{ReplyWindow, Source, Ticket};
use crate::time::Timestamp;

/// Most characters of an agent's message.
pub const MAX_MESSAGE_CHARS: usize = 10_000;

/// How long a mail is held back, so that whoever sent it can take it back.
pub const UNDO_WITHIN: Duration = Duration::from_secs(5);

/// What an agent wrote.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewMessage {
    /// The text, at most [`MAX_MESSAGE_CHARS`] characters; empty only beside files.
    pub content: String,
    /// Whether it is a note for agents and not for the customer.
    pub is_note: bool,
    /// Files, which are in the blob store already.
    pub attachments: Vec<Attachment>,
    /// The template that it is, whose text is the content.
    pub template: Option<Template>,
    /// The message that it answers, where the platform shows that: ours, by its id.
    pub reply_to: Option<MessageId>,
    /// The client's key: the same again does nothing twice.
    pub client_message_id: Option<String>,
}

/// What came of it.
#[derive(Debug)]
pub enum Posted {
    /// The message is the ticket's latest; these are to be published.
    Created(Box<Ticket>, Vec<Event>),
    /// It was there already.
    Repeated(Box<Ticket>),
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// There is no such ticket.
    #[error("no such ticket")]
    NoSuchTicket,
    /// The principal may not.
    #[error("not allowed")]
    Forbidden,
    /// The platform lets nothing of this kind through now.
    #[error("the reply window is closed")]
    WindowClosed(ReplyWindow),
    /// It answers a message that the ticket does not have at hand.
    #[error("no such message")]
    NoSuchMessage,
    /// Too many others changed the ticket at the same time.
    #[error("out of time")]
    OutOfTime,
    /// A store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Why nothing of this kind may be sent on a ticket's channel at `now`, if so.
pub(crate) fn window_refusal(
    ticket: &Ticket,
    now: Timestamp,
    is_template: bool,
    is_automatic: bool,
) -> Option<DeliveryError> {
    let is_open = match ticket.reply_window(now) {
        ReplyWindow::Free(_) => true,
        ReplyWindow::HumanAgent(_) => !is_automatic,
        ReplyWindow::Template => is_template,
        ReplyWindow::Closed => false,
    };
    let hint = match ticket.reply_window(now) {
        ReplyWindow::Template => "Send a template, or wait until the customer writes.",
        ReplyWindow::Free(_) | ReplyWindow::HumanAgent(_) | ReplyWindow::Closed => {
            "Wait until the customer writes, or answer on another channel."
        }
    };
    (!is_open).then(|| DeliveryError {
        code: "reply-window-closed".to_owned(),
        message: "The time in which the platform lets us answer is over.".to_owned(),
        hint: hint.to_owned(),
    })
}

/// Writes an agent's message into a ticket; a public one moves a new ticket to open and is sent.
///
/// # Errors
/// [`PostError`]; nothing was written then, unless [`PostError::Port`] says that nobody knows, and
/// then the same `client_message_id` makes a repetition safe.
pub async fn post_message<T: Tickets + Outbox, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    principal: &Principal,
    ticket_id: &TicketId,
    message: NewMessage,
    deadline: Deadline,
) -> Result<Posted, PostError> {
    let (action, visibility) = match message.is_note {
        false => (Action::Reply, Visibility::Public),
        true => (Action::Note, Visibility::Internal),
    };
    let Some(agent_id) = principal
        .agent_id()
        .filter(|_| may(principal, action, None))
    else {
        return Err(PostError::Forbidden);
    };
    let id = MessageId::generate(desk.surroundings.now(), desk.surroundings.random());
    let mut kept = None;
    let mut backoff = Backoff::default();
    loop {
        let ticket = desk
            .tickets
            .ticket(ticket_id)
            .await?
            .ok_or(PostError::NoSuchTicket)?;
        if !may(principal, action, Some(&ticket)) {
            return Err(PostError::Forbidden);
        }
        if kept.is_none() {
            kept = Some(keep_content(desk, id.as_str(), message.content.clone()).await?);
        }
        let Some(content) = kept.as_ref() else {
            return Err(PostError::OutOfTime);
        };
        if let Some(done) = repeated(desk, ticket_id, &message, &ticket).await? {
            return Ok(Posted::Repeated(Box::new(done)));
        }
        let goes_out = visibility == Visibility::Public && reaches_customer(&ticket);
        let now = desk.surroundings.now();
        if goes_out && window_refusal(&ticket, now, message.template.is_some(), false).is_some() {
            return Err(PostError::WindowClosed(ticket.reply_window(now)));
        }
        let reply_to = match &message.reply_to {
            Some(id) => Some(answered_id(&ticket, id).ok_or(PostError::NoSuchMessage)?),
            None => None,
        };
        let channel = ticket.source.channel;
        let count = parts(channel, &message.content, &message.attachments).len();
        let mut draft = Draft::change(&desk.surroundings, ticket);
        if visibility == Visibility::Public {
            let status = draft.ticket().status.after_agent_reply();
            draft.move_status(status, Some(agent_id));
        }
        let now = draft.now();
        let whole = content.attachment().into_iter();
        let place = draft.append(Entry {
            id: id.clone(),
            timestamp: now,
            channel,
            sender_type: SenderType::Agent,
            content: content.shown.clone(),
            content_type: content_type(&message),
            content_truncated: content.is_cut(),
            html: None,
            visibility,
            agent_id: Some(agent_id.clone()),
            attachments: whole.chain(message.attachments.clone()).collect(),
            delivery: goes_out.then(|| Delivery::queued(now, count)),
            reply_to,
            channel_specific_data: data(&message),
        });
        if goes_out && let Some(why) = held_up_by(desk, draft.ticket(), place.position).await? {
            draft.deliver(place.position, |d| d.explain(Some(&why)));
        }
        let source = draft.ticket().source.clone();
        let mut commit = draft.finish();
        if goes_out {
            commit.sends.push(SendWrite::Create(intent(
                ticket_id.clone(),
                &source,
                &place,
                now,
            )));
        }
        commit.idempotency = message
            .client_message_id
            .as_ref()
            .map(|key| IdempotencyRecord {
                scope: IdempotencyScope::Message(ticket_id.clone()),
                key: key.clone(),
                ticket_id: ticket_id.clone(),
                message_id: id.clone(),
                token_expires_at: None,
            });
        match desk
            .tickets
            .commit(&commit, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) => {
                return Ok(Posted::Created(
                    Box::new(commit.ticket.ticket().clone()),
                    commit.events,
                ));
            }
            Err(CommitError::AlreadyDone(_)) => {
                let ticket = desk
                    .tickets
                    .ticket(ticket_id)
                    .await?
                    .ok_or(PostError::NoSuchTicket)?;
                return Ok(Posted::Repeated(Box::new(ticket)));
            }
            Err(CommitError::Raced | CommitError::SlotsTaken(_)) => {
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(PostError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

/// What a new message waits for behind those of its ticket that their account holds: the same as they do.
async fn held_up_by<T: Outbox, B, S>(
    desk: &Desk<T, B, S>,
    ticket: &Ticket,
    position: u64,
) -> Result<Option<DeliveryError>, PortError> {
    let waits_for = |delivery: &Delivery| {
        let shown = delivery.shown();
        let reason = shown.error.clone();
        reason.filter(|_| shown.state == DeliveryState::Queued)
    };
    let before = ticket.window.messages().iter().rev();
    let before = before.filter(|m| m.position < position);
    let Some(why) = before
        .filter_map(|m| m.delivery.as_ref())
        .find_map(waits_for)
    else {
        return Ok(None);
    };
    let first = desk.tickets.sends(&ticket.id).await?.into_iter().next();
    let is_held = first.is_some_and(|intent| match intent.state {
        SendState::Queued { held, .. } => held,
        SendState::Sending { .. } => false,
    });
    Ok(is_held.then_some(why))
}

/// The ticket as it is now, if the client's key says that this message of it was written before: to be asked before
/// what a repetition need not have any more is looked at, as its uploaded files or its template. `is_note` is whether
/// it is a note for agents.
///
/// # Errors
/// [`PostError`].
pub async fn written_before<T: Tickets, B, S>(
    desk: &Desk<T, B, S>,
    principal: &Principal,
    ticket_id: &TicketId,
    (key, is_note): (&str, bool),
) -> Result<Option<Ticket>, PostError> {
    let action = match is_note {
        false => Action::Reply,
        true => Action::Note,
    };
    if !may(principal, action, None) {
        return Err(PostError::Forbidden);
    }
    let scope = IdempotencyScope::Message(ticket_id.clone());
    if desk.tickets.idempotency(&scope, key).await?.is_none() {
        return Ok(None);
    }
    let ticket = desk.tickets.ticket(ticket_id).await?;
    let ticket = ticket.ok_or(PostError::NoSuchTicket)?;
    if !may(principal, action, Some(&ticket)) {
        return Err(PostError::Forbidden);
    }
    Ok(Some(ticket))
}

/// The ticket, if the client's key says that the message was written before.
async fn repeated<T: Tickets, B, S>(
    desk: &Desk<T, B, S>,
    ticket_id: &TicketId,
    message: &NewMessage,
    ticket: &Ticket,
) -> Result<Option<Ticket>, PortError> {
    let Some(key) = &message.client_message_id else {
        return Ok(None);
    };
    let scope = IdempotencyScope::Message(ticket_id.clone());
    let known = desk.tickets.idempotency(&scope, key).await?;
    Ok(known.map(|_| ticket.clone()))
}

/// The intent to send a new message of a ticket.
pub(crate) fn intent(
    ticket_id: TicketId,
    source: &Source,
    place: &MessagePlace,
    now: Timestamp,
) -> SendIntent {
    let (channel, account) = sent_through(source);
    let not_before = match source.channel {
        Channel::Email => now.plus(UNDO_WITHIN),
        Channel::Facebook
        | Channel::Instagram
        | Channel::WhatsApp
        | Channel::Twitter
        | Channel::WebChat => now,
    };
    SendIntent {
        ticket_id,
        message_id: place.message_id.clone(),
        position: place.position,
        attempt: 1,
        queued_at: now,
        channel,
        account,
        refusals: Refusals::default(),
        state: SendState::Queued {
            not_before,
            held: false,
        },
    }
}

fn content_type(message: &NewMessage) -> ContentType {
    match message
        .attachments
        .first()
        .filter(|_| message.content.is_empty())
    {
        None => ContentType::Text,
        Some(file) => match file.kind {
            AttachmentKind::Image => ContentType::Image,
            AttachmentKind::Audio => ContentType::Audio,
            AttachmentKind::Video => ContentType::Video,
            AttachmentKind::File => ContentType::File,
        },
    }
}

fn data(message: &NewMessage) -> Map<String, Value> {
    let mut data = Map::new();
    if let Some(Template {
        name,
        language,
        parameters,
    }) = &message.template
    {
        let template = json!({"name": name, "language": language, "parameters": parameters});
        data.insert(TEMPLATE.to_owned(), template);
    }
    data
}

/// The platform's id of one of the latest messages, as far as it is known.
fn answered_id(ticket: &Ticket, id: &MessageId) -> Option<String> {
    let message = ticket.window.messages().iter().find(|m| m.id == *id)?;
    platform_id(message)
}

/// Whether a public message leaves the house: a chat whose visitor gave no address is answered by the
/// status call alone.
fn reaches_customer(ticket: &Ticket) -> bool {
    match ticket.source.channel {
        Channel::WebChat => ticket.customer.email.is_some(),
        Channel::Facebook
        | Channel::Instagram
        | Channel::WhatsApp
        | Channel::Twitter
        | Channel::Email => true,
    }
}

#[cfg(test)]
mod tests;
