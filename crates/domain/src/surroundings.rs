//! What a use case may know of the world around it: time, randomness, and waiting.

use std::time::Duration;

use crate::time::Timestamp;

/// Time and randomness, handed in so that the rules stay pure and tests decide both.
pub trait Surroundings: Send + Sync {
    /// The wall clock. It may jump; nothing may depend on it going forward.
    fn now(&self) -> Timestamp;
    /// Time since some fixed moment, never going back; deadlines are measured with it.
    fn monotonic(&self) -> Duration;
    /// 128 random bits, unpredictable to outsiders.
    fn random(&self) -> u128;
    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

/// A moment on the monotonic clock by which something must have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Duration);

impl Deadline {
    /// The moment `after` from now.
    #[must_use]
    pub fn after(surroundings: &impl Surroundings, after: Duration) -> Self {
        Self(surroundings.monotonic().saturating_add(after))
    }

    /// Time left; zero when it has passed.
    #[must_use]
    pub fn remaining(self, surroundings: &impl Surroundings) -> Duration {
        self.0.saturating_sub(surroundings.monotonic())
    }

    /// Whether it has passed.
    #[must_use]
    pub fn passed(self, surroundings: &impl Surroundings) -> bool {
        self.remaining(surroundings).is_zero()
    }
}
