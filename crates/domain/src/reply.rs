//! An agent answers the customer or writes a note: the message and the intent to send it are one commit.

use serde_json::Map;

use crate::channel::Channel;
use crate::delivery::Delivery;
use crate::draft::{Draft, Entry};
use crate::event::Event;
use crate::id::{MessageId, TicketId};
use crate::message::{ContentType, SenderType, Visibility};
use crate::permission::{Action, Principal, may};
use crate::ports::{
    Blobs, CommitError, IdempotencyRecord, IdempotencyScope, PortError, SendIntent, SendState,
    SendWrite, Tickets, budget,
};
use crate::receive::{Desk, keep_content};
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Ticket;

/// Most characters of an agent's message.
pub const MAX_MESSAGE_CHARS: usize = 10_000;

/// What an agent wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The text, 1 to [`MAX_MESSAGE_CHARS`] characters.
    pub content: String,
    /// Public for the customer, internal for a note.
    pub visibility: Visibility,
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
    /// Too many others changed the ticket at the same time.
    #[error("out of time")]
    OutOfTime,
    /// A store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Writes an agent's message into a ticket; a public one moves a new ticket to open and is sent.
///
/// # Errors
/// [`PostError`]; nothing was written then, unless [`PostError::Port`] says that nobody knows, and
/// then the same `client_message_id` makes a repetition safe.
pub async fn post_message<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    principal: &Principal,
    ticket_id: &TicketId,
    message: NewMessage,
    deadline: Deadline,
) -> Result<Posted, PostError> {
    let action = match message.visibility {
        Visibility::Public => Action::Reply,
        Visibility::Internal => Action::Note,
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
        let goes_out = message.visibility == Visibility::Public && reaches_customer(&ticket);
        let mut draft = Draft::change(&desk.surroundings, ticket);
        if message.visibility == Visibility::Public {
            let status = draft.ticket().status.after_agent_reply();
            draft.move_status(status, Some(agent_id));
        }
        let now = draft.now();
        let place = draft.append(Entry {
            id: id.clone(),
            timestamp: now,
            channel: draft.ticket().source.channel,
            sender_type: SenderType::Agent,
            content: content.shown.clone(),
            content_type: ContentType::Text,
            content_truncated: content.is_cut(),
            html: None,
            visibility: message.visibility,
            agent_id: Some(agent_id.clone()),
            attachments: content.attachment().into_iter().collect(),
            delivery: goes_out.then(|| Delivery::queued(now)),
            reply_to: None,
            channel_specific_data: Map::new(),
        });
        let mut commit = draft.finish();
        if goes_out {
            commit.sends.push(SendWrite::Create(SendIntent {
                ticket_id: ticket_id.clone(),
                message_id: id.clone(),
                position: place.position,
                attempt: 1,
                queued_at: now,
                state: SendState::Queued { not_before: now },
            }));
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
