//! A body of a thousand events, proven, normalised and taken portion by portion as receiving does, holds at
//! most twice its size beside itself: three times in all.
//! The one test of this binary: the allocator counts for the whole process.

use peak_alloc::PeakAlloc;
use tributary_domain::Channel;
use tributary_domain::channel::inbound::InboundEvent;
use tributary_domain::receive::PORTION;

#[allow(dead_code, reason = "the benchmark uses the rest")]
#[path = "../../benches/inbound/delivery.rs"]
mod delivery;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Beside the body, in percent of it.
const MOST: usize = 200;

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
            let mut events = delivery.verify_and_normalise();
            let mut count = 0;
            loop {
                let portion: Vec<InboundEvent> = events.by_ref().take(PORTION).collect();
                if portion.is_empty() {
                    break;
                }
                count += portion.len();
            }
            let held = ALLOCATOR.peak_usage() - before;
            let size = delivery.body.len();
            assert!(count >= 1000, "{name}: {count} events");
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
