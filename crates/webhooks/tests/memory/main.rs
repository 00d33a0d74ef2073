//! A body of a thousand events, proven and normalised, holds at most three times its size beside itself; of
//! events shorter than 175 bytes, such as bare postbacks, at most 520 bytes each.
//! The one test of this binary: the allocator counts for the whole process.

use peak_alloc::PeakAlloc;
use tributary_domain::Channel;

#[allow(dead_code, reason = "the benchmark uses the rest")]
#[path = "../../benches/inbound/delivery.rs"]
mod delivery;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What a batch keeps of an event however short it is: its ids, whose it is, and what an agent reads.
const SHORTEST: usize = 520;

#[test]
fn a_thousand_events_of_any_sample_take_at_most_three_times_their_body() {
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
                held <= (3 * size).max(SHORTEST * events),
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
