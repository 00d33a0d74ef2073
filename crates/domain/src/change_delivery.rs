//! What an agent decides about a message on its way out: to send it again, not to send it, or that it arrived.

use serde_json::json;

use crate::delivery::{Attempt, Delivery, DeliveryError, DeliveryState, Part};
use crate::draft::Draft;
use crate::event::Event;
use crate::id::{MessageId, TicketId};
use crate::message::{Message, SenderType};
use crate::permission::{Action, Principal, may};
use crate::ports::{
    Blobs, Commit, CommitError, Outbox, PortError, Refusals, SendIntent, SendState, SendWrite,
    Tickets, budget,
};
use crate::receive::Desk;
use crate::reply::window_refusal;
use crate::retry::Backoff;
use crate::send::{TEMPLATE, sent_through};
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::{ReplyWindow, Ticket};
use crate::time::Timestamp;

/// Entries outside the window among which a message is looked for.
const LOOKED_THROUGH: usize = 500;
/// Why a message that was taken back is not sent.
pub const DISCARDED: &str = "discarded";
/// Why the rest of a message is not sent, of which the customer may have something.
pub const REST_DISCARDED: &str = "rest-discarded";

/// What an agent may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// To send again what the customer has not got.
    Retry,
    /// Not to send it.
    Discard,
    /// That the customer has got it.
    Arrived,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Self; 3] = [Self::Retry, Self::Discard, Self::Arrived];

    /// Its name outside.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Discard => "discard",
            Self::Arrived => "arrived",
        }
    }
}

/// Why it was not done; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// There is no such ticket.
    #[error("no such ticket")]
    NoSuchTicket,
    /// It has no such message that goes out.
    #[error("no such message")]
    NoSuchMessage,
    /// The principal may not.
    #[error("not allowed")]
    Forbidden,
    /// Its delivery is not where that could be decided.
    #[error("not at this stage")]
    NotNow {
        /// How it stands.
        state: DeliveryState,
        /// What can be decided now.
        possible: Vec<Decision>,
    },
    /// The platform lets nothing of this kind through now.
    #[error("the reply window is closed")]
    WindowClosed(ReplyWindow),
    /// Too many others changed the ticket at the same time.
    #[error("out of time")]
    OutOfTime,
    /// A store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// What can be decided about a message now.
#[must_use]
pub fn possible(message: &Message) -> Vec<Decision> {
    let Some(delivery) = message
        .delivery
        .as_ref()
        .filter(|_| message.deleted_at.is_none())
    else {
        return Vec::new();
    };
    match delivery.state() {
        DeliveryState::Queued => vec![Decision::Discard],
        DeliveryState::Failed => {
            // What the customer may have of it cannot be taken back, nor put away as if it had never been sent.
            let is_to_put_away = delivery.has_waiting() || !delivery.may_have_gone();
            let arrived = delivery.is_in_doubt().then_some(Decision::Arrived);
            let discard = is_to_put_away.then_some(Decision::Discard);
            arrived
                .into_iter()
                .chain([Decision::Retry])
                .chain(discard)
                .collect()
        }
        DeliveryState::Unknown => vec![Decision::Arrived, Decision::Retry],
        DeliveryState::Sending
        | DeliveryState::Sent
        | DeliveryState::Delivered
        | DeliveryState::Read => Vec::new(),
    }
}

