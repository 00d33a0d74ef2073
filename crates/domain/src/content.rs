//! Texts as they are kept: cleaned of what no reader needs, cut on character borders.

use crate::message::ContentType;

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

/// What stands for content in lists and subjects when a message has no text.
#[must_use]
pub fn label_of(content_type: ContentType) -> &'static str {
    match content_type {
        ContentType::Image => "Picture",
        ContentType::Audio => "Voice message",
        ContentType::Video => "Video",
        ContentType::File => "File",
        ContentType::Sticker => "Sticker",
        ContentType::Location => "Location",
        ContentType::Contact => "Contact",
        ContentType::Interactive => "Answer to a form",
        ContentType::Order => "Order",
        ContentType::Story => "Story",
        ContentType::Share => "Shared post",
        ContentType::Text
        | ContentType::Email
        | ContentType::EventLog
        | ContentType::Unsupported => "(no text)",
    }
}

/// A subject for a conversation that came without one: the first line that says something.
#[must_use]
pub fn subject_of(text: &str, content_type: ContentType) -> String {
    let line = text
        .lines()
        .map(str::trim)
        .find(|l| !l.is_empty())
        .unwrap_or(label_of(content_type));
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
            subject_of("\n  \n Where is my order?\nIt is late.", ContentType::Text),
            "Where is my order?"
        );
        assert_eq!(subject_of("   ", ContentType::Text), "(no text)");
        assert_eq!(subject_of("", ContentType::Audio), "Voice message");
        let long = "x".repeat(300);
        assert_eq!(subject_of(&long, ContentType::Text).chars().count(), 80);
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
