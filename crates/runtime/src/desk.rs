//! The desk as the settings say.

use std::collections::BTreeMap;
use std::time::Duration;

use tributary_domain::receive::{Desk, Lanes, PointerCache, Policy};

use crate::SystemSurroundings;

/// A desk in the real world. A reopen window of 0 hours means that resolved tickets stay resolved.
#[must_use]
pub fn desk<T, B>(
    tickets: T,
    blobs: B,
    reopen_window_hours: u32,
    auto_close_days: u32,
    inbox_shards: u32,
) -> Desk<T, B, SystemSurroundings> {
    let hour = Duration::from_secs(3600);
    Desk {
        tickets,
        blobs,
        surroundings: SystemSurroundings,
        policy: Policy {
            reopen_window: hour.saturating_mul(reopen_window_hours),
            auto_close: (hour * 24).saturating_mul(auto_close_days),
            inbox_shards,
            greetings: BTreeMap::new(),
        },
        pointers: PointerCache::default(),
        lanes: Lanes::default(),
    }
}
