//! Sending what agents wrote: in order per ticket, each attempt announced before the provider is called,
//! so that whatever is killed in between, nothing is sent twice by itself and no intent is forgotten.

use std::time::Duration;

use crate::channel::{AccountId, Channel};
use crate::delivery::{Delivery, DeliveryError, DeliveryState};
use crate::draft::Draft;
use crate::event::Event;
use crate::id::TicketId;
use crate::message::Message;
use crate::ports::{
    Blobs, Commit, CommitError, Correlation, Messenger, Outbox, OutgoingMessage, PortError,
    SendIntent, SendOutcome, SendState, SendWrite, Slot, SlotKey, SlotMessage, SlotWrite, Tickets,
    WaitingEvent, budget,
};
use crate::receive::{Desk, whole_text};
use crate::retry::{Backoff, jitter};
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::{Source, Ticket};
use crate::time::Timestamp;

/// How long an attempt may be under way before nobody is working on it; longer than any HTTP timeout.
pub const LEASE: Duration = Duration::from_secs(30);
/// How long the outcome of a call may take to be stored.
const OUTCOME_BUDGET: Duration = Duration::from_secs(15);
/// How long a message is tried.
const TRY_FOR: Duration = Duration::from_secs(24 * 3600);
const FIRST_RETRY: Duration = Duration::from_secs(15);
const LONGEST_RETRY: Duration = Duration::from_secs(15 * 60);

/// Why sending stopped. What was to be sent is still there.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// A store did not answer; an attempt under way ends as unknown when its lease does.
    #[error(transparent)]
    Port(#[from] PortError),
    /// Too many others changed the ticket at the same time.
    #[error("out of time")]
    OutOfTime,
}

/// Whether something of a ticket waits for its time.
#[derive(Debug, Default)]
pub struct Sent {
    /// What was committed, to be published.
    pub events: Vec<Event>,
    /// When there is something to do again, if there is.
    pub next: Option<Timestamp>,
}

/// Sends what is due of a ticket, in order. A message that has to wait holds back those behind it.
/// `deadline` is when no further call is started.
///
/// # Errors
/// [`SendError`].
pub async fn send_pending<T: Tickets + Outbox, B: Blobs, S: Surroundings, M: Messenger>(
    desk: &Desk<T, B, S>,
    messenger: &M,
    ticket_id: &TicketId,
    deadline: Deadline,
) -> Result<Sent, SendError> {
    let mut sent = Sent::default();
    for intent in desk.tickets.sends(ticket_id).await? {
        let now = desk.surroundings.now();
        let wait_until = match intent.state {
            SendState::Queued { not_before } => not_before,
            SendState::Sending { until } => until,
        };
        if wait_until > now || deadline.passed(&desk.surroundings) {
            sent.next = Some(wait_until);
            return Ok(sent);
        }
        let next = match intent.state {
            SendState::Queued { .. } => attempt(desk, messenger, intent, &mut sent.events).await?,
            SendState::Sending { .. } => {
                let outcome = SendOutcome::Unknown {
                    error: interrupted(),
                };
                settle(desk, &intent, &outcome, &mut sent.events).await?
            }
        };
        if let Step::Wait(until) = next {
            sent.next = Some(until);
            return Ok(sent);
        }
    }
    Ok(sent)
}

/// What to do after an intent.
enum Step {
    /// Go on with the next one.
    Next,
    /// The ticket waits until then.
    Wait(Timestamp),
}

fn interrupted() -> DeliveryError {
    DeliveryError {
        code: "interrupted".to_owned(),
        message: "Sending was interrupted before the provider's answer was stored.".to_owned(),
        hint: "Look whether the customer got it before you send it again.".to_owned(),
    }
}

/// Announces an attempt, calls the provider, and stores what came of it.
async fn attempt<T: Tickets + Outbox, B: Blobs, S: Surroundings, M: Messenger>(
    desk: &Desk<T, B, S>,
    messenger: &M,
    intent: SendIntent,
    events: &mut Vec<Event>,
) -> Result<Step, SendError> {
    let deadline = Deadline::after(&desk.surroundings, OUTCOME_BUDGET);
    let mut backoff = Backoff::default();
    let (ticket, message, announced) = loop {
        let Some((mut draft, message)) = load(desk, &intent).await? else {
            return Err(PortError::Corrupt("an intent to send names no message".to_owned()).into());
        };
        let now = desk.surroundings.now();
        let waits = message.delivery.as_ref().is_some_and(|d| {
            d.state() == DeliveryState::Queued && d.latest_attempt() == intent.attempt
        });
        let (write, announced) = if waits {
            draft.deliver(intent.position, |d| {
                d.advance(DeliveryState::Sending, now, None)
            });
            let announced = SendIntent {
                state: SendState::Sending {
                    until: now.plus(LEASE),
                },
                ..intent.clone()
            };
            (
                SendWrite::Replace {
                    from: intent.clone(),
                    to: announced.clone(),
                },
                Some(announced),
            )
        } else {
            // Evidence came that the message was taken after all, or the attempt was superseded.
            (SendWrite::Finish(intent.clone()), None)
        };
        let ticket = draft.ticket().clone();
        let commit = Commit {
            sends: vec![write],
            ..draft.finish()
        };
        match desk
            .tickets
            .commit(&commit, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) => {
                events.extend(commit.events);
                match announced {
                    Some(announced) => break (ticket, message, announced),
                    None => return Ok(Step::Next),
                }
            }
            Err(CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_)) => {
                if !still_held(desk, &intent).await? {
                    return Ok(Step::Wait(desk.surroundings.now().plus(LEASE)));
                }
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(SendError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    };
    let outcome = match outgoing(desk, &ticket, &message, &announced).await {
        Ok(outgoing) => messenger.send(&outgoing).await,
        // Nothing was handed over yet, so this may be tried again.
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, %ticket.id, "the text of a message could not be read");
            SendOutcome::Retryable {
                error: unreadable(),
                retry_after: None,
            }
        }
    };
    settle(desk, &announced, &outcome, events).await
}

