//! Sending what agents wrote: in order per ticket and part by part, each attempt announced before the provider is
//! called, so that whatever is killed in between, nothing is sent twice by itself and no intent is forgotten.

use std::time::Duration;

use crate::channel::Channel;
use crate::delivery::{DeliveryError, DeliveryState};
use crate::draft::Draft;
use crate::event::Event;
use crate::gate::{Admission, Gate};
use crate::id::TicketId;
use crate::message::Message;
use crate::ports::{
    Blobs, Commit, CommitError, Gates, Messenger, Outbox, PortError, SendIntent, SendOutcome,
    SendState, SendWrite, Tickets, budget,
};
use crate::receive::Desk;
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Ticket;
use crate::time::Timestamp;

/// How long an attempt may be under way before nobody is working on it; longer than any HTTP timeout.
pub const LEASE: Duration = Duration::from_secs(30);
/// How long a call to a provider may take, with a little more than its 10 s.
const LONGEST_CALL: Duration = Duration::from_secs(12);
/// How long the outcome of a call may take to be stored.
const OUTCOME_BUDGET: Duration = Duration::from_secs(15);

mod admission;
mod again;
mod answered;
mod fate;
mod outcome;
mod outgoing;
mod parts;
mod provider_slots;
mod queue;
mod unconfirmed;

use admission::{Way, admit};
pub(crate) use again::again_at;
use answered::answered;
pub(crate) use answered::has_id;
pub(crate) use outcome::sent_through;
use outcome::{Settled, settle};
pub(crate) use outgoing::TEMPLATE;
use outgoing::outgoing;
pub use parts::{PartPlan, parts};
pub(crate) use provider_slots::{
    ProviderSlots, add_provider_id, apply_waiting, has_provider_id, part_of_id, platform_id,
};
pub use queue::serve_queue;
pub(crate) use unconfirmed::{has_unknown, unconfirmed, unknown_before};

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
pub async fn send_pending<T: Tickets + Outbox + Gates, B: Blobs, S: Surroundings, M: Messenger>(
    desk: &Desk<T, B, S>,
    messenger: &M,
    ticket_id: &TicketId,
    deadline: Deadline,
) -> Result<Sent, SendError> {
    let run = Run {
        desk,
        messenger,
        way: Way::OfItself,
        gate: None,
        deadline,
    };
    run.send(ticket_id, usize::MAX).await
}

/// What to do after an intent.
enum Step {
    /// Go on with the next one.
    Next,
    /// The ticket waits until then.
    Wait(Timestamp),
}

/// What the sends of one ticket share.
struct Run<'r, T, B, S, M> {
    desk: &'r Desk<T, B, S>,
    messenger: &'r M,
    /// On whose call.
    way: Way,
    /// The account's gate as it was just read, where whoever calls has read it.
    gate: Option<Gate>,
    deadline: Deadline,
}

fn interrupted() -> DeliveryError {
    DeliveryError {
        code: "interrupted".to_owned(),
        message: "Sending was interrupted before the provider's answer was stored.".to_owned(),
        hint: "Look whether the customer got it before you send it again.".to_owned(),
    }
}

