//! An agent or a chatbot opens a ticket for a customer.

use serde_json::Map;

use crate::channel::inbound::Author;
use crate::channel::{AccountId, ChannelIdentity};
use crate::draft::{Draft, Entry};
use crate::event::Event;
use crate::id::{MessageId, TicketId};
use crate::message::{ContentType, SenderType, Visibility};
use crate::permission::{Action, Principal, may};
use crate::ports::{
    Blobs, Commit, CommitError, IdempotencyRecord, IdempotencyScope, PortError, Tickets, budget,
};
use crate::receive::{Conversation, Desk, NewTicket, keep_content, place, remember, resolve};
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::{Priority, Ticket};

/// The ticket to open; texts are within their limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicketRequest {
    /// Who the customer is on the ticket's channel.
    pub identity: ChannelIdentity,
    /// Our account there.
    pub account: AccountId,
    /// Whether a chatbot hands it over.
    pub is_bot_handoff: bool,
    /// The customer's name, if known.
    pub name: Option<String>,
    /// The customer's address, if known.
    pub email: Option<String>,
    /// What it is about.
    pub subject: String,
    /// What the customer said. It is never sent out.
    pub initial_message: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Its tags.
    pub tags: Vec<String>,
    /// The caller's key, if it has one: the same again does nothing twice.
    pub idempotency_key: Option<String>,
}

/// What came of it.
#[derive(Debug)]
pub enum Created {
    /// The ticket, and what is to be published.
    New(Box<Ticket>, Vec<Event>),
    /// It was opened before with the same key.
    Repeated(Box<Ticket>),
}

/// Why it was not done; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The principal may not.
    #[error("not allowed")]
    Forbidden,
    /// The customer has an open ticket.
    #[error("there is an open ticket")]
    OpenTicketExists(TicketId),
    /// Too many others did the same at the same time.
    #[error("out of time")]
    OutOfTime,
    /// A store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Opens a ticket, unless the customer has an open one there.
///
/// # Errors
/// [`CreateError`].
pub async fn create_ticket<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    principal: &Principal,
    request: &NewTicketRequest,
    deadline: Deadline,
) -> Result<Created, CreateError> {
    if !may(principal, Action::Create, None) {
        return Err(CreateError::Forbidden);
    }
    if let Some(id) = done_before(desk, request).await? {
        return repeated(desk, &id).await;
    }
    let names = std::slice::from_ref(&request.identity);
    let id = MessageId::generate(desk.surroundings.now(), desk.surroundings.random());
    let content = keep_content(desk, id.as_str(), request.initial_message.clone()).await?;
    let mut backoff = Backoff::default();
    loop {
        let resolved = resolve(desk, names, &request.account).await?;
        if let Some(ticket) = resolved
            .ticket
            .as_ref()
            .filter(|t| t.status.is_open() && !t.superseded && t.merged_into.is_none())
        {
            let open = ticket.id.clone();
            // The same request may have opened it since the key was looked up.
            return match done_before(desk, request).await? {
                Some(id) => repeated(desk, &id).await,
                None => Err(CreateError::OpenTicketExists(open)),
            };
        }
        let conversation = Conversation {
            names,
            account: &request.account,
            person_name: request.name.as_deref(),
            email: request.email.as_deref(),
            author: Author::Customer,
        };
        let new_ticket = NewTicket {
            subject: request.subject.clone(),
            priority: request.priority,
            tags: request.tags.clone(),
            is_bot_handoff: request.is_bot_handoff,
            always: true,
            greets: false,
        };
        let canonical = resolved.canonical.clone();
        let (mut draft, parts) = place(desk, resolved, &conversation, new_ticket).await?;
        let now = draft.now();
        draft.append(Entry {
            id: id.clone(),
            timestamp: now,
            channel: canonical.channel(),
            sender_type: SenderType::Customer,
            content: content.shown.clone(),
            content_type: ContentType::Text,
            content_truncated: content.is_cut(),
            html: None,
            visibility: Visibility::Public,
            agent_id: None,
            attachments: content.attachment().into_iter().collect(),
            delivery: None,
            reply_to: None,
            channel_specific_data: Map::new(),
        });
        // What an agent types in for a customer is no message of the platform, so no reply window opens.
        draft.ticket_mut().last_customer_message_at = None;
        let idempotency = request
            .idempotency_key
            .as_ref()
            .map(|key| record(key, &draft, &id));
        let commit = Commit {
            idempotency,
            ..parts.into_commit(draft, &desk.surroundings)
        };
        match desk
            .tickets
            .commit(&commit, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) => {
                remember(desk, names, &request.account, commit.ticket.ticket());
                return Ok(Created::New(
                    Box::new(commit.ticket.ticket().clone()),
                    commit.events,
                ));
            }
            Err(CommitError::AlreadyDone(done)) => return repeated(desk, &done.ticket_id).await,
            Err(CommitError::Raced | CommitError::SlotsTaken(_)) => {
                desk.pointers.forget(&request.identity, &request.account);
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(CreateError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

/// The ticket that the same request opened before.
async fn done_before<T: Tickets, B, S>(
    desk: &Desk<T, B, S>,
    request: &NewTicketRequest,
) -> Result<Option<TicketId>, PortError> {
    let Some(key) = &request.idempotency_key else {
        return Ok(None);
    };
    let scope = IdempotencyScope::Chatbot;
    let done = desk.tickets.idempotency(&scope, key).await?;
    Ok(done.map(|d| d.ticket_id))
}

fn record<S: Surroundings>(
    key: &str,
    draft: &Draft<'_, S>,
    message_id: &MessageId,
) -> IdempotencyRecord {
    IdempotencyRecord {
        scope: IdempotencyScope::Chatbot,
        key: key.to_owned(),
        ticket_id: draft.ticket().id.clone(),
        message_id: message_id.clone(),
        token_expires_at: None,
    }
}

async fn repeated<T: Tickets, B, S>(
    desk: &Desk<T, B, S>,
    id: &TicketId,
) -> Result<Created, CreateError> {
    let ticket = desk.tickets.ticket(id).await?;
    let ticket = ticket
        .ok_or_else(|| PortError::Corrupt("an idempotency record names no ticket".to_owned()))?;
    Ok(Created::Repeated(Box::new(ticket)))
}

#[cfg(test)]
mod tests;
