//! A chatbot hands a conversation over: its visitor gets a ticket, or a message on the open one.

use std::time::Duration;

use serde_json::Map;

use crate::channel::inbound::Author;
use crate::channel::web_chat::{Speaker, TranscriptLine};
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::draft::Entry;
use crate::event::Event;
use crate::id::MessageId;
use crate::message::{ContentType, SenderType, Visibility};
use crate::ports::{
    Blobs, Commit, CommitError, IdempotencyRecord, IdempotencyScope, PortError, Tickets, budget,
};
use crate::receive::{Conversation, Desk, NewTicket, keep_content, place, remember, resolve};
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::{Priority, Ticket};
use crate::time::Timestamp;

/// How long a status token is good.
pub const STATUS_TOKEN_LIFE: Duration = Duration::from_secs(90 * 24 * 3600);
/// Lines of a transcript that become entries of their own; earlier ones become one text.
const LINES: usize = 20;

/// What the chatbot hands over; texts are within their limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    /// The chat session.
    pub session: ChannelIdentity,
    /// The address the visitor typed. It proves nothing.
    pub email: String,
    /// The visitor's name, if given.
    pub name: Option<String>,
    /// What it is about.
    pub subject: String,
    /// What the visitor wants.
    pub initial_message: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Its tags.
    pub tags: Vec<String>,
    /// What was said before.
    pub transcript: Vec<TranscriptLine>,
    /// `webhook-id`: the same again does nothing twice.
    pub webhook_id: String,
}

/// How a handoff ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandoffKind {
    /// A new ticket.
    Created,
    /// A message on the session's ticket.
    Appended,
    /// Done before.
    Repeated,
}

/// What came of it.
#[derive(Debug)]
pub struct HandedOver {
    /// How.
    pub kind: HandoffKind,
    /// The ticket.
    pub ticket: Box<Ticket>,
    /// Until when its status token is good; the same for every repetition.
    pub token_expires_at: Timestamp,
    /// What is to be published.
    pub events: Vec<Event>,
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum HandoffError {
    /// Too many others did the same at the same time.
    #[error("out of time")]
    OutOfTime,
    /// A store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Takes a handoff over.
///
/// # Errors
/// [`HandoffError`]; the same `webhook_id` makes a repetition safe.
pub async fn hand_off<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    handoff: &Handoff,
    deadline: Deadline,
) -> Result<HandedOver, HandoffError> {
    if let Some(done) = desk
        .tickets
        .idempotency(&IdempotencyScope::Chatbot, &handoff.webhook_id)
        .await?
    {
        return repeated(desk, done).await;
    }
    let account = AccountId::constant(Channel::WebChat);
    let names = std::slice::from_ref(&handoff.session);
    let entries = entries(desk, handoff).await?;
    let mut backoff = Backoff::default();
    loop {
        let resolved = resolve(desk, names, &account).await?;
        let conversation = Conversation {
            names,
            account: &account,
            person_name: handoff.name.as_deref(),
            email: Some(&handoff.email),
            author: Author::Customer,
        };
        let new_ticket = NewTicket {
            subject: handoff.subject.clone(),
            priority: handoff.priority,
            tags: handoff.tags.clone(),
            is_bot_handoff: true,
            always: false,
            greets: false,
        };
        let (mut draft, parts) = place(desk, resolved, &conversation, new_ticket).await?;
        let created = draft.ticket().last_position == 0;
        let token_expires_at = draft.now().plus(STATUS_TOKEN_LIFE);
        let mut message_id = None;
        // On an open ticket the transcript was told before; only what is new is appended.
        let new = if created {
            &entries[..]
        } else {
            &entries[entries.len().saturating_sub(1)..]
        };
        for entry in new {
            message_id = Some(draft.append(entry.clone()).message_id);
        }
        let idempotency = message_id.map(|message_id| IdempotencyRecord {
            scope: IdempotencyScope::Chatbot,
            key: handoff.webhook_id.clone(),
            ticket_id: draft.ticket().id.clone(),
            message_id,
            token_expires_at: Some(token_expires_at),
        });
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
                remember(desk, names, &account, commit.ticket.ticket());
                let kind = if created {
                    HandoffKind::Created
                } else {
                    HandoffKind::Appended
                };
                let ticket = Box::new(commit.ticket.ticket().clone());
                return Ok(HandedOver {
                    kind,
                    ticket,
                    token_expires_at,
                    events: commit.events,
                });
            }
            Err(CommitError::AlreadyDone(done)) => return repeated(desk, *done).await,
            Err(CommitError::Raced | CommitError::SlotsTaken(_)) => {
                desk.pointers.forget(&handoff.session, &account);
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(HandoffError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

async fn repeated<T: Tickets, B, S>(
    desk: &Desk<T, B, S>,
    done: IdempotencyRecord,
) -> Result<HandedOver, HandoffError> {
    let ticket = desk.tickets.ticket(&done.ticket_id).await?;
    let ticket = ticket
        .ok_or_else(|| PortError::Corrupt("an idempotency record names no ticket".to_owned()))?;
    let token_expires_at = done
        .token_expires_at
        .unwrap_or_else(|| ticket.created_at.plus(STATUS_TOKEN_LIFE));
    Ok(HandedOver {
        kind: HandoffKind::Repeated,
        ticket: Box::new(ticket),
        token_expires_at,
        events: Vec::new(),
    })
}

/// The entries of a handoff, the visitor's wish last. Of a long transcript the last lines stand by
/// themselves; all before them is one entry.
async fn entries<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    handoff: &Handoff,
) -> Result<Vec<Entry>, PortError> {
    let now = desk.surroundings.now();
    let (early, late) = handoff
        .transcript
        .split_at(handoff.transcript.len().saturating_sub(LINES));
    let mut lines: Vec<(SenderType, String, Timestamp)> = Vec::new();
    if !early.is_empty() {
        let told: Vec<String> = early
            .iter()
            .map(|l| format!("{}: {}", speaker(l.speaker).as_str(), l.text))
            .collect();
        let text = format!("Earlier in the conversation:\n{}", told.join("\n"));
        lines.push((
            SenderType::Bot,
            text,
            early.first().and_then(|l| l.at).unwrap_or(now),
        ));
    }
    lines.extend(
        late.iter()
            .map(|l| (speaker(l.speaker), l.text.clone(), l.at.unwrap_or(now))),
    );
    lines.push((SenderType::Customer, handoff.initial_message.clone(), now));
    let mut entries = Vec::with_capacity(lines.len());
    for (index, (sender_type, text, timestamp)) in lines.into_iter().enumerate() {
        let content = keep_content(
            desk,
            &format!("web_chat/{}/{index}", handoff.webhook_id),
            text,
        )
        .await?;
        entries.push(Entry {
            id: MessageId::generate(now, desk.surroundings.random()),
            timestamp,
            channel: Channel::WebChat,
            sender_type,
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
    }
    Ok(entries)
}

fn speaker(speaker: Speaker) -> SenderType {
    match speaker {
        Speaker::Visitor => SenderType::Customer,
        Speaker::Bot => SenderType::Bot,
    }
}

#[cfg(test)]
mod tests;
