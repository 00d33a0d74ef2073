//! Texts as they are kept: cleaned of what no reader needs, cut on character borders.

/// Longest content kept in an entry, in bytes; longer ones are kept whole as an attachment.
pub const MAX_INLINE_BYTES: usize = 8 * 1024;
/// What an entry shows of content that is kept as an attachment, in bytes.
pub const TRUNCATED_BYTES: usize = 4 * 1024;
/// What lists show of a message, in characters.
pub const PREVIEW_CHARS: usize = 200;
/// Longest subject made from a message, in characters.
const SUBJECT_CHARS: usize = 80;

/// The start of `text`, at most `max` bytes, cut on a character border.
#[must_use]
pub fn start_bytes(text: &str, max: usize) -> &str {
    &text[..text.floor_char_boundary(max)]
}

/// The start of `text`, at most `max` characters.
#[must_use]
pub fn start_chars(text: &str, max: usize) -> &str {
    text.char_indices()
        .nth(max)
        .map_or(text, |(at, _)| &text[..at])
}

/// A subject for a conversation that came without one: the first line that says something.
#[must_use]
pub fn subject_of(text: &str) -> String {
    let line = text
        .lines()
        .map(str::trim)
        .find(|l| !l.is_empty())
        .unwrap_or("(no text)");
    if line.chars().count() <= SUBJECT_CHARS {
        line.to_owned()
    } else {
        format!("{}…", start_chars(line, SUBJECT_CHARS - 1).trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_subject_is_the_first_line_that_says_something() {
        assert_eq!(
            subject_of("\n  \n Where is my order?\nIt is late."),
            "Where is my order?"
        );
        assert_eq!(subject_of("   "), "(no text)");
        assert_eq!(subject_of(&"x".repeat(300)).chars().count(), 80);
    }

    proptest! {
        #[test]
        fn cuts_never_exceed_their_limit_nor_panic(text in "\\PC*", max in 0usize..50) {
            prop_assert!(start_bytes(&text, max).len() <= max);
            prop_assert!(start_chars(&text, max).chars().count() <= max);
            prop_assert!(text.starts_with(start_bytes(&text, max)));
        }
    }
}
