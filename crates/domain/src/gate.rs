//! Whether anything goes out through one of our accounts now: it may be broken, asked to slow down, stopped by
//! a person, or have sent all that its platform allows for a while. What may not go is held in its queue, and the
//! gate calls for it again.

use std::time::Duration;

use crate::channel::Channel;
use crate::delivery::DeliveryError;
use crate::id::{AgentId, TicketId};
use crate::time::Timestamp;

mod allowance;

pub use allowance::{Allowance, allowance};

/// How long after it broke an account's oldest message is tried, then how long after that, and from then on each time.
const TRIES: [Duration; 3] = [
    Duration::from_secs(15),
    Duration::from_secs(30),
    Duration::from_secs(60),
];
/// How long an account that asked to slow down and did not say until when is left alone.
const SLOW_DOWN: Duration = Duration::from_secs(10);
/// A pause that a platform asks for and that is longer than this is a mistake, such as a time of day in its place: no
/// platform's limit counts over more than a day.
const LONGEST_SLOW_DOWN: Duration = Duration::from_secs(24 * 3600);
/// How long it goes on looking for what is held once nothing seems to be.
const LINGER: Duration = Duration::from_secs(15);
/// How far a platform's clock may be from ours, and how long a call takes. Less than the first trial waits.
const CLOCKS_APART: Duration = Duration::from_secs(10);
/// How often a success or a passing error is noted.
const NOTED_EVERY: Duration = Duration::from_secs(60);

/// An account that sends nothing until something is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// What the platform said.
    pub error: DeliveryError,
    /// Since when.
    pub since: Timestamp,
    /// How often its oldest message was tried since.
    pub tries: u32,
    /// When that is tried next.
    pub next_try: Timestamp,
    /// The version of the secret with which it broke, if known: another one is tried at once.
    pub secret_version: Option<String>,
    /// Whether its platform takes messages and says only later that it cannot deliver them: a call that goes well
    /// proves nothing then.
    pub is_late: bool,
    /// When a trial was taken by such a platform that has said nothing against it since.
    pub taken_at: Option<Timestamp>,
}

/// Somebody stopped it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Who.
    pub by: AgentId,
    /// When.
    pub since: Timestamp,
}

/// The latest that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastError {
    /// When.
    pub at: Timestamp,
    /// What.
    pub error: DeliveryError,
}

/// What is known of sending through one account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gate {
    /// Counts its changes, from 0 for one that never changed.
    pub version: u64,
    /// Why it is broken, if it is.
    pub broken: Option<Broken>,
    /// Until when the platform wants nothing of it.
    pub slow_until: Option<Timestamp>,
    /// Who stopped it, if somebody did.
    pub stopped: Option<Stopped>,
    /// When it last sent for whom, oldest first, as far as its allowance goes; nothing where there is none.
    pub recent: Vec<(Timestamp, TicketId)>,
    /// When what is held has to be looked at; none when nothing is.
    pub calls_at: Option<Timestamp>,
    /// Whether nothing was held when it was last looked at.
    pub is_idle: bool,
    /// When something was last sent, to the minute.
    pub last_sent_at: Option<Timestamp>,
    /// What last went wrong.
    pub last_error: Option<LastError>,
    /// When it was broken last and a message was taken that proved that it is no more: what a platform says of the
    /// time before is past.
    pub proven_at: Option<Timestamp>,
}

/// Whether a message may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Open,
    /// It may when it is counted first, with [`Gate::count`].
    Counted,
    /// It may not.
    Closed {
        /// Why, for people.
        why: DeliveryError,
        /// When to ask again.
        until: Timestamp,
    },
}

