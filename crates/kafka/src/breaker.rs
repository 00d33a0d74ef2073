//! Keeps requests from waiting, one after the other, for a broker that does not answer.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After a failure nothing is tried for a while; the while doubles with each failure in a row.
#[derive(Debug)]
pub(crate) struct Breaker {
    first: Duration,
    longest: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
}

impl Breaker {
    /// A closed breaker that opens for `first`, then twice as long, up to `longest`.
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            state: Mutex::default(),
        }
    }

    /// How long it stays open from `now`; none when it is closed.
    pub(crate) fn open_for(&self, now: Instant) -> Option<Duration> {
        let until = self.state().open_until?;
        until
            .checked_duration_since(now)
            .filter(|left| !left.is_zero())
    }

    /// A try succeeded.
    pub(crate) fn succeeded(&self) {
        *self.state() = State::default();
    }

    /// A try failed at `now`. Those that failed together with one before count once. Returns how many
    /// have failed in a row.
    pub(crate) fn failed(&self, now: Instant) -> u32 {
        let mut state = self.state();
        if state.open_until.is_some_and(|until| now < until) {
            return state.failures;
        }
        let open = self
            .first
            .saturating_mul(1 << state.failures.min(16))
            .min(self.longest);
        state.failures += 1;
        state.open_until = Some(now + open);
        state.failures
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn each_failure_in_a_row_keeps_it_open_twice_as_long_up_to_the_limit() {
        let breaker = Breaker::new(5 * SECOND, 60 * SECOND);
        let mut now = Instant::now();
        assert_eq!(breaker.open_for(now), None);
        for seconds in [5, 10, 20, 40, 60, 60] {
            breaker.failed(now);
            assert_eq!(breaker.open_for(now), Some(seconds * SECOND));
            now += seconds * SECOND;
            assert_eq!(
                breaker.open_for(now),
                None,
                "tries again when the time has passed"
            );
        }
    }

    #[test]
    fn failures_while_it_is_open_do_not_count_again() {
        let breaker = Breaker::new(5 * SECOND, 60 * SECOND);
        let now = Instant::now();
        assert_eq!(breaker.failed(now), 1);
        assert_eq!(breaker.failed(now + SECOND), 1);
        assert_eq!(breaker.open_for(now), Some(5 * SECOND));
    }

    #[test]
    fn a_success_closes_it_and_forgets_the_failures() {
        let breaker = Breaker::new(5 * SECOND, 60 * SECOND);
        let now = Instant::now();
        breaker.failed(now);
        breaker.failed(now + 5 * SECOND);
        breaker.succeeded();
        assert_eq!(breaker.open_for(now + 5 * SECOND), None);
        breaker.failed(now + 6 * SECOND);
        assert_eq!(breaker.open_for(now + 6 * SECOND), Some(5 * SECOND));
    }
}
