//! Forms of SendGrid's Inbound Parse.

#![no_main]

use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target};
use tributary_fuzz::mail::{cross, mutate, receive};

fuzz_target!(|form: &[u8]| receive(form));

fuzz_mutator!(|form: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(form, size, max_size, seed)
});

fuzz_crossover!(|one: &[u8], other: &[u8], out: &mut [u8], seed: u32| {
    cross(one, other, out, seed)
});