fn unreadable() -> DeliveryError {
    DeliveryError {
        code: "text-unavailable".to_owned(),
        message: "The text of the message could not be read.".to_owned(),
        hint: "It is tried again by itself.".to_owned(),
    }
}

/// Whether the intent is still as this relay knows it; another one may have taken or ended it.
async fn still_held<T: Tickets + Outbox, B, S>(
    desk: &Desk<T, B, S>,
    intent: &SendIntent,
) -> Result<bool, PortError> {
    Ok(desk
        .tickets
        .sends(&intent.ticket_id)
        .await?
        .contains(intent))
}

/// A draft of the intent's ticket with its message at hand.
async fn load<'d, T: Tickets, B: Blobs, S: Surroundings>(
    desk: &'d Desk<T, B, S>,
    intent: &SendIntent,
) -> Result<Option<(Draft<'d, S>, Message)>, PortError> {
    let Some(ticket) = desk.tickets.ticket(&intent.ticket_id).await? else {
        return Ok(None);
    };
    let mut draft = Draft::change(&desk.surroundings, ticket);
    if !draft.has(intent.position) {
        let older = desk
            .tickets
            .older_messages(&intent.ticket_id, intent.position + 1, 1)
            .await?;
        older.into_iter().for_each(|m| draft.load_older(m));
    }
    let message = draft
        .message(intent.position)
        .filter(|m| m.id == intent.message_id)
        .cloned();
    Ok(message.map(|message| (draft, message)))
}

async fn outgoing<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    ticket: &Ticket,
    message: &Message,
    intent: &SendIntent,
) -> Result<OutgoingMessage, PortError> {
    let to = match ticket.source.channel {
        Channel::WebChat => ticket.customer.email.clone().unwrap_or_default(),
        Channel::Facebook
        | Channel::Instagram
        | Channel::WhatsApp
        | Channel::Twitter
        | Channel::Email => ticket.source.origin_platform_id.clone(),
    };
    Ok(OutgoingMessage {
        channel: ticket.source.channel,
        account: ticket.source.account_id.clone(),
        to,
        to_name: ticket.customer.name.clone(),
        text: whole_text(&desk.blobs, message).await?,
        subject: ticket.subject.clone(),
        reference: ticket.reference.as_str().to_owned(),
        correlation: Correlation {
            ticket_id: ticket.id.clone(),
            message_id: message.id.clone(),
            position: message.position,
            attempt: intent.attempt,
        },
        queued_at: intent.queued_at,
    })
}

