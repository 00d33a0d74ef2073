//! A body of a thousand events, proven and normalised, holds a small multiple of its size beside itself.
//! The one test of this binary: the allocator counts for the whole process.

use peak_alloc::PeakAlloc;
use tributary_domain::Channel;

#[allow(dead_code, reason = "the benchmark uses the rest")]
#[path = "../../benches/inbound/delivery.rs"]
mod delivery;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// In percent of the body. Three times is the aim and holds for most samples; the furthest from it are WhatsApp's
/// forwarded texts with 356.
const MOST: usize = 400;

#[test]
fn a_thousand_events_of_any_sample_take_a_small_multiple_of_their_body() {
    let platforms = [
        Channel::Facebook,
        Channel::Instagram,
        Channel::WhatsApp,
        Channel::Twitter,
    ];
    for channel in platforms {
        let mut highest = (0, String::new());
        for (sample, delivery) in delivery::of_every_sample(channel, 1000) {
            let name = sample
                .file_name()
                .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
            let before = ALLOCATOR.current_usage();
            ALLOCATOR.reset_peak_usage();
            let batch = delivery.verify_and_normalise();
            let held = ALLOCATOR.peak_usage() - before;
            let (events, size) = (batch.events.len(), delivery.body.len());
            assert!(events >= 1000, "{name}: {events} events");
            let percent = held * 100 / size;
            assert!(
                percent <= MOST,
                "{channel}, {name}: {held} bytes for a body of {size}"
            );
            highest = highest.max((percent, name));
        }
        println!(
            "{channel}: at most {} % of the body, {}",
            highest.0, highest.1
        );
    }
}
