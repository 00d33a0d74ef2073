//! How the delivery of an outgoing message stands.
//!
//! Each try to hand a message to a provider is an attempt; reports about it come late, repeated and
//! in any order. An attempt's state is the highest that anything reported of it, and the message's
//! state follows from its attempts alone, so every order of the same reports ends the same.

use crate::message::names;
use crate::time::Timestamp;

mod watermark;

pub use watermark::{ReceiptKind, Watermarks};

names!(
    /// A step of an attempt, in rising order. `failed` stands above `sent`, since a provider accepts
    /// before it fails, and below `delivered` and `read`, which are proof that it arrived.
    DeliveryState {
        /// Waiting to be sent.
        Queued = "queued",
        /// A call to the provider is under way.
        Sending = "sending",
        /// The call ended without an answer; it may have been taken.
        Unknown = "unknown",
        /// The provider took it.
        Sent = "sent",
        /// The provider gave it up.
        Failed = "failed",
        /// It reached the customer's device.
        Delivered = "delivered",
        /// The customer saw it.
        Read = "read",
    }
);

impl DeliveryState {
    fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sending => 1,
            Self::Unknown => 2,
            Self::Sent => 3,
            Self::Failed => 4,
            Self::Delivered => 5,
            Self::Read => 6,
        }
    }

    /// Whether the provider certainly has or had the message.
    #[must_use]
    pub fn is_taken(self) -> bool {
        match self {
            Self::Sent | Self::Delivered | Self::Read => true,
            Self::Queued | Self::Sending | Self::Unknown | Self::Failed => false,
        }
    }
}

/// Why a delivery failed, for the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryError {
    /// The provider's code, or ours.
    pub code: String,
    /// What happened, in a sentence without personal data.
    pub message: String,
    /// What the agent can do.
    pub hint: String,
}

/// What is known of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Counts from 1.
    pub number: u32,
    /// The highest state known.
    pub state: DeliveryState,
    /// When that state was reached.
    pub at: Timestamp,
    /// When its call to the provider began, by our clock.
    pub called_at: Option<Timestamp>,
    /// Why it failed, if it did.
    pub error: Option<DeliveryError>,
    /// Which states were reported by the provider, so that a repetition is known as one.
    pub reported: Vec<DeliveryState>,
}

impl Attempt {
    fn new(number: u32, at: Timestamp) -> Self {
        Self {
            number,
            state: DeliveryState::Queued,
            at,
            called_at: None,
            error: None,
            reported: Vec::new(),
        }
    }

    fn raise(&mut self, state: DeliveryState, at: Timestamp, error: Option<DeliveryError>) {
        if state.rank() > self.state.rank() {
            self.state = state;
            self.at = at;
            self.error = error;
        }
    }

    /// Takes what a provider says; returns whether it had not said so before.
    fn hear(&mut self, state: DeliveryState, at: Timestamp, error: Option<DeliveryError>) -> bool {
        if self.reported.contains(&state) {
            return false;
        }
        self.reported.push(state);
        self.reported.sort_by_key(|s| s.rank());
        self.raise(state, at, error);
        true
    }
}

/// The delivery of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    attempts: Vec<Attempt>,
}

/// What a report changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// The state shown to people moved.
    Moved,
    /// New, but not visible: it came after something higher.
    Recorded,
    /// Reported before.
    Repeated,
}

impl Delivery {
    /// A message that waits for its first attempt.
    #[must_use]
    pub fn queued(at: Timestamp) -> Self {
        Self {
            attempts: vec![Attempt::new(1, at)],
        }
    }

    /// A message that somebody sent with another tool, so that its provider has it already.
    #[must_use]
    pub fn sent_elsewhere(at: Timestamp) -> Self {
        Self {
            attempts: vec![Attempt {
                state: DeliveryState::Sent,
                called_at: Some(at),
                ..Attempt::new(1, at)
            }],
        }
    }

    /// A delivery from its stored attempts, ordered by number; none if there are none.
    #[must_use]
    pub fn from_attempts(mut attempts: Vec<Attempt>) -> Option<Self> {
        attempts.sort_by_key(|a| a.number);
        if attempts.is_empty() {
            None
        } else {
            Some(Self { attempts })
        }
    }

    /// All attempts in order.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// The attempt that counts for people: an older one only when it is proof that the message
    /// was taken and the latest has no better news.
    #[must_use]
    pub fn shown(&self) -> &Attempt {
        let (latest, older) = match self.attempts.split_last() {
            Some((latest, older)) => (latest, older),
            None => unreachable!("a delivery has an attempt from its start"),
        };
        older
            .iter()
            .filter(|a| a.state.is_taken() && a.state.rank() > latest.state.rank())
            .max_by_key(|a| a.state.rank())
            .unwrap_or(latest)
    }

    /// The state shown to people.
    #[must_use]
    pub fn state(&self) -> DeliveryState {
        self.shown().state
    }

    /// The number of the latest attempt.
    #[must_use]
    pub fn latest_attempt(&self) -> u32 {
        self.attempts.last().map_or(1, |a| a.number)
    }

    /// The latest attempt moves up to `state`, as we know it ourselves. Returns whether people see it.
    pub fn advance(
        &mut self,
        state: DeliveryState,
        at: Timestamp,
        error: Option<DeliveryError>,
    ) -> bool {
        let before = self.state();
        if let Some(latest) = self.attempts.last_mut() {
            if state == DeliveryState::Sending {
                latest.called_at.get_or_insert(at);
            }
            latest.raise(state, at, error);
        }
        self.state() != before
    }

    /// Takes what the platform said of everything up to a time.
    pub fn judge(&mut self, watermarks: Watermarks) {
        self.attempts
            .iter_mut()
            .for_each(|attempt| watermarks.judge(attempt));
    }

    /// Starts a new attempt at `queued`, after a refusal that may be retried or on an agent's wish.
    /// `why` tells people what it waits for, until it is called. Older attempts of which a provider never spoke
    /// are forgotten: nothing can be learnt of them.
    pub fn start_attempt(&mut self, at: Timestamp, why: Option<DeliveryError>) -> u32 {
        let number = self.latest_attempt() + 1;
        self.attempts.retain(|a| {
            !a.reported.is_empty() || a.state.is_taken() || a.state == DeliveryState::Unknown
        });
        self.attempts.push(Attempt {
            error: why,
            ..Attempt::new(number, at)
        });
        number
    }

    /// Takes a provider's report about attempt `number`; an attempt that was forgotten is remembered.
    pub fn observe(
        &mut self,
        number: u32,
        state: DeliveryState,
        at: Timestamp,
        error: Option<DeliveryError>,
    ) -> Observed {
        let before = self.state();
        let number = number.clamp(1, self.latest_attempt());
        let index = match self.attempts.binary_search_by_key(&number, |a| a.number) {
            Ok(index) => index,
            Err(index) => {
                self.attempts.insert(index, Attempt::new(number, at));
                index
            }
        };
        if !self.attempts[index].hear(state, at, error) {
            return Observed::Repeated;
        }
        if self.state() == before {
            Observed::Recorded
        } else {
            Observed::Moved
        }
    }
}

#[cfg(test)]
mod tests;
