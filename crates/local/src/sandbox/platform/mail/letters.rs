//! How words and times are written in mails.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sandbox::state::rfc3339;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
/// From the first day of 1970 on.
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const DAY_MS: u64 = 86_400_000;
/// Octets of a line of quoted-printable before its soft break.
const LINE: usize = 72;
/// Octets in one encoded word, so that it stays below 75 characters.
const WORD: usize = 42;

/// A time as a header has it (RFC 5322, without the optional day of the week).
pub(super) fn date(ms: u64) -> String {
    let (day, month, year, time) = parts(ms);
    format!("{day} {month} {year} {time} +0000")
}

/// A time as a person's program writes it above a quote: `Wed, 1 Jan 2025 at 12:00`.
pub(super) fn spoken(ms: u64, between: &str) -> String {
    let (day, month, year, time) = parts(ms);
    let minutes = time.get(..5).unwrap_or_default();
    let weekday = usize::try_from(ms / DAY_MS % 7).unwrap_or_default();
    let weekday = DAYS.get(weekday).unwrap_or(&"Thu");
    format!("{weekday}, {day} {month} {year}{between}{minutes}")
}

fn parts(ms: u64) -> (u32, &'static str, String, String) {
    let at = rfc3339(ms);
    let part = |range: std::ops::Range<usize>| at.get(range).unwrap_or_default();
    let month = part(5..7).parse().unwrap_or(1_usize);
    (
        part(8..10).parse().unwrap_or(1),
        MONTHS.get(month.wrapping_sub(1)).unwrap_or(&"Jan"),
        part(0..4).to_owned(),
        part(11..19).to_owned(),
    )
}

/// A header's words, encoded when they are not plain ASCII (RFC 2047).
pub(super) fn encoded_word(text: &str) -> String {
    let text = text.replace(['\r', '\n'], " ");
    if text.is_ascii() {
        return text;
    }
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in text.chars() {
        if word.len() + letter.len_utf8() > WORD {
            words.push(std::mem::take(&mut word));
        }
        word.push(letter);
    }
    words.push(word);
    let words = words.iter();
    let encoded: Vec<_> = words
        .map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word)))
        .collect();
    encoded.join("\r\n ")
}

/// Words as quoted-printable in UTF-8 (RFC 2045, section 6.7).
pub(super) fn quoted_printable(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let bytes = line.trim_end_matches('\r').as_bytes();
        let mut encoded = String::new();
        let mut length = 0;
        for (index, byte) in bytes.iter().enumerate() {
            let is_last = index + 1 == bytes.len();
            let is_plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~')
                || (matches!(byte, b' ' | b'\t') && !is_last);
            if length >= LINE {
                encoded.push_str("=\r\n");
                length = 0;
            }
            if is_plain {
                encoded.push(char::from(*byte));
                length += 1;
            } else {
                let _ = write!(encoded, "={byte:02X}");
                length += 3;
            }
        }
        encoded
    });
    lines.collect::<Vec<_>>().join("\r\n")
}
