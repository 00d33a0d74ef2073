//! What came of a call, stored in one commit: the part's state, the provider's id, and the end, the next part or
//! the next attempt of the intent.

use std::time::Duration;

use crate::channel::{AccountId, Channel};
use crate::delivery::{Delivery, DeliveryError, DeliveryState};
use crate::draft::Draft;
use crate::event::Event;
use crate::gate::Admission;
use crate::ports::{
    Blobs, Commit, CommitError, Gates, Messenger, Outbox, SendIntent, SendOutcome, SendState,
    SendWrite, SlotKey, SlotMessage, Tickets, budget,
};
use crate::retry::{Backoff, jitter};
use crate::send::admission::{self, admit};
use crate::send::provider_slots::{ProviderSlots, set_provider_id};
use crate::send::{
    Going, OUTCOME_BUDGET, Run, SendError, Step, Way, announced, load, no_message, still_held,
};
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Source;
use crate::time::Timestamp;

/// How long a message is tried.
const TRY_FOR: Duration = Duration::from_secs(24 * 3600);
const FIRST_RETRY: Duration = Duration::from_secs(15);
const LONGEST_RETRY: Duration = Duration::from_secs(15 * 60);

/// What there is to do after a call.
pub(super) enum Settled {
    /// With the intents behind.
    Step(Step),
    /// The next part of the same message is announced.
    Goes(Going),
}

/// What becomes of an intent.
enum Fate {
    Finish,
    Queue {
        attempt: u32,
        not_before: Timestamp,
    },
    Hold {
        attempt: u32,
        until: Timestamp,
    },
    /// The next part is announced.
    Go(usize),
}

