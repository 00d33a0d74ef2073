//! What becomes of an intent after a call: how its message's delivery moves, and what is stored in its place.

use std::time::Duration;

use crate::delivery::{Delivery, DeliveryError, DeliveryState};
use crate::draft::Draft;
use crate::ports::{Refusals, SendIntent, SendOutcome, SendState, SendWrite};
use crate::retry::jitter;
use crate::send::outcome::target;
use crate::send::provider_slots::set_provider_id;
use crate::send::{Run, admission, announced};
use crate::surroundings::Surroundings;
use crate::time::Timestamp;

/// How long a message is tried after its provider first refused it for a while.
const TRY_FOR: Duration = Duration::from_secs(24 * 3600);
const FIRST_RETRY: Duration = Duration::from_secs(15);
const LONGEST_RETRY: Duration = Duration::from_secs(15 * 60);

/// What becomes of an intent.
pub(super) enum Fate {
    Finish,
    Queue {
        attempt: u32,
        refusals: Refusals,
        not_before: Timestamp,
    },
    Hold {
        attempt: u32,
        refusals: Refusals,
        until: Timestamp,
    },
    /// The next part is announced.
    Go(usize),
}

/// How it goes on with the next part.
pub(super) enum Onward {
    Go,
    Later,
    Held(DeliveryError, Timestamp),
}

/// Moves the message's delivery by the outcome; returns what becomes of the intent.
pub(super) fn conclude<T, B, S: Surroundings, M>(
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
    let hold = |draft: &mut Draft<'_, S>, error: &DeliveryError, refusals| {
        admission::explain_behind(draft, position, error);
        Fate::Hold {
            attempt: again(draft, Some(error.clone())),
            refusals,
            until: now,
        }
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
        _ if is_taken => {
            // An older attempt may be the proof, and this one is over as well.
            draft.deliver(position, |d| {
                d.advance(part, DeliveryState::Unknown, now, None)
            });
            go_on(draft, intent, onward, now)
        }
        SendOutcome::Refused { error } => end(draft, DeliveryState::Failed, error),
        SendOutcome::Unknown { error } => {
            draft.look_for_sent();
            end(draft, DeliveryState::Unknown, error)
        }
        SendOutcome::Retryable { error, .. } if is_over(intent.refusals, now) => {
            end(draft, DeliveryState::Failed, &given_up(error))
        }
        SendOutcome::Retryable { error, retry_after } => {
            let refusals = Refusals {
                count: intent.refusals.count.saturating_add(1),
                first_at: intent.refusals.first_at.or(Some(now)),
            };
            let not_before = now.plus(retry_delay(desk, refusals, *retry_after));
            Fate::Queue {
                attempt: again(draft, Some(error.clone())),
                refusals,
                not_before,
            }
        }
        SendOutcome::Limited { error, .. } => hold(draft, error, intent.refusals),
        // The account is mended before it is tried again, which is a new beginning.
        SendOutcome::Broken { error } => hold(draft, error, Refusals::default()),
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
                refusals: Refusals::default(),
                until: *until,
            }
        }
        (Some(_), Some(Onward::Later) | None) => Fate::Queue {
            attempt: again(draft, None),
            refusals: Refusals::default(),
            not_before: now,
        },
    }
}

pub(super) fn replacement<T, B, S: Surroundings, M>(
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
            refusals,
            not_before,
        } => {
            let to = SendIntent {
                attempt: *attempt,
                refusals: *refusals,
                state: SendState::Queued {
                    not_before: *not_before,
                    held: false,
                },
                ..from.clone()
            };
            SendWrite::Replace { from, to }
        }
        Fate::Hold {
            attempt,
            refusals,
            until: _,
        } => {
            let to = SendIntent {
                attempt: *attempt,
                refusals: *refusals,
                ..admission::held(&run.desk.surroundings, intent)
            };
            SendWrite::Replace { from, to }
        }
    }
}

fn not_sent() -> DeliveryError {
    DeliveryError {
        code: "not-sent".to_owned(),
        message: "The rest of the message was not sent, since a part before it was not.".to_owned(),
        hint: "Send it again: only what the customer has not got goes out.".to_owned(),
    }
}

fn is_over(refusals: Refusals, now: Timestamp) -> bool {
    let since = refusals.first_at;
    since.is_some_and(|first| now.since(first) >= TRY_FOR)
}

/// What the provider said last, to somebody who can do something about it.
fn given_up(error: &DeliveryError) -> DeliveryError {
    DeliveryError {
        hint: "It was tried for a day. Send it again, or answer on another channel.".to_owned(),
        ..error.clone()
    }
}

/// What this relay learnt counts as evidence even when its lease ran out and another relay has already
/// called the attempt unknown.
pub(super) fn testify<S: Surroundings>(
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
    refusals: Refusals,
    retry_after: Option<Duration>,
) -> Duration {
    let base = FIRST_RETRY
        .saturating_mul(1 << refusals.count.saturating_sub(1).min(10))
        .min(LONGEST_RETRY);
    let delay = base / 2 + jitter(&desk.surroundings, base / 2);
    retry_after.map_or(delay, |asked| delay.max(asked.min(TRY_FOR)))
}

impl Delivery {
    /// Whether the provider certainly has this part.
    pub(super) fn is_part_taken(&self, part: usize) -> bool {
        let part = self.parts().get(part);
        part.is_some_and(|part| part.shown().state.is_taken())
    }

    /// The latest part that was called in this attempt.
    pub(super) fn called(&self, attempt: u32) -> Option<usize> {
        self.parts().iter().rposition(|part| {
            let of = part.attempts().iter().find(|a| a.number == attempt);
            of.is_some_and(|a| a.called_at.is_some())
        })
    }
}
