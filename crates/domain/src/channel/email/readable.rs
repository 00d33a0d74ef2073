//! What an agent reads of a mail.

use super::{Mail, html};

/// Most blank lines in a row.
const MAX_BLANK_LINES: usize = 3;

/// The text of a mail, or its HTML as text if it has none that says anything; empty if there is neither,
/// or only HTML beyond [`html::MAX_BYTES`]. Lines end with a line feed and without blanks, there are at
/// most three blank lines in a row, and no control characters but tabs.
#[must_use]
pub fn readable(mail: &Mail) -> String {
    let text = mail.text.as_deref().filter(|text| says_anything(text));
    match (text, mail.html.as_deref()) {
        (Some(text), _) => tidy(text),
        (None, Some(html)) => html::as_text(html).map_or_else(String::new, |text| tidy(&text)),
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

fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut blank_lines = 0;
    let lines = text
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line));
    for line in lines.flat_map(|line| line.split(is_other_break)) {
        let is_dropped = |c: char| c.is_control() && c != '\t' || c == '\u{FEFF}';
        let line = line.trim_end_matches(|c: char| c.is_whitespace() || is_dropped(c));
        if line.is_empty() {
            blank_lines += 1;
            continue;
        }
        if !tidy.is_empty() {
            let breaks = 1 + blank_lines.min(MAX_BLANK_LINES);
            tidy.extend(std::iter::repeat_n('\n', breaks));
        }
        blank_lines = 0;
        match line.contains(is_dropped) {
            true => tidy.extend(line.chars().filter(|&c| !is_dropped(c))),
            false => tidy.push_str(line),
        }
    }
    tidy
}

/// What ends a line besides the line feed (Unicode, annex 14): in mails mostly old Macs and Word.
fn is_other_break(c: char) -> bool {
    matches!(
        c,
        '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}
