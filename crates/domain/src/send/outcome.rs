//! What came of an attempt, stored in one commit: the message's state, the provider's ids, and the end
//! or the next attempt of the intent.

use std::time::Duration;

use crate::channel::{AccountId, Channel};
use crate::delivery::{Delivery, DeliveryState};
use crate::draft::Draft;
use crate::event::Event;
use crate::ports::{
    Blobs, Commit, CommitError, Outbox, PortError, SendIntent, SendOutcome, SendState, SendWrite,
    SlotKey, SlotMessage, Tickets, budget,
};
use crate::receive::Desk;
use crate::retry::{Backoff, jitter};
use crate::send::provider_slots::{ProviderSlots, set_provider_ids};
use crate::send::{OUTCOME_BUDGET, SendError, Step, load, still_held};
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Source;

/// How long a message is tried.
const TRY_FOR: Duration = Duration::from_secs(24 * 3600);
const FIRST_RETRY: Duration = Duration::from_secs(15);
const LONGEST_RETRY: Duration = Duration::from_secs(15 * 60);

/// Stores what came of an attempt: the message's state, the provider's ids, and the end or the next
/// attempt of the intent, in one commit. Events that came before the ids were known are applied with it.
pub(super) async fn settle<T: Tickets + Outbox, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    intent: &SendIntent,
    outcome: &SendOutcome,
    events: &mut Vec<Event>,
) -> Result<Step, SendError> {
    let deadline = Deadline::after(&desk.surroundings, OUTCOME_BUDGET);
    let mut backoff = Backoff::default();
    let mut known = ProviderSlots::default();
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
                let message = SlotMessage {
                    ticket_id: intent.ticket_id.clone(),
                    message_id: intent.message_id.clone(),
                    position: intent.position,
                    attempt: intent.attempt,
                };
                slots.extend(known.claim(&mut draft, key, message));
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
            Err(CommitError::SlotsTaken(found)) => known.learn(found),
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
            set_provider_ids(draft, position, platform_message_ids);
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
                .deliver(position, |d: &mut Delivery| {
                    d.start_attempt(now, Some(error.clone()))
                })
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