/// Decides about a message of a ticket. The same once more finds it at another stage, and changes nothing.
///
/// # Errors
/// [`DecideError`].
pub async fn decide<T: Tickets + Outbox, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    principal: &Principal,
    (ticket_id, message_id): (&TicketId, &MessageId),
    decision: Decision,
    deadline: Deadline,
) -> Result<(Ticket, Vec<Event>), DecideError> {
    if !may(principal, Action::Reply, None) {
        return Err(DecideError::Forbidden);
    }
    let mut backoff = Backoff::default();
    loop {
        let ticket = desk.tickets.ticket(ticket_id).await?;
        let ticket = ticket.ok_or(DecideError::NoSuchTicket)?;
        if !may(principal, Action::Reply, Some(&ticket)) {
            return Err(DecideError::Forbidden);
        }
        let position = position_of(&desk.tickets, &ticket, message_id).await?;
        let mut draft = Draft::change(&desk.surroundings, ticket);
        draft.load(&desk.tickets, position).await?;
        let Some(message) = draft.message(position).filter(|m| m.id == *message_id) else {
            return Err(DecideError::NoSuchMessage);
        };
        let message = message.clone();
        let possible = possible(&message);
        let Some(delivery) = message.delivery.as_ref() else {
            return Err(DecideError::NoSuchMessage);
        };
        if !possible.contains(&decision) {
            let state = delivery.state();
            return Err(DecideError::NotNow { state, possible });
        }
        let intents = desk.tickets.sends(ticket_id).await?;
        let intent = intents.into_iter().find(|i| i.position == position);
        // A call may be under way, whatever the message says: one of its parts may have failed before.
        let is_under_way = |i: &SendIntent| matches!(i.state, SendState::Sending { .. });
        if intent.as_ref().is_some_and(is_under_way) {
            return Err(DecideError::NotNow {
                state: DeliveryState::Sending,
                possible: Vec::new(),
            });
        }
        let sends = match decision {
            Decision::Retry => retry(&mut draft, &message, intent)?,
            Decision::Arrived => arrived(&mut draft, &message, intent),
            Decision::Discard => {
                draft.discard(position);
                intent.map(SendWrite::Finish).into_iter().collect()
            }
        };
        let commit = Commit {
            sends,
            ..draft.finish()
        };
        let left = budget(deadline, &desk.surroundings);
        match desk.tickets.commit(&commit, left).await {
            Ok(()) => return Ok((commit.ticket.ticket().clone(), commit.events)),
            Err(CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_)) => {
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(DecideError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

async fn position_of<T: Tickets>(
    tickets: &T,
    ticket: &Ticket,
    id: &MessageId,
) -> Result<u64, DecideError> {
    let window = ticket.window.messages();
    if let Some(found) = window.iter().find(|m| m.id == *id) {
        return Ok(found.position);
    }
    let first = window.first().map_or(u64::MAX, |m| m.position);
    let older = tickets.older_messages(&ticket.id, first, LOOKED_THROUGH);
    let found = older.await?.into_iter().find(|m| m.id == *id);
    found.map(|m| m.position).ok_or(DecideError::NoSuchMessage)
}

fn retry<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    message: &Message,
    waiting: Option<SendIntent>,
) -> Result<Vec<SendWrite>, DecideError> {
    let now = draft.now();
    let ticket = draft.ticket();
    let is_template = message.channel_specific_data.contains_key(TEMPLATE);
    let is_automatic = message.sender_type != SenderType::Agent;
    if window_refusal(ticket, now, is_template, is_automatic).is_some() {
        return Err(DecideError::WindowClosed(ticket.reply_window(now)));
    }
    Ok(vec![start_again(draft, message, waiting, now)])
}

/// Starts another attempt of what no provider is known to have. Where parts behind still wait, their intent becomes
/// that of all, so that they go in order.
fn start_again<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    message: &Message,
    waiting: Option<SendIntent>,
    now: Timestamp,
) -> SendWrite {
    let start = |d: &mut Delivery| d.start_attempt(now, None);
    let attempt = draft.deliver(message.position, start).unwrap_or(1);
    let ticket = draft.ticket();
    let (channel, account) = sent_through(&ticket.source);
    let to = SendIntent {
        ticket_id: ticket.id.clone(),
        message_id: message.id.clone(),
        position: message.position,
        attempt,
        queued_at: now,
        channel,
        account,
        refusals: Refusals::default(),
        state: SendState::Queued {
            not_before: now,
            held: false,
        },
    };
    match waiting {
        Some(from) => SendWrite::Replace { from, to },
        None => SendWrite::Create(to),
    }
}

/// What was not known to have gone has; what was behind it, and was not sent, goes now.
fn arrived<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    message: &Message,
    waiting: Option<SendIntent>,
) -> Vec<SendWrite> {
    let now = draft.now();
    draft.deliver(message.position, |d| d.arrived(now));
    draft.set_data(message.position, "confirmed_by_agent", json!(true));
    // What somebody took back is not sent after all.
    let is_left = |part: &Part| {
        let Attempt { state, error, .. } = part.shown();
        let is_taken_back = error.as_ref().is_some_and(|e| e.code == REST_DISCARDED);
        *state == DeliveryState::Failed && !is_taken_back
    };
    let left = draft
        .message(message.position)
        .and_then(|m| m.delivery.as_ref())
        .is_some_and(|d| d.parts().iter().any(is_left));
    match left {
        true => vec![start_again(draft, message, waiting, now)],
        false => Vec::new(),
    }
}

/// Why a message that was taken back was not sent.
pub(crate) fn discarded() -> DeliveryError {
    DeliveryError {
        code: DISCARDED.to_owned(),
        message: "It was taken back before it was sent.".to_owned(),
        hint: "Write another message, if there is something to say.".to_owned(),
    }
}

/// Why what still waited of a message was not sent.
pub(crate) fn rest_discarded() -> DeliveryError {
    DeliveryError {
        code: REST_DISCARDED.to_owned(),
        message: "What still waited of it was taken back; what went before may have arrived."
            .to_owned(),
        hint: "Send it again: only what the customer is not known to have goes out.".to_owned(),
    }
}

#[cfg(test)]
mod tests;
