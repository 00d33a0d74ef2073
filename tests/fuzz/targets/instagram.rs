//! Bodies of Instagram's webhooks.

#![no_main]

use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target};
use tributary_domain::Channel;
use tributary_fuzz::{cross, mutate, receive};

fuzz_target!(|body: &[u8]| receive(Channel::Instagram, body));

fuzz_mutator!(|body: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(Channel::Instagram, body, size, max_size, seed)
});

fuzz_crossover!(|one: &[u8], other: &[u8], out: &mut [u8], seed: u32| {
    cross(one, other, out, seed)
});
