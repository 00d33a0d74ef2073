//! Mutations of bodies that know JSON, so that most of them get past the parser.

use libfuzzer_sys::fuzzer_mutate;
use serde_json::Value;
use tributary_domain::Channel;

use crate::chance::Chance;
use crate::edit::{edit, splice};
use crate::vocabulary::Vocabulary;

/// Most edits at a time.
const EDITS: usize = 5;

/// Mutates the first `size` bytes in place; returns how many there are then. Now and then, and when they
/// are no JSON, it leaves them to the fuzzer's own ways.
pub fn mutate(channel: Channel, body: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut chance = Chance::new(seed);
    let words = Vocabulary::of(channel);
    let parsed = match chance.below(16) {
        0 => None,
        1 => chance.pick(&words.seeds).cloned(),
        _ => serde_json::from_slice(&body[..size]).ok(),
    };
    let Some(mut value): Option<Value> = parsed else {
        return fuzzer_mutate(body, size, max_size);
    };
    for _ in 0..=chance.below(EDITS) {
        edit(&mut value, words, &mut chance);
    }
    match put(&value, &mut body[..max_size]) {
        0 => fuzzer_mutate(body, size, max_size),
        size => size,
    }
}

/// Puts a part of `other` into `one` and writes that to `out`; returns its size.
pub fn cross(one: &[u8], other: &[u8], out: &mut [u8], seed: u32) -> usize {
    let mut chance = Chance::new(seed);
    let (Ok(mut value), Ok(mut other)) =
        (serde_json::from_slice(one), serde_json::from_slice(other))
    else {
        return 0;
    };
    splice(&mut value, &mut other, &mut chance);
    put(&value, out)
}

/// Writes a value if it fits; returns its size.
fn put(value: &Value, out: &mut [u8]) -> usize {
    let text = value.to_string();
    match out.get_mut(..text.len()) {
        Some(place) => {
            place.copy_from_slice(text.as_bytes());
            text.len()
        }
        None => 0,
    }
}
