//! Full-jitter backoff: many who raced for one ticket must not race again in step.

use std::time::Duration;

use crate::surroundings::{Deadline, Surroundings};

const FIRST: Duration = Duration::from_millis(8);
/// Short, since who has lost often must not be kept out by who comes new.
const LONGEST: Duration = Duration::from_millis(160);

/// Waits between the tries of one request, growing with each.
#[derive(Debug, Default)]
pub struct Backoff {
    tries: u32,
}

impl Backoff {
    /// Waits a random time up to the current limit and doubles the limit.
    /// Returns false, without waiting, when that would not end before `deadline`.
    pub async fn wait(&mut self, surroundings: &impl Surroundings, deadline: Deadline) -> bool {
        let limit = FIRST.saturating_mul(1 << self.tries.min(10)).min(LONGEST);
        self.tries += 1;
        let wait = jitter(surroundings, limit);
        if wait >= deadline.remaining(surroundings) {
            return false;
        }
        surroundings.sleep(wait).await;
        !deadline.passed(surroundings)
    }
}

/// A random duration between zero and `limit`, with microsecond steps.
#[must_use]
pub fn jitter(surroundings: &impl Surroundings, limit: Duration) -> Duration {
    let micros = limit.as_micros().max(1);
    Duration::from_micros(u64::try_from(surroundings.random() % micros).unwrap_or(0))
}
