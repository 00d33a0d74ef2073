//! The time, and ids that are unique across restarts.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
#[must_use]
pub fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Unique across restarts: the data directory remembers the ids that it has seen.
#[must_use]
pub fn unique_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!(
        "{:X}{:04X}",
        now_ms(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

/// A small number that repeats rarely, for ids that are numbers.
#[must_use]
pub fn unique_number() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed) % 1_000_000
}
