//! The current time, handed in so that tests can turn the hands.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// A source of the current time in Unix seconds.
///
/// Wall time on purpose: a frozen function thaws hours later, and a monotonic clock may not have counted them.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The system's clock.
pub fn system() -> Clock {
    Arc::new(unix_now_s)
}

/// Now, in whole seconds since 1970-01-01T00:00:00Z; 0 if the system's clock stands before that.
pub fn unix_now_s() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|age| i64::try_from(age.as_secs()).ok())
        .unwrap_or(0)
}
