//! A clock that is set, randomness that repeats, and sleep that takes no time.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use crate::surroundings::Surroundings;
use crate::time::Timestamp;

/// Surroundings as a test wants them. Clones share one clock. Time stands still until
/// [`Self::advance`], or until everybody who could do something sleeps: then it jumps to the first
/// who wakes.
#[derive(Debug, Clone)]
pub struct SimulatedSurroundings(Arc<Mutex<World>>);

#[derive(Debug)]
struct World {
    wall: Timestamp,
    monotonic: Duration,
    random: u64,
    most_yields: u32,
    /// Counts whatever anybody does; while it stands still, everybody sleeps.
    activity: u64,
    sleepers: Vec<Duration>,
}

impl SimulatedSurroundings {
    /// A world at 2025-01-01T12:00:00Z. Calls yield 0 to 2 times, as `seed` decides.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(World {
            wall: Timestamp::from_millis(1_735_732_800_000),
            monotonic: Duration::ZERO,
            random: seed,
            most_yields: 2,
            activity: 0,
            sleepers: Vec::new(),
        })))
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets time go by on both clocks.
    pub fn advance(&self, by: Duration) {
        self.world().advance(by);
    }

    /// Sets the wall clock alone, forward or back.
    pub fn set_now(&self, now: Timestamp) {
        self.world().wall = now;
    }

    /// A number below `bound`, from the same source as all randomness here.
    #[must_use]
    pub fn pick(&self, bound: usize) -> usize {
        usize::try_from(self.world().next() % bound.max(1) as u64).unwrap_or(0)
    }

    /// Yields as often as chance says.
    pub(super) async fn pause(&self) {
        let mut left = {
            let mut world = self.world();
            let bound = u64::from(world.most_yields) + 1;
            world.activity += 1;
            world.next() % bound
        };
        poll_fn(|context| {
            self.world().activity += 1;
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

impl World {
    /// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
    fn next(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn advance(&mut self, by: Duration) {
        self.monotonic += by;
        self.wall = self.wall.plus(by);
        self.activity += 1;
    }
}

/// Takes a sleeper off the list, also when its future is dropped.
struct Sleeper<'a>(&'a SimulatedSurroundings, Duration);

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        let mut world = self.0.world();
        world.activity += 1;
        if let Some(index) = world.sleepers.iter().position(|s| *s == self.1) {
            world.sleepers.swap_remove(index);
        }
    }
}

impl Surroundings for SimulatedSurroundings {
    fn now(&self) -> Timestamp {
        self.world().wall
    }

    fn monotonic(&self) -> Duration {
        self.world().monotonic
    }

    fn random(&self) -> u128 {
        let mut world = self.world();
        u128::from(world.next()) << 64 | u128::from(world.next())
    }

    async fn sleep(&self, duration: Duration) {
        let wake = {
            let mut world = self.world();
            let wake = world.monotonic + duration;
            world.sleepers.push(wake);
            world.activity += 1;
            wake
        };
        let _sleeper = Sleeper(self, wake);
        let mut seen = None;
        poll_fn(|context| {
            let mut world = self.world();
            // Everybody was polled since, and nobody did anything: all sleep, and this one wakes first.
            let all_sleep = seen == Some(world.activity);
            if all_sleep && wake > world.monotonic && !world.sleepers.iter().any(|s| *s < wake) {
                let by = wake - world.monotonic;
                world.advance(by);
            }
            if wake <= world.monotonic {
                return Poll::Ready(());
            }
            seen = Some(world.activity);
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}
