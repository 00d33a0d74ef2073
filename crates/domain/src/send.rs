//! Sending what agents wrote: in order per ticket, each attempt announced before the provider is called,
//! so that whatever is killed in between, nothing is sent twice by itself and no intent is forgotten.

use std::time::Duration;

use crate::channel::Channel;
use crate::delivery::{DeliveryError, DeliveryState};
use crate::draft::Draft;
use crate::event::Event;
use crate::id::TicketId;
use crate::message::Message;
use crate::ports::{
    Blobs, Commit, CommitError, Correlation, Messenger, Outbox, OutgoingMessage, PortError,
    SendIntent, SendOutcome, SendState, SendWrite, Tickets, budget,
};
use crate::receive::{Desk, whole_text};
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Ticket;
use crate::time::Timestamp;

/// How long an attempt may be under way before nobody is working on it; longer than any HTTP timeout.
pub const LEASE: Duration = Duration::from_secs(30);
/// How long the outcome of a call may take to be stored.
const OUTCOME_BUDGET: Duration = Duration::from_secs(15);

mod answered;
mod outcome;
mod provider_slots;

use answered::answered;
pub(crate) use outcome::sent_through;
use outcome::settle;
pub(crate) use provider_slots::{ProviderSlots, add_provider_id, apply_waiting, has_provider_id};

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
    let message = (&intent.message_id, intent.position);
    Draft::of_message(
        &desk.surroundings,
        &desk.tickets,
        &intent.ticket_id,
        message,
    )
    .await
}

async fn outgoing<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    ticket: &Ticket,
    message: &Message,
    intent: &SendIntent,
) -> Result<OutgoingMessage, PortError> {
    let now = desk.surroundings.now();
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
        answers: answered(ticket, message.position),
        correlation: Correlation {
            ticket_id: ticket.id.clone(),
            message_id: message.id.clone(),
            position: message.position,
            attempt: intent.attempt,
        },
        queued_at: intent.queued_at,
        reply_window: ticket.reply_window(now),
    })
}

#[cfg(test)]
mod tests;
