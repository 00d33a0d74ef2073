//! A value fetched from elsewhere: kept for a time, fetched by one caller at once, at a bounded rate.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;

/// How long things last, in seconds.
pub(crate) struct Lifetimes {
    /// A value younger than this is served without asking.
    pub fresh_s: i64,
    /// A value younger than this is served when asking fails.
    pub stale_s: i64,
    /// After a failure nobody asks again for this long.
    pub rest_s: i64,
}

/// The value, if any, and the one flight that may be fetching it.
pub(crate) struct Cached<T, E> {
    lifetimes: Lifetimes,
    held: RwLock<Option<Held<T>>>,
    flight: Mutex<Flight<E>>,
    landed: AtomicU64,
}

struct Held<T> {
    value: Arc<T>,
    loaded_at: i64,
}

struct Flight<E> {
    began_at: Option<i64>,
    failure: Option<E>,
}

impl<T, E: Clone> Cached<T, E> {
    pub(crate) const fn new(lifetimes: Lifetimes) -> Self {
        Self {
            lifetimes,
            held: RwLock::new(None),
            flight: Mutex::const_new(Flight {
                began_at: None,
                failure: None,
            }),
            landed: AtomicU64::new(0),
        }
    }

    /// What was loaded last, however old.
    pub(crate) fn held(&self) -> Option<Arc<T>> {
        self.younger_than(i64::MAX, 0)
    }

    /// The value: fresh, else loaded, else stale. Callers that come during a load share its outcome.
    pub(crate) async fn get<F>(&self, now: i64, load: impl FnOnce() -> F) -> Result<Arc<T>, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        if let Some(value) = self.younger_than(self.lifetimes.fresh_s, now) {
            return Ok(value);
        }
        let before = self.landed.load(Ordering::Acquire);
        let mut flight = self.flight.lock().await;
        if let Some(value) = self.younger_than(self.lifetimes.fresh_s, now) {
            return Ok(value);
        }
        let shared = self.landed.load(Ordering::Acquire) != before
            || flight.began_within(self.lifetimes.rest_s, now);
        let failure = match &flight.failure {
            Some(failure) if shared => failure.clone(),
            Some(_) | None => match self.fly(&mut flight, now, load).await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            },
        };
        self.younger_than(self.lifetimes.stale_s, now)
            .ok_or(failure)
    }

    /// Loads again though the value is fresh, unless a load began in the last `every_s` seconds; then what that one
    /// brought is the answer.
    pub(crate) async fn reload<F>(
        &self,
        now: i64,
        every_s: i64,
        load: impl FnOnce() -> F,
    ) -> Result<Arc<T>, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let before = self.landed.load(Ordering::Acquire);
        let mut flight = self.flight.lock().await;
        if self.landed.load(Ordering::Acquire) != before || flight.began_within(every_s, now) {
            if let Some(failure) = &flight.failure {
                return Err(failure.clone());
            }
            if let Some(value) = self.held() {
                return Ok(value);
            }
        }
        self.fly(&mut flight, now, load).await
    }

    async fn fly<F>(
        &self,
        flight: &mut Flight<E>,
        now: i64,
        load: impl FnOnce() -> F,
    ) -> Result<Arc<T>, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        // Written before the wait: a caller that gives up must not open the door to the next one at once.
        flight.began_at = Some(now);
        let outcome = load().await.map(Arc::new);
        self.landed.fetch_add(1, Ordering::AcqRel);
        flight.failure = outcome.as_ref().err().cloned();
        if let Ok(value) = &outcome {
            *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Held {
                value: Arc::clone(value),
                loaded_at: now,
            });
        }
        outcome
    }

    fn younger_than(&self, age_s: i64, now: i64) -> Option<Arc<T>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref()
            .filter(|held| now.saturating_sub(held.loaded_at) < age_s)
            .map(|held| Arc::clone(&held.value))
    }
}

impl<E> Flight<E> {
    fn began_within(&self, seconds: i64, now: i64) -> bool {
        self.began_at
            .is_some_and(|began_at| now.saturating_sub(began_at) < seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    fn cached() -> Cached<u32, &'static str> {
        Cached::new(Lifetimes {
            fresh_s: 60,
            stale_s: 600,
            rest_s: 5,
        })
    }

    #[tokio::test]
    async fn a_fresh_value_is_served_without_asking() {
        let cached = cached();
        assert_eq!(cached.get(0, async || Ok(1)).await.as_deref(), Ok(&1));
        assert_eq!(cached.get(59, async || Ok(2)).await.as_deref(), Ok(&1));
        assert_eq!(cached.get(60, async || Ok(3)).await.as_deref(), Ok(&3));
    }

    #[tokio::test]
    async fn a_stale_value_is_served_while_asking_fails_and_no_longer() {
        let cached = cached();
        let _ = cached.get(0, async || Ok(1)).await;
        assert_eq!(
            cached.get(599, async || Err("down")).await.as_deref(),
            Ok(&1)
        );
        assert_eq!(cached.get(700, async || Err("down")).await, Err("down"));
    }

    #[tokio::test]
    async fn after_a_failure_nobody_asks_until_the_rest_is_over() {
        let cached = cached();
        assert_eq!(cached.get(0, async || Err("down")).await, Err("down"));
        assert_eq!(cached.get(4, async || Ok(1)).await, Err("down"));
        assert_eq!(cached.get(5, async || Ok(1)).await.as_deref(), Ok(&1));
    }

    #[tokio::test]
    async fn callers_that_come_during_a_load_share_its_outcome() {
        for outcome in [Ok(7), Err("down")] {
            let (cached, loads) = (cached(), AtomicUsize::new(0));
            let load = async || {
                loads.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                outcome
            };
            let (one, two, three) = tokio::join!(
                cached.get(0, load),
                cached.get(0, load),
                cached.get(9, load)
            );
            assert_eq!(loads.load(Ordering::Relaxed), 1);
            for answer in [one, two, three] {
                assert_eq!(answer.map(|value| *value), outcome);
            }
        }
    }

    #[tokio::test]
    async fn a_reload_asks_at_most_once_in_its_interval() {
        let cached = cached();
        let _ = cached.get(0, async || Ok(1)).await;
        assert_eq!(
            cached.reload(9, 10, async || Ok(2)).await.as_deref(),
            Ok(&1)
        );
        assert_eq!(
            cached.reload(10, 10, async || Ok(3)).await.as_deref(),
            Ok(&3)
        );
        assert_eq!(
            cached.reload(20, 10, async || Err("down")).await,
            Err("down")
        );
        assert_eq!(cached.reload(29, 10, async || Ok(4)).await, Err("down"));
        assert_eq!(cached.held().as_deref(), Some(&3));
    }

    #[tokio::test]
    async fn a_caller_that_gives_up_leaves_the_flight_to_the_next() {
        let cached = cached();
        {
            let mut gone = std::pin::pin!(cached.get(0, std::future::pending));
            let polled = std::future::poll_fn(|cx| {
                std::task::Poll::Ready(gone.as_mut().poll(cx).is_ready())
            });
            assert!(!polled.await);
        }
        assert_eq!(cached.get(1, async || Ok(1)).await.as_deref(), Ok(&1));
    }
}