impl Gate {
    /// Whether a message of `channel` may go at `now`. `is_trial` is the one that finds out whether a broken account
    /// works again.
    #[must_use]
    pub fn admit(&self, channel: Channel, now: Timestamp, is_trial: bool) -> Admission {
        if let Some(stopped) = &self.stopped {
            return Admission::Closed {
                why: stopped_by_hand(),
                until: stopped.since.max(now).plus(TRIES[2]),
            };
        }
        if let Some(broken) = self.broken.as_ref().filter(|_| !is_trial) {
            return Admission::Closed {
                why: broken.error.clone(),
                until: broken.next_try,
            };
        }
        if let Some(until) = self.slow_until(now) {
            return Admission::Closed {
                why: limited("The platform asked us to slow down."),
                until,
            };
        }
        let Some(allowance) = allowance(channel) else {
            return Admission::Open;
        };
        match allowance.free_at(&self.recent, now) {
            at if at <= now => Admission::Counted,
            until => Admission::Closed {
                why: limited(allowance.told),
                until,
            },
        }
    }

    /// When the last of `ahead` messages and one more may have gone, if nothing else comes between.
    #[must_use]
    pub fn estimate(&self, channel: Channel, ahead: usize, now: Timestamp) -> Timestamp {
        let from = self.slow_until(now).unwrap_or(now);
        match allowance(channel) {
            Some(allowance) => allowance.estimate(&self.recent, ahead, from),
            None => from,
        }
    }

    /// Counts a message that goes now.
    pub fn count(&mut self, channel: Channel, ticket: &TicketId, now: Timestamp) {
        let Some(allowance) = allowance(channel) else {
            return;
        };
        self.recent.push((now, ticket.clone()));
        allowance.forget(&mut self.recent, now);
    }

    /// How many of the counted messages were of this ticket: who had the most has to wait the longest.
    #[must_use]
    pub fn share(&self, ticket: &TicketId) -> usize {
        self.recent.iter().filter(|(_, of)| of == ticket).count()
    }

    /// It broke at `now`, with this version of its secret.
    pub fn fail(&mut self, error: &DeliveryError, secret_version: Option<String>, now: Timestamp) {
        let (since, tries, is_late) = match &self.broken {
            Some(known) => (known.since, known.tries, known.is_late),
            None => (now, 0, false),
        };
        let next_try = match &self.broken {
            // A trial has said when the next one is.
            Some(known) => known.next_try,
            None => now.plus(TRIES[0]),
        };
        self.broken = Some(Broken {
            error: error.clone(),
            since,
            tries,
            next_try,
            secret_version,
            is_late,
            taken_at: None,
        });
        self.note_error(error, now);
        self.call_at(next_try);
    }

    /// A platform that had taken a message says at `at`, heard at `now`, that the account cannot send. Returns whether
    /// that changes anything: the same again does not, and neither does what is told of a time before a proof that it
    /// can.
    pub fn fail_late(&mut self, error: &DeliveryError, at: Timestamp, now: Timestamp) -> bool {
        let broken = self.broken.as_ref();
        let proof = broken.and_then(|b| b.taken_at).or(self.proven_at);
        let is_past = proof.is_some_and(|proof| at.plus(CLOCKS_APART) < proof);
        let is_known =
            broken.is_some_and(|b| b.is_late && b.taken_at.is_none() && b.error == *error);
        if is_past || is_known {
            return false;
        }
        let secret_version = broken.and_then(|b| b.secret_version.clone());
        self.fail(error, secret_version, now);
        if let Some(broken) = &mut self.broken {
            broken.is_late = true;
        }
        true
    }

    /// Its oldest message is tried now.
    pub fn begin_trial(&mut self, secret_version: Option<String>, now: Timestamp) {
        let Some(broken) = &mut self.broken else {
            return;
        };
        broken.tries = broken.tries.saturating_add(1);
        let index = usize::try_from(broken.tries).unwrap_or(usize::MAX);
        let pause = TRIES.get(index).copied().unwrap_or(TRIES[2]);
        broken.next_try = now.plus(pause);
        broken.secret_version = secret_version;
        self.calls_at = Some(broken.next_try);
    }