/// Stores what came of an attempt: the message's state, the provider's ids, and the end or the next
/// attempt of the intent, in one commit. Events that came before the ids were known are applied with it.
async fn settle<T: Tickets + Outbox, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    intent: &SendIntent,
    outcome: &SendOutcome,
    events: &mut Vec<Event>,
) -> Result<Step, SendError> {
    let deadline = Deadline::after(&desk.surroundings, OUTCOME_BUDGET);
    let mut backoff = Backoff::default();
    let mut waiting: Vec<(SlotKey, Vec<WaitingEvent>)> = Vec::new();
    let mut taken: Vec<SlotKey> = Vec::new();
    let mut held = true;
    loop {
        let Some((mut draft, _)) = load(desk, intent).await? else {
            return Err(PortError::Corrupt("an intent to send names no message".to_owned()).into());
        };
        let (sends, step) = if held {
            let (send, step) = conclude(desk, &mut draft, intent, outcome);
            (vec![send], step)
        } else {
            testify(&mut draft, intent, outcome);
            (Vec::new(), Step::Next)
        };
        let mut slots = Vec::new();
        if let SendOutcome::Accepted {
            platform_message_ids,
        } = outcome
        {
            for id in platform_message_ids {
                let (channel, account) = sent_through(&draft.ticket().source);
                let key = SlotKey {
                    channel,
                    account,
                    platform_message_id: id.clone(),
                };
                if taken.contains(&key) {
                    continue;
                }
                let events = waiting
                    .iter()
                    .find(|(k, _)| *k == key)
                    .map_or(&[][..], |(_, events)| events);
                for WaitingEvent::Delivery { state, at, error } in events {
                    draft.observe(intent.position, intent.attempt, *state, *at, error.clone());
                }
                let message = SlotMessage {
                    ticket_id: intent.ticket_id.clone(),
                    message_id: intent.message_id.clone(),
                    position: intent.position,
                    attempt: intent.attempt,
                };
                slots.push(SlotWrite {
                    key,
                    message,
                    applies: events.len(),
                });
            }
        }
        if !held && !draft.is_changed() && slots.is_empty() {
            return Ok(step);
        }
        let commit = Commit {
            sends,
            slots,
            ..draft.finish()
        };
        match desk
            .tickets
            .commit(&commit, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) => {
                events.extend(commit.events);
                return Ok(step);
            }
            Err(CommitError::SlotsTaken(found)) => {
                for (key, slot) in found {
                    match slot {
                        Slot::Present(_) => taken.push(key),
                        Slot::Waiting(events) => {
                            waiting.retain(|(k, _)| *k != key);
                            waiting.push((key, events));
                        }
                    }
                }
            }
            Err(CommitError::Raced | CommitError::AlreadyDone(_)) => {
                held = held && still_held(desk, intent).await?;
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(SendError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

/// The channel and account whose provider carries a ticket's answers: chats are answered by mail.
pub(crate) fn sent_through(source: &Source) -> (Channel, AccountId) {
    match source.channel {
        Channel::WebChat => (Channel::Email, AccountId::constant(Channel::Email)),
        Channel::Facebook
        | Channel::Instagram
        | Channel::WhatsApp
        | Channel::Twitter
        | Channel::Email => (source.channel, source.account_id.clone()),
    }
}

/// Moves the message's delivery by the outcome; returns what becomes of the intent, and the next step.
fn conclude<T, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    draft: &mut Draft<'_, S>,
    intent: &SendIntent,
    outcome: &SendOutcome,
) -> (SendWrite, Step) {
    let now = desk.surroundings.now();
    let position = intent.position;
    let finish = SendWrite::Finish(intent.clone());
    match outcome {
        SendOutcome::Accepted {
            platform_message_ids,
        } => {
            draft.deliver(position, |d| d.advance(DeliveryState::Sent, now, None));
            draft.set_data(
                position,
                "provider_message_ids",
                serde_json::json!(platform_message_ids),
            );
            (finish, Step::Next)
        }
        SendOutcome::Refused { error } => {
            draft.deliver(position, |d| {
                d.advance(DeliveryState::Failed, now, Some(error.clone()))
            });
            (finish, Step::Next)
        }
        SendOutcome::Unknown { error } => {
            draft.deliver(position, |d| {
                d.advance(DeliveryState::Unknown, now, Some(error.clone()))
            });
            (finish, Step::Next)
        }
        SendOutcome::Retryable { error, retry_after } => {
            let settled = draft
                .message(position)
                .and_then(|m| m.delivery.as_ref())
                .is_some_and(|d| d.state().is_taken());
            if settled {
                return (finish, Step::Next);
            }
            if now.since(intent.queued_at) >= TRY_FOR {
                draft.deliver(position, |d| {
                    d.advance(DeliveryState::Failed, now, Some(error.clone()))
                });
                return (finish, Step::Next);
            }
            let not_before = now.plus(retry_delay(desk, intent.attempt, *retry_after));
            let attempt = draft
                .deliver(position, |d: &mut Delivery| d.start_attempt(now))
                .unwrap_or(intent.attempt + 1);
            let to = SendIntent {
                attempt,
                state: SendState::Queued { not_before },
                ..intent.clone()
            };
            (
                SendWrite::Replace {
                    from: intent.clone(),
                    to,
                },
                Step::Wait(not_before),
            )
        }
    }
}

/// What this relay learnt counts as evidence even when its lease ran out and another relay has already
/// called the attempt unknown.
fn testify<S: Surroundings>(draft: &mut Draft<'_, S>, intent: &SendIntent, outcome: &SendOutcome) {
    let now = draft.now();
    match outcome {
        SendOutcome::Accepted { .. } => {
            draft.observe(
                intent.position,
                intent.attempt,
                DeliveryState::Sent,
                now,
                None,
            );
        }
        SendOutcome::Refused { error } => {
            draft.observe(
                intent.position,
                intent.attempt,
                DeliveryState::Failed,
                now,
                Some(error.clone()),
            );
        }
        SendOutcome::Retryable { .. } | SendOutcome::Unknown { .. } => {}
    }
}

/// Doubles from 15 s to 15 min with jitter of a half; never sooner than the provider asked.
fn retry_delay<T, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    attempt: u32,
    retry_after: Option<Duration>,
) -> Duration {
    let base = FIRST_RETRY
        .saturating_mul(1 << attempt.saturating_sub(1).min(10))
        .min(LONGEST_RETRY);
    let delay = base / 2 + jitter(&desk.surroundings, base / 2);
    retry_after.map_or(delay, |asked| delay.max(asked.min(TRY_FOR)))
}

#[cfg(test)]
mod tests;