impl<T: Tickets + Outbox + Gates, B: Blobs, S: Surroundings, M: Messenger> Run<'_, T, B, S, M> {
    /// Sends at most so many messages of a ticket.
    async fn send(&self, ticket_id: &TicketId, most: usize) -> Result<Sent, SendError> {
        let desk = self.desk;
        let mut sent = Sent::default();
        for intent in desk.tickets.sends(ticket_id).await?.into_iter().take(most) {
            let now = desk.surroundings.now();
            let wait_until = match intent.state {
                SendState::Queued { held: true, .. } if self.way != Way::OfItself => now,
                SendState::Queued { not_before, .. } => not_before,
                SendState::Sending { until } => until,
            };
            if wait_until > now || self.deadline.passed(&desk.surroundings) {
                sent.next = Some(wait_until);
                return Ok(sent);
            }
            let next = match intent.state {
                SendState::Queued { .. } => self.attempt(intent, &mut sent.events).await?,
                SendState::Sending { .. } => {
                    let outcome = SendOutcome::Unknown {
                        error: interrupted(),
                    };
                    match settle(self, &intent, None, &outcome, &mut sent.events).await? {
                        Settled::Step(step) => step,
                        Settled::Goes(_) => Step::Next,
                    }
                }
            };
            if let Step::Wait(until) = next {
                sent.next = Some(until);
                return Ok(sent);
            }
        }
        Ok(sent)
    }

    /// Announces an attempt, calls the provider, and stores what came of it, part by part.
    async fn attempt(
        &self,
        intent: SendIntent,
        events: &mut Vec<Event>,
    ) -> Result<Step, SendError> {
        let desk = self.desk;
        let account = (intent.channel, &intent.account);
        let (admission, gate) = admit(self, account, &intent.ticket_id, self.gate.clone()).await?;
        if let Admission::Closed { why, until } = admission {
            admission::hold(self, &intent, &why, until, events).await?;
            return Ok(Step::Wait(until));
        }
        let deadline = Deadline::after(&desk.surroundings, OUTCOME_BUDGET);
        let mut backoff = Backoff::default();
        let mut going = loop {
            let Some((mut draft, message)) = load(desk, &intent).await? else {
                return Err(no_message());
            };
            let now = desk.surroundings.now();
            let delivery = message.delivery.as_ref();
            let part = delivery.and_then(|d| d.waiting(intent.attempt));
            let write = match part {
                Some(part) => {
                    draft.deliver(intent.position, |d| {
                        d.advance(part, DeliveryState::Sending, now, None)
                    });
                    announced(&intent, now)
                }
                // Evidence came that the message was taken after all, or the attempt was superseded.
                None => SendWrite::Finish(intent.clone()),
            };
            let ticket = draft.ticket().clone();
            let commit = Commit {
                sends: vec![write.clone()],
                ..draft.finish()
            };
            match desk
                .tickets
                .commit(&commit, budget(deadline, &desk.surroundings))
                .await
            {
                Ok(()) => {
                    events.extend(commit.events);
                    match (write, part) {
                        (SendWrite::Replace { from: _, to }, Some(part)) => {
                            break Going {
                                ticket: Box::new(ticket),
                                message: Box::new(message),
                                intent: to,
                                part,
                                gate: Some(gate),
                            };
                        }
                        _ => return Ok(Step::Next),
                    }
                }
                Err(
                    CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_),
                ) => {
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
        loop {
            let outcome = self.call(&going).await;
            let Going { intent, gate, .. } = going;
            match settle(self, &intent, gate, &outcome, events).await? {
                Settled::Step(step) => return Ok(step),
                Settled::Goes(next) => going = *next,
            }
        }
    }

    /// Whether a call ends within the part's lease, however long it took to read what the part says.
    fn has_time(&self, going: &Going) -> bool {
        match going.intent.state {
            SendState::Sending { until } => self.desk.surroundings.now().plus(LONGEST_CALL) < until,
            SendState::Queued { .. } => false,
        }
    }

    async fn call(&self, going: &Going) -> SendOutcome {
        match outgoing(self.desk, going).await {
            Ok(Ok(part)) if self.has_time(going) => self.messenger.send(&part).await,
            // Nothing was handed over yet, and a call now could outlast the lease.
            Ok(Ok(_)) => SendOutcome::Retryable {
                error: unreadable(),
                retry_after: None,
            },
            Ok(Err(refused)) => SendOutcome::Refused { error: refused },
            // Nothing was handed over yet, so this may be tried again.
            Err(error) => {
                let ticket_id = going.ticket.id.as_str();
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    ticket_id,
                    "what a message says could not be read"
                );
                SendOutcome::Retryable {
                    error: unreadable(),
                    retry_after: None,
                }
            }
        }
    }
}

/// A part that is announced.
struct Going {
    ticket: Box<Ticket>,
    message: Box<Message>,
    intent: SendIntent,
    part: usize,
    /// The account's gate as it was lately, if that is known.
    gate: Option<Gate>,
}

fn announced(intent: &SendIntent, now: Timestamp) -> SendWrite {
    SendWrite::Replace {
        from: intent.clone(),
        to: SendIntent {
            state: SendState::Sending {
                until: now.plus(LEASE),
            },
            ..intent.clone()
        },
    }
}

fn no_message() -> SendError {
    PortError::Corrupt("an intent to send names no message".to_owned()).into()
}

fn unreadable() -> DeliveryError {
    DeliveryError {
        code: "text-unavailable".to_owned(),
        message: "What the message says could not be read.".to_owned(),
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

/// Who gets what goes out of a ticket, as its provider knows them: chats are answered by mail.
pub(crate) fn addressee(ticket: &Ticket) -> String {
    match ticket.source.channel {
        Channel::WebChat => ticket.customer.email.clone().unwrap_or_default(),
        Channel::Facebook
        | Channel::Instagram
        | Channel::WhatsApp
        | Channel::Twitter
        | Channel::Email => ticket.source.origin_platform_id.clone(),
    }
}

#[cfg(test)]
mod tests;
