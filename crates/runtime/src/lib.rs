//! The real world as the domain's [`Surroundings`]: the system's clocks, randomness and timer.
//! Apart from the domain, which must not know the clock, and shared by every binary; and what is made of
//! secrets and settings in the domain's terms.

mod accounts;
mod desk;
mod mail_routes;

pub use accounts::{accounts, all_accounts, sending_accounts};
pub use desk::desk;
pub use mail_routes::MailRoutes;

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tributary_domain::{Surroundings, Timestamp};

/// The surroundings of a running process. Needs a tokio runtime with time enabled.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemSurroundings;

/// Where this process counts its monotonic time from.
fn origin() -> Instant {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    *ORIGIN.get_or_init(Instant::now)
}

impl Surroundings for SystemSurroundings {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        origin().elapsed()
    }

    /// # Panics
    /// When the operating system gives no randomness: ids that can be guessed or repeat would be worse.
    fn random(&self) -> u128 {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the operating system gives randomness");
        u128::from_le_bytes(bytes)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clocks_go_forward_and_randomness_differs() {
        let surroundings = SystemSurroundings;
        let (wall, monotonic) = (surroundings.now(), surroundings.monotonic());
        assert!(
            wall > Timestamp::parse("2025-01-01T00:00:00Z").expect("a time"),
            "the wall clock tells the present"
        );
        assert!(surroundings.monotonic() >= monotonic);
        assert_ne!(surroundings.random(), surroundings.random());
    }

    #[tokio::test]
    async fn a_sleep_lasts_as_long_as_asked() {
        let surroundings = SystemSurroundings;
        let before = surroundings.monotonic();
        surroundings.sleep(Duration::from_millis(5)).await;
        assert!(surroundings.monotonic() - before >= Duration::from_millis(5));
    }
}
