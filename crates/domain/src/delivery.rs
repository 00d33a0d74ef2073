//! How the delivery of an outgoing message stands.
//!
//! What is longer than a provider takes goes in parts, and the worst of them is shown.
//! Each try to hand a part to a provider is an attempt; reports about it come late, repeated and
//! in any order. An attempt's state is the highest that anything reported of it, and the part's
//! state follows from its attempts alone, so every order of the same reports ends the same.

use crate::message::names;
use crate::time::Timestamp;

mod gone;
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

    /// Which of two parts' states people have to know: the higher one.
    fn badness(self) -> u8 {
        match self {
            Self::Read => 0,
            Self::Delivered => 1,
            Self::Sent => 2,
            Self::Queued => 3,
            Self::Sending => 4,
            Self::Failed => 5,
            Self::Unknown => 6,
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

/// The delivery of one part of a message: of what one call to the provider takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    attempts: Vec<Attempt>,
}

impl Part {
    fn new(attempt: Attempt) -> Self {
        Self {
            attempts: vec![attempt],
        }
    }

    /// All attempts in order.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// The attempt that counts for people: an older one only when it is proof that the part
    /// was taken and the latest has no better news. That the latest failed is none: states rank
    /// within one attempt, and what the customer has of an older one is not undone by it.
    #[must_use]
    pub fn shown(&self) -> &Attempt {
        let (latest, older) = match self.attempts.split_last() {
            Some((latest, older)) => (latest, older),
            None => unreachable!("a delivery has an attempt from its start"),
        };
        older
            .iter()
            .filter(|a| a.state.is_taken())
            .filter(|a| !latest.state.is_taken() || a.state.rank() > latest.state.rank())
            .max_by_key(|a| a.state.rank())
            .unwrap_or(latest)
    }

    fn state(&self) -> DeliveryState {
        self.shown().state
    }

    fn latest_attempt(&self) -> u32 {
        self.attempts.last().map_or(1, |a| a.number)
    }

    fn advance(&mut self, state: DeliveryState, at: Timestamp, error: Option<DeliveryError>) {
        if let Some(latest) = self.attempts.last_mut() {
            if state == DeliveryState::Sending {
                latest.called_at.get_or_insert(at);
            }
            latest.raise(state, at, error);
        }
    }

    /// Older attempts of which a provider never spoke are forgotten: nothing can be learnt of them.
    fn start_attempt(&mut self, number: u32, at: Timestamp, why: Option<DeliveryError>) {
        self.attempts.retain(|a| {
            !a.reported.is_empty() || a.state.is_taken() || a.state == DeliveryState::Unknown
        });
        self.attempts.push(Attempt {
            error: why,
            ..Attempt::new(number, at)
        });
    }

    fn hear(
        &mut self,
        number: u32,
        state: DeliveryState,
        at: Timestamp,
        error: Option<DeliveryError>,
    ) -> bool {
        let number = number.clamp(1, self.latest_attempt());
        let index = match self.attempts.binary_search_by_key(&number, |a| a.number) {
            Ok(index) => index,
            Err(index) => {
                self.attempts.insert(index, Attempt::new(number, at));
                index
            }
        };
        self.attempts[index].hear(state, at, error)
    }
}

/// The delivery of one message: of its parts, of which most messages have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    parts: Vec<Part>,
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
    /// A message of so many parts, at least one, that waits for its first attempt.
    #[must_use]
    pub fn queued(at: Timestamp, parts: usize) -> Self {
        Self {
            parts: vec![Part::new(Attempt::new(1, at)); parts.max(1)],
        }
    }

    /// A message that somebody sent with another tool, so that its provider has it already.
    #[must_use]
    pub fn sent_elsewhere(at: Timestamp) -> Self {
        let sent = Attempt {
            state: DeliveryState::Sent,
            called_at: Some(at),
            ..Attempt::new(1, at)
        };
        Self {
            parts: vec![Part::new(sent)],
        }
    }

    /// A delivery from the stored attempts of its parts; none if there are none. A part without any is none.
    #[must_use]
    pub fn from_parts(parts: Vec<Vec<Attempt>>) -> Option<Self> {
        let parts: Vec<Part> = parts
            .into_iter()
            .filter(|attempts| !attempts.is_empty())
            .map(|mut attempts| {
                attempts.sort_by_key(|a| a.number);
                Part { attempts }
            })
            .collect();
        (!parts.is_empty()).then_some(Self { parts })
    }

    /// The parts in order; never none.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The attempt that counts for people: that of the worst part, the first of several.
    #[must_use]
    pub fn shown(&self) -> &Attempt {
        let worst = self.parts.iter().max_by_key(|part| part.state().badness());
        // Of several worst ones `max_by_key` returns the last.
        let worst = worst.and_then(|worst| self.parts.iter().find(|p| p.state() == worst.state()));
        match worst {
            Some(part) => part.shown(),
            None => unreachable!("a delivery has a part from its start"),
        }
    }

    /// The state shown to people.
    #[must_use]
    pub fn state(&self) -> DeliveryState {
        self.shown().state
    }

    /// The number of the latest attempt.
    #[must_use]
    pub fn latest_attempt(&self) -> u32 {
        let all = self.parts.iter().map(Part::latest_attempt);
        all.max().unwrap_or(1)
    }

    /// The first part that waits for attempt `attempt`.
    #[must_use]
    pub fn waiting(&self, attempt: u32) -> Option<usize> {
        self.parts.iter().position(|part| {
            part.latest_attempt() == attempt && part.state() == DeliveryState::Queued
        })
    }

    /// The first part that is being sent in attempt `attempt`.
    #[must_use]
    pub fn sending(&self, attempt: u32) -> Option<usize> {
        self.parts.iter().position(|part| {
            let latest = part.attempts.last();
            latest.is_some_and(|a| a.number == attempt && a.state == DeliveryState::Sending)
        })
    }

    /// The latest attempt of a part moves up to `state`, as we know it ourselves. Returns whether people see it.
    pub fn advance(
        &mut self,
        part: usize,
        state: DeliveryState,
        at: Timestamp,
        error: Option<DeliveryError>,
    ) -> bool {
        let before = self.state();
        if let Some(part) = self.parts.get_mut(part) {
            part.advance(state, at, error);
        }
        self.state() != before
    }

    /// Gives up every part that still waits, since one before it was not sent.
    pub fn give_up_waiting(&mut self, at: Timestamp, why: &DeliveryError) {
        for part in &mut self.parts {
            if part.state() == DeliveryState::Queued {
                part.advance(DeliveryState::Failed, at, Some(why.clone()));
            }
        }
    }

    /// Tells people what the parts that still wait wait for; nothing else changes.
    pub fn explain(&mut self, why: Option<&DeliveryError>) {
        for part in &mut self.parts {
            if part.state() == DeliveryState::Queued
                && let Some(latest) = part.attempts.last_mut()
            {
                latest.error = why.cloned();
            }
        }
    }

    /// Takes what the platform said of everything up to a time.
    pub fn judge(&mut self, watermarks: Watermarks) {
        let attempts = self.parts.iter_mut().flat_map(|part| &mut part.attempts);
        attempts.for_each(|attempt| watermarks.judge(attempt));
    }

    /// Starts a new attempt at `queued` for every part that no provider is known to have, after a refusal that may
    /// be retried or on an agent's wish. `why` tells people what it waits for, until it is called.
    pub fn start_attempt(&mut self, at: Timestamp, why: Option<DeliveryError>) -> u32 {
        let number = self.latest_attempt() + 1;
        let left = self.parts.iter_mut().filter(|p| !p.state().is_taken());
        left.for_each(|part| part.start_attempt(number, at, why.clone()));
        number
    }

    /// Takes a provider's report about attempt `number` of a part; an attempt that was forgotten is remembered.
    pub fn observe(
        &mut self,
        part: usize,
        number: u32,
        state: DeliveryState,
        at: Timestamp,
        error: Option<DeliveryError>,
    ) -> Observed {
        let before = self.state();
        let part = part.min(self.parts.len() - 1);
        if !self.parts[part].hear(number, state, at, error) {
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