/// Stores what came of the call of an intent's part. Events that came before the provider's id was known are
/// applied with it.
pub(super) async fn settle<T: Tickets + Outbox + Gates, B: Blobs, S: Surroundings, M: Messenger>(
    run: &Run<'_, T, B, S, M>,
    intent: &SendIntent,
    outcome: &SendOutcome,
    events: &mut Vec<Event>,
) -> Result<Settled, SendError> {
    let desk = run.desk;
    let deadline = Deadline::after(&desk.surroundings, OUTCOME_BUDGET);
    let mut backoff = Backoff::default();
    let mut known = ProviderSlots::default();
    let mut held = true;
    let mut onward = None;
    loop {
        let Some((mut draft, message)) = load(desk, intent).await? else {
            return Err(no_message());
        };
        let delivery = message.delivery.as_ref();
        let part = delivery.and_then(|d| d.sending(intent.attempt).or(d.called(intent.attempt)));
        let part = part.unwrap_or_default();
        let fate = if held {
            if onward.is_none() && goes_on(outcome, delivery, intent, part) {
                onward = Some(onward_of(run, intent).await?);
            }
            conclude(run, &mut draft, intent, part, outcome, onward.as_ref())
        } else {
            testify(&mut draft, intent, part, outcome);
            Fate::Finish
        };
        let mut slots = Vec::new();
        if let SendOutcome::Accepted {
            platform_message_id: Some(id),
        } = outcome
        {
            let (channel, account) = sent_through(&draft.ticket().source);
            let key = SlotKey {
                channel,
                account,
                platform_message_id: id.clone(),
            };
            slots.extend(known.claim(&mut draft, key, target(intent, part)));
        }
        if !held && !draft.is_changed() && slots.is_empty() {
            return Ok(Settled::Step(Step::Next));
        }
        let now = desk.surroundings.now();
        let to = replacement(run, intent, &fate, now);
        let ticket = draft.ticket().clone();
        let commit = Commit {
            sends: if held { vec![to.clone()] } else { Vec::new() },
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
                // What is announced has to be called, whether or not the gate hears of this.
                if let Err(error) = tell_gate(run, intent, outcome, &fate).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "a gate was not told what came of a call");
                }
                return Ok(match (fate, to) {
                    (Fate::Go(part), SendWrite::Replace { from: _, to }) if held => {
                        Settled::Goes(Going {
                            ticket: Box::new(ticket),
                            message: Box::new(message),
                            intent: to,
                            part,
                        })
                    }
                    (Fate::Queue { not_before, .. }, _) => Settled::Step(Step::Wait(not_before)),
                    (Fate::Hold { until, .. }, _) => Settled::Step(Step::Wait(until)),
                    (Fate::Finish | Fate::Go(_), _) => Settled::Step(Step::Next),
                });
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

fn target(intent: &SendIntent, part: usize) -> SlotMessage {
    SlotMessage {
        ticket_id: intent.ticket_id.clone(),
        message_id: intent.message_id.clone(),
        position: intent.position,
        attempt: intent.attempt,
        part: u32::try_from(part).unwrap_or(u32::MAX),
    }
}

/// Whether a part behind this one is to be sent now.
fn goes_on(
    outcome: &SendOutcome,
    delivery: Option<&Delivery>,
    intent: &SendIntent,
    part: usize,
) -> bool {
    let more = delivery.is_some_and(|d| d.waiting(intent.attempt).is_some());
    let is_taken = delivery.is_some_and(|d| d.is_part_taken(part));
    more && (is_taken || matches!(outcome, SendOutcome::Accepted { .. }))
}

/// How it goes on with the next part.
enum Onward {
    Go,
    Later,
    Held(DeliveryError, Timestamp),
}

async fn onward_of<T: Gates, B, S: Surroundings, M>(
    run: &Run<'_, T, B, S, M>,
    intent: &SendIntent,
) -> Result<Onward, SendError> {
    if run.deadline.passed(&run.desk.surroundings) {
        return Ok(Onward::Later);
    }
    let account = (intent.channel, &intent.account);
    Ok(match admit(run, account, &intent.ticket_id).await? {
        Admission::Open | Admission::Counted => Onward::Go,
        Admission::Closed { why, until } => Onward::Held(why, until),
    })
}

/// Moves the message's delivery by the outcome; returns what becomes of the intent.
fn conclude<T, B, S: Surroundings, M>(
    run: &Run<'_, T, B, S, M>,
    draft: &mut Draft<'_, S>,
    intent: &SendIntent,
    part: usize,
    outcome: &SendOutcome,
    onward: Option<&Onward>,
) -> Fate {
    let desk = run.desk;
    let now = desk.surroundings.now();
    let position = intent.position;
    let is_taken = draft
        .message(position)
        .and_then(|m| m.delivery.as_ref())
        .is_some_and(|d| d.is_part_taken(part));
    let again = |draft: &mut Draft<'_, S>, why: Option<DeliveryError>| {
        let started = draft.deliver(position, |d: &mut Delivery| d.start_attempt(now, why));
        started.unwrap_or(intent.attempt + 1)
    };
    let end = |draft: &mut Draft<'_, S>, state, error: &DeliveryError| {
        draft.deliver(position, |d| {
            d.advance(part, state, now, Some(error.clone()));
            d.give_up_waiting(now, &not_sent());
        });
        Fate::Finish
    };
    match outcome {
        SendOutcome::Accepted {
            platform_message_id,
        } => {
            draft.deliver(position, |d| {
                d.advance(part, DeliveryState::Sent, now, None)
            });
            if let Some(id) = platform_message_id {
                set_provider_id(draft, position, part, id);
            }
            go_on(draft, intent, onward, now)
        }
        // Whatever this call came to, there is proof that the part was taken.
        _ if is_taken => go_on(draft, intent, onward, now),
        SendOutcome::Refused { error } => end(draft, DeliveryState::Failed, error),
        SendOutcome::Unknown { error } => {
            draft.look_for_sent();
            end(draft, DeliveryState::Unknown, error)
        }
        SendOutcome::Retryable { error, .. } if now.since(intent.queued_at) >= TRY_FOR => {
            end(draft, DeliveryState::Failed, error)
        }
        SendOutcome::Retryable { error, retry_after } => {
            let not_before = now.plus(retry_delay(desk, intent.attempt, *retry_after));
            Fate::Queue {
                attempt: again(draft, Some(error.clone())),
                not_before,
            }
        }
        SendOutcome::Limited { error, .. } | SendOutcome::Broken { error } => {
            admission::explain_behind(draft, position, error);
            Fate::Hold {
                attempt: again(draft, Some(error.clone())),
                until: now,
            }
        }
    }
}

/// Announces the next part, or lets it wait in a new attempt.
fn go_on<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    intent: &SendIntent,
    onward: Option<&Onward>,
    now: Timestamp,
) -> Fate {
    let position = intent.position;
    let next = draft
        .message(position)
        .and_then(|m| m.delivery.as_ref())
        .and_then(|d| d.waiting(intent.attempt));
    let again = |draft: &mut Draft<'_, S>, why| {
        let started = draft.deliver(position, |d: &mut Delivery| d.start_attempt(now, why));
        started.unwrap_or(intent.attempt + 1)
    };
    match (next, onward) {
        (None, _) => Fate::Finish,
        (Some(next), Some(Onward::Go)) => {
            draft.deliver(position, |d| {
                d.advance(next, DeliveryState::Sending, now, None)
            });
            Fate::Go(next)
        }
        (Some(_), Some(Onward::Held(why, until))) => {
            admission::explain_behind(draft, position, why);
            Fate::Hold {
                attempt: again(draft, Some(why.clone())),
                until: *until,
            }
        }
        (Some(_), Some(Onward::Later) | None) => Fate::Queue {
            attempt: again(draft, None),
            not_before: now,
        },
    }
}

