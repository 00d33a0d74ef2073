//! Sends again what a platform took and gave up for a reason that passes.

use crate::delivery::DeliveryError;
use crate::draft::Draft;
use crate::message::{Message, MessagePlace};
use crate::ports::{
    Blobs, Commit, CommitError, Errand, ErrandWrite, Outbox, PortError, SendIntent, SendState,
    SendWrite, Tickets, budget,
};
use crate::receive::Desk;
use crate::reply::intent;
use crate::retry::Backoff;
use crate::send::{LEASE, again_at};
use crate::surroundings::{Deadline, Surroundings};
use crate::time::Timestamp;

/// Starts another attempt of each message of the window that is due for one, together with its intent. What an intent
/// stands for still waits until that is settled; what has left the window is left to an agent.
///
/// # Errors
/// [`PortError`]; the errand is due still.
pub(super) async fn run<T: Tickets + Outbox, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    errand: &Errand,
    deadline: Deadline,
) -> Result<(), PortError> {
    let mut backoff = Backoff::default();
    loop {
        let Some(ticket) = desk.tickets.ticket(&errand.ticket_id).await? else {
            return desk.tickets.finish_errand(errand).await.map(drop);
        };
        let now = desk.surroundings.now();
        let window = ticket.window.messages().iter();
        let given_up: Vec<(Message, Timestamp)> = window
            .filter_map(|m| Some((m.clone(), again_at(m, now)?)))
            .collect();
        if given_up.is_empty() {
            return desk.tickets.finish_errand(errand).await.map(drop);
        }
        let intents = desk.tickets.sends(&errand.ticket_id).await?;
        let is_due = |(message, at): &(Message, Timestamp)| {
            *at <= now && intents.iter().all(|i| i.position != message.position)
        };
        let (due, later): (Vec<_>, Vec<_>) = given_up.into_iter().partition(is_due);
        if due.is_empty() {
            return put_off(desk, errand, later.iter().map(|(_, at)| *at).min()).await;
        }
        let mut draft = Draft::change(&desk.surroundings, ticket);
        let sends = due.iter().map(|(message, _)| start(&mut draft, message));
        let mut commit = Commit {
            sends: sends.collect(),
            ..draft.finish()
        };
        if later.is_empty() {
            commit.errands.push(ErrandWrite::Finish(errand.clone()));
        }
        match desk
            .tickets
            .commit(&commit, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) if later.is_empty() => return Ok(()),
            Ok(()) => {}
            Err(CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_)) => {
                // It is due still, and the next sweep finds it.
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Ok(());
                }
            }
            Err(CommitError::Failed(error)) => return Err(error),
        }
    }
}

fn start<S: Surroundings>(draft: &mut Draft<'_, S>, message: &Message) -> SendWrite {
    let now = draft.now();
    let delivery = message.delivery.as_ref();
    let why = delivery.and_then(|d| d.shown().error.clone());
    let why = why.map(|error| DeliveryError {
        hint: "It is tried again by itself.".to_owned(),
        ..error
    });
    let attempt = draft.deliver(message.position, |d| d.start_attempt(now, why));
    let ticket = draft.ticket();
    let place = MessagePlace {
        message_id: message.id.clone(),
        position: message.position,
        timestamp: message.timestamp,
    };
    SendWrite::Create(SendIntent {
        attempt: attempt.unwrap_or(1),
        state: SendState::Queued {
            not_before: now,
            held: false,
        },
        ..intent(ticket.id.clone(), &ticket.source, &place, now)
    })
}

/// Leaves the errand until a message is due, and longer each time that one is under way still.
async fn put_off<T: Outbox, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    errand: &Errand,
    at: Option<Timestamp>,
) -> Result<(), PortError> {
    let later = desk
        .surroundings
        .now()
        .plus(LEASE.saturating_mul(errand.attempt));
    let to = Errand {
        attempt: errand.attempt + 1,
        due_at: at.max(Some(later)).unwrap_or(later),
        ..errand.clone()
    };
    desk.tickets.postpone_errand(errand, &to).await.map(drop)
}
