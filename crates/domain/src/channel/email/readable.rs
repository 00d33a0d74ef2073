//! What an agent reads of a mail.

use super::{Mail, html};

/// Most blank lines in a row.
const MAX_BLANK_LINES: usize = 3;

/// The text of a mail, or its HTML as text if it has none that says anything; empty if there is neither,
/// or only HTML beyond [`html::MAX_BYTES`]. Lines end with a line feed and without blanks, there are at
/// most three blank lines in a row, and no control characters but tabs. The mail no longer has its text
/// afterwards: there may be no room for a second one.
#[must_use]
pub fn readable(mail: &mut Mail) -> String {
    let text = mail.text.take().filter(|text| says_anything(text));
    match (text, mail.html.as_deref()) {
        (Some(text), _) => tidy(text),
        (None, Some(html)) => html::as_text(html).map_or_else(String::new, tidy),
        (None, None) => String::new(),
    }
}

fn says_anything(text: &str) -> bool {
    let is_seen = |c: char| !c.is_whitespace() && !c.is_control() && !is_invisible(c);
    text.contains(is_seen)
}

/// What newsletters fill previews with, and byte order marks.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}'
    )
}

/// Tidies a text in its own place. What is written never overtakes what is still to be read: a line is
/// not longer than before, and at most as many breaks stand before it as were read.
fn tidy(text: String) -> String {
    let mut bytes = text.into_bytes();
    let (mut read, mut written, mut blank_lines) = (0, 0, 0);
    while read < bytes.len() {
        let (length, after) = first_line(&bytes[read..]);
        let said = said_of(&bytes[read..read + length]);
        if said == 0 {
            blank_lines += 1;
        } else {
            if written > 0 {
                let breaks = 1 + blank_lines.min(MAX_BLANK_LINES);
                bytes[written..written + breaks].fill(b'\n');
                written += breaks;
            }
            blank_lines = 0;
            let mut at = read;
            while at < read + said {
                match dropped(&bytes[at..]) {
                    0 => {
                        bytes[written] = bytes[at];
                        written += 1;
                        at += 1;
                    }
                    more => at += more,
                }
            }
        }
        read += after;
    }
    bytes.truncate(written);
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => unreachable!("only whole characters are dropped"),
    }
}

/// The length of a text's first line, and where the next one starts.
fn first_line(text: &[u8]) -> (usize, usize) {
    let at_end = (text.len(), text.len());
    let mut starts = (0..text.len()).filter_map(|at| match break_at(&text[at..]) {
        0 => None,
        length => Some((at, at + length)),
    });
    starts.next().unwrap_or(at_end)
}

/// The length of what ends a line here (Unicode, annex 14), 0 if nothing does. Beside line feeds that is mostly
/// from old Macs and Word.
fn break_at(text: &[u8]) -> usize {
    match text {
        [b'\r', b'\n', ..] | [0xC2, 0x85, ..] => 2,
        [b'\n' | b'\r' | 0xB | 0xC, ..] => 1,
        // U+2028 and U+2029.
        [0xE2, 0x80, 0xA8 | 0xA9, ..] => 3,
        _ => 0,
    }
}

/// How much of a line there is without the blanks at its end.
fn said_of(line: &[u8]) -> usize {
    let is_blank = |c: char| c.is_whitespace() || c.is_control() || c == '\u{FEFF}';
    let line = std::str::from_utf8(line).unwrap_or_default();
    line.trim_end_matches(is_blank).len()
}

/// The length of a character here that is left out, 0 if there is none: controls but tabs, and U+FEFF.
fn dropped(text: &[u8]) -> usize {
    match text {
        [b'\t', ..] => 0,
        [0..=0x1F | 0x7F, ..] => 1,
        [0xC2, 0x80..=0x9F, ..] => 2,
        [0xEF, 0xBB, 0xBF, ..] => 3,
        _ => 0,
    }
}