fn replacement<T, B, S: Surroundings, M>(
    run: &Run<'_, T, B, S, M>,
    intent: &SendIntent,
    fate: &Fate,
    now: Timestamp,
) -> SendWrite {
    let from = intent.clone();
    match fate {
        Fate::Finish => SendWrite::Finish(from),
        Fate::Go(_) => announced(intent, now),
        Fate::Queue {
            attempt,
            not_before,
        } => {
            let to = SendIntent {
                attempt: *attempt,
                state: SendState::Queued {
                    not_before: *not_before,
                    held: false,
                },
                ..from.clone()
            };
            SendWrite::Replace { from, to }
        }
        Fate::Hold { attempt, until: _ } => {
            let to = SendIntent {
                attempt: *attempt,
                ..admission::held(&run.desk.surroundings, intent)
            };
            SendWrite::Replace { from, to }
        }
    }
}

/// Tells the account's gate what came of the call.
async fn tell_gate<T: Gates, B, S: Surroundings, M: Messenger>(
    run: &Run<'_, T, B, S, M>,
    intent: &SendIntent,
    outcome: &SendOutcome,
    fate: &Fate,
) -> Result<(), SendError> {
    let secret_version = match outcome {
        SendOutcome::Broken { .. } => run.messenger.secret_version(intent.channel).await,
        SendOutcome::Accepted { .. }
        | SendOutcome::Retryable { .. }
        | SendOutcome::Limited { .. }
        | SendOutcome::Refused { .. }
        | SendOutcome::Unknown { .. } => None,
    };
    admission::change(run, intent, |gate, now| {
        let held_until = match fate {
            Fate::Hold { until, .. } => Some(*until),
            Fate::Finish | Fate::Queue { .. } | Fate::Go(_) => None,
        };
        match outcome {
            SendOutcome::Accepted { .. } if run.way == Way::Trial && gate.broken.is_some() => {
                gate.pass_trial(now);
                true
            }
            SendOutcome::Accepted { .. } => {
                let is_news = gate.is_to_note_success(now);
                if is_news {
                    gate.last_sent_at = Some(now);
                }
                held_until.is_some_and(|at| gate.call_at(at)) || is_news
            }
            SendOutcome::Broken { error } => {
                gate.fail(error, secret_version.clone(), now);
                true
            }
            SendOutcome::Limited { error, retry_after } => {
                gate.slow_down(error, *retry_after, now);
                true
            }
            SendOutcome::Retryable { error, .. }
            | SendOutcome::Refused { error }
            | SendOutcome::Unknown { error } => {
                let is_news = gate.is_to_note_error(now);
                if is_news {
                    gate.note_error(error, now);
                }
                is_news
            }
        }
    })
    .await
}

fn not_sent() -> DeliveryError {
    DeliveryError {
        code: "not-sent".to_owned(),
        message: "The rest of the message was not sent, since a part before it was not.".to_owned(),
        hint: "Send it again: only what the customer has not got goes out.".to_owned(),
    }
}

/// What this relay learnt counts as evidence even when its lease ran out and another relay has already
/// called the attempt unknown.
fn testify<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    intent: &SendIntent,
    part: usize,
    outcome: &SendOutcome,
) {
    let now = draft.now();
    let target = target(intent, part);
    match outcome {
        SendOutcome::Accepted {
            platform_message_id,
        } => {
            draft.observe(&target, DeliveryState::Sent, now, None);
            if let Some(id) = platform_message_id {
                set_provider_id(draft, intent.position, part, id);
            }
        }
        SendOutcome::Refused { error } => {
            draft.observe(&target, DeliveryState::Failed, now, Some(error.clone()));
        }
        SendOutcome::Retryable { .. }
        | SendOutcome::Limited { .. }
        | SendOutcome::Broken { .. }
        | SendOutcome::Unknown { .. } => {}
    }
}

/// Doubles from 15 s to 15 min with jitter of a half; never sooner than the provider asked.
fn retry_delay<T, B, S: Surroundings>(
    desk: &crate::receive::Desk<T, B, S>,
    attempt: u32,
    retry_after: Option<Duration>,
) -> Duration {
    let base = FIRST_RETRY
        .saturating_mul(1 << attempt.saturating_sub(1).min(10))
        .min(LONGEST_RETRY);
    let delay = base / 2 + jitter(&desk.surroundings, base / 2);
    retry_after.map_or(delay, |asked| delay.max(asked.min(TRY_FOR)))
}

impl Delivery {
    /// Whether the provider certainly has this part.
    fn is_part_taken(&self, part: usize) -> bool {
        let part = self.parts().get(part);
        part.is_some_and(|part| part.shown().state.is_taken())
    }

    /// The latest part that was called in this attempt.
    fn called(&self, attempt: u32) -> Option<usize> {
        self.parts().iter().rposition(|part| {
            let of = part.attempts().iter().find(|a| a.number == attempt);
            of.is_some_and(|a| a.called_at.is_some())
        })
    }
}