    /// A trial was taken. That is proof, but of a platform that speaks late, where it becomes one when nothing else
    /// is heard until the next trial would be.
    pub fn pass_trial(&mut self, now: Timestamp) {
        match &mut self.broken {
            Some(broken) if broken.is_late => broken.taken_at = Some(now),
            Some(_) | None => self.mend(now),
        }
    }

    /// Whether the last trial was taken, and nothing was heard against it for long enough.
    #[must_use]
    pub fn is_proven(&self, now: Timestamp) -> bool {
        let broken = self.broken.as_ref();
        broken.is_some_and(|broken| broken.taken_at.is_some() && broken.next_try <= now)
    }

    /// It works again.
    pub fn mend(&mut self, now: Timestamp) {
        let taken_at = self.broken.take().and_then(|broken| broken.taken_at);
        self.proven_at = Some(taken_at.unwrap_or(now));
        self.last_sent_at = Some(now);
        self.call_at(now);
    }

    /// Until when the platform wants nothing, if it is not past: nor so far away that a clock was wrong.
    fn slow_until(&self, now: Timestamp) -> Option<Timestamp> {
        let until = self.slow_until?;
        (until > now && until <= now.plus(LONGEST_SLOW_DOWN)).then_some(until)
    }

    /// The platform wants nothing for a while.
    pub fn slow_down(&mut self, error: &DeliveryError, wait: Option<Duration>, now: Timestamp) {
        let wait = wait.unwrap_or(SLOW_DOWN);
        let until = now.plus(wait.clamp(Duration::from_secs(1), LONGEST_SLOW_DOWN));
        self.slow_until = self.slow_until(now).max(Some(until));
        self.note_error(error, now);
        self.call_at(until);
    }

    /// Something is held, and has to be looked at then. Returns whether that was not known.
    pub fn call_at(&mut self, at: Timestamp) -> bool {
        let is_news = self.is_idle || self.calls_at.is_none_or(|known| known > at);
        self.is_idle = false;
        if is_news {
            self.calls_at = Some(self.calls_at.map_or(at, |known| known.min(at)));
        }
        is_news
    }

    /// Nothing is held, as far as one can see: it looks once more, and then no longer.
    pub fn find_idle(&mut self, now: Timestamp) {
        self.calls_at = (!self.is_idle).then(|| now.plus(LINGER));
        self.is_idle = !self.is_idle;
    }

    /// Whether a success at `now` is worth a write.
    #[must_use]
    pub fn is_to_note_success(&self, now: Timestamp) -> bool {
        self.last_sent_at
            .is_none_or(|at| now.since(at) >= NOTED_EVERY)
    }

    /// Whether a passing error at `now` is worth a write.
    #[must_use]
    pub fn is_to_note_error(&self, now: Timestamp) -> bool {
        let known = self.last_error.as_ref();
        known.is_none_or(|known| now.since(known.at) >= NOTED_EVERY)
    }

    /// Keeps what went wrong.
    pub fn note_error(&mut self, error: &DeliveryError, at: Timestamp) {
        let error = error.clone();
        self.last_error = Some(LastError { at, error });
    }
}

/// The code of what people read when a message waits since the account sends too much.
pub const LIMITED: &str = "rate-limited";
/// The code of what people read when a message waits since somebody stopped the account.
pub const STOPPED: &str = "channel-stopped";

fn limited(message: &str) -> DeliveryError {
    DeliveryError {
        code: LIMITED.to_owned(),
        message: message.to_owned(),
        hint: "It waits for its turn and goes out by itself.".to_owned(),
    }
}

fn stopped_by_hand() -> DeliveryError {
    DeliveryError {
        code: STOPPED.to_owned(),
        message: "A supervisor paused the channel.".to_owned(),
        hint: "It goes out when the channel is resumed.".to_owned(),
    }
}

#[cfg(test)]
mod tests;
