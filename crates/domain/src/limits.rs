//! The limits of what people type, the same at every door.

use crate::reply::MAX_MESSAGE_CHARS;
use crate::ticket::{MAX_NAME_CHARS, MAX_SUBJECT_CHARS, MAX_TAG_CHARS, MAX_TAGS};

/// Most files of a message.
pub const MAX_ATTACHMENTS: usize = 20;
/// Longest mail address, in bytes (RFC 5321, 4.5.3.1.3, without the angle brackets).
pub const MAX_EMAIL_BYTES: usize = 254;
/// Most characters of a client's own key for a message.
pub const MAX_CLIENT_MESSAGE_ID_CHARS: usize = 128;

/// A text breaks a rule. Says which, never repeating the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct OutOfLimits {
    /// For a list, the index of the item at fault.
    pub at: Option<usize>,
    /// The rule, to follow the name of the field.
    pub detail: String,
}

fn refuse<T>(detail: impl Into<String>) -> Result<T, OutOfLimits> {
    Err(OutOfLimits {
        at: None,
        detail: detail.into(),
    })
}

/// A text on one line: trimmed, 1 to `max` characters, no control characters.
fn line(text: &str, max: usize) -> Result<String, OutOfLimits> {
    let text = text.trim();
    if text.is_empty() {
        return refuse("must not be blank");
    }
    if text.chars().count() > max {
        return refuse(format!("may have at most {max} characters"));
    }
    if text.chars().any(char::is_control) {
        return refuse("must be one line without control characters");
    }
    Ok(text.to_owned())
}

/// A ticket's subject, trimmed: one line of 1 to [`MAX_SUBJECT_CHARS`] characters.
///
/// # Errors
/// [`OutOfLimits`].
pub fn subject(text: &str) -> Result<String, OutOfLimits> {
    line(text, MAX_SUBJECT_CHARS)
}

/// A person's name, trimmed: one line of 1 to [`MAX_NAME_CHARS`] characters.
///
/// # Errors
/// [`OutOfLimits`].
pub fn name(text: &str) -> Result<String, OutOfLimits> {
    line(text, MAX_NAME_CHARS)
}

/// A ticket's tags: each trimmed, one line of 1 to [`MAX_TAG_CHARS`] characters; repetitions are
/// dropped, the order is kept, and at most [`MAX_TAGS`] may be left.
///
/// # Errors
/// [`OutOfLimits`], with the index of the tag at fault unless there are too many.
pub fn tags(texts: &[String]) -> Result<Vec<String>, OutOfLimits> {
    let mut tags: Vec<String> = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let tag = line(text, MAX_TAG_CHARS).map_err(|error| OutOfLimits {
            at: Some(index),
            ..error
        })?;
        if tags.contains(&tag) {
            continue;
        }
        if tags.len() == MAX_TAGS {
            return refuse(format!("may have at most {MAX_TAGS} tags"));
        }
        tags.push(tag);
    }
    Ok(tags)
}

/// An agent's message, kept as typed: 1 to [`MAX_MESSAGE_CHARS`] characters, not only blanks.
///
/// # Errors
/// [`OutOfLimits`].
pub fn agent_message(text: &str) -> Result<(), OutOfLimits> {
    if text.trim().is_empty() {
        return refuse("must not be blank");
    }
    if text.chars().nth(MAX_MESSAGE_CHARS).is_some() {
        return refuse(format!("may have at most {MAX_MESSAGE_CHARS} characters"));
    }
    Ok(())
}

/// What a customer said: anything but only blanks; its length is bounded by the body alone.
///
/// # Errors
/// [`OutOfLimits`].
pub fn customer_message(text: &str) -> Result<(), OutOfLimits> {
    if text.trim().is_empty() {
        return refuse("must not be blank");
    }
    Ok(())
}

/// A client's own key for a message: 1 to [`MAX_CLIENT_MESSAGE_ID_CHARS`] characters.
///
/// # Errors
/// [`OutOfLimits`].
pub fn client_message_id(text: &str) -> Result<(), OutOfLimits> {
    let fits = (1..=MAX_CLIENT_MESSAGE_ID_CHARS).contains(&text.chars().count());
    if fits && !text.chars().any(char::is_control) {
        return Ok(());
    }
    refuse(format!(
        "must have 1 to {MAX_CLIENT_MESSAGE_ID_CHARS} characters and no control characters"
    ))
}

/// A mail address, trimmed, its case kept. Its form is checked, not whether it exists: one `@`, a
/// local part without blanks, quotes or brackets, and a domain of labels with at least one dot.
///
/// # Errors
/// [`OutOfLimits`].
pub fn email(text: &str) -> Result<String, OutOfLimits> {
    let text = text.trim();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let sound = text.len() <= MAX_EMAIL_BYTES
        && text.split_once('@').is_some_and(|(local, domain)| {
            let odd = |c: char| c.is_whitespace() || c.is_control() || "()<>[]:;@\\,\"".contains(c);
            (1..=64).contains(&local.len())
                && !local.contains(odd)
                && local.split('.').all(|atom| !atom.is_empty())
                && domain.contains('.')
                && domain.split('.').all(label)
        });
    if sound {
        Ok(text.to_owned())
    } else {
        refuse("must be a mail address such as ann@example.com")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_limit_counts_characters_and_not_bytes() {
        assert_eq!(subject(&"😀".repeat(255)), Ok("😀".repeat(255)));
        assert!(subject(&"a".repeat(256)).is_err());
        assert!(name(&"é".repeat(200)).is_ok() && name(&"é".repeat(201)).is_err());
        assert!(agent_message(&"ü".repeat(10_000)).is_ok());
        assert!(agent_message(&"ü".repeat(10_001)).is_err());
        assert!(client_message_id(&"k".repeat(128)).is_ok());
        assert!(client_message_id(&"k".repeat(129)).is_err());
        assert!(client_message_id("").is_err());
    }

    #[test]
    fn lines_are_trimmed_and_neither_blank_nor_broken() {
        assert_eq!(subject("  Where is it? \n"), Ok("Where is it?".to_owned()));
        for bad in ["", " \t ", "a\r\nBcc: b", "nul\0"] {
            assert!(subject(bad).is_err() && name(bad).is_err(), "{bad:?}");
        }
        assert!(agent_message(" \n ").is_err() && customer_message(" \n ").is_err());
        assert!(agent_message("a\nb").is_ok());
    }

    #[test]
    fn tags_keep_their_order_lose_repetitions_and_name_the_one_at_fault() {
        let of = |texts: &[&str]| tags(&texts.iter().map(|&t| t.to_owned()).collect::<Vec<_>>());
        assert_eq!(
            of(&["b", " a ", "b", "a"]),
            Ok(vec!["b".to_owned(), "a".to_owned()])
        );
        assert_eq!(of(&["a", " "]).map_err(|e| e.at), Err(Some(1)));
        assert_eq!(of(&["a", &"x".repeat(51)]).map_err(|e| e.at), Err(Some(1)));
        let many = |count: usize| {
            tags(&(0..count).map(|n| format!("t{n}")).collect::<Vec<_>>()).map_err(|e| e.at)
        };
        assert_eq!(many(20).map(|t| t.len()), Ok(20));
        assert_eq!(many(21), Err(None));
    }

    #[test]
    fn an_address_needs_the_form_of_one() {
        for good in [
            "ann@example.com",
            "a.b+c@sub.example.co",
            "o'neil@bücher.example",
        ] {
            assert_eq!(email(good), Ok(good.to_owned()));
        }
        assert_eq!(
            email(" Ann@Example.com "),
            Ok("Ann@Example.com".to_owned()),
            "the case is kept"
        );
        for bad in [
            "",
            "ann",
            "ann@",
            "@example.com",
            "ann@localhost",
            "a b@example.com",
            "a@@example.com",
            "a@example..com",
            ".a@example.com",
            "a@-example.com",
            "a@example.com\nBcc: b",
            "<a@example.com>",
            "a,b@example.com",
        ] {
            assert!(email(bad).is_err(), "{bad:?}");
        }
        assert!(email(&format!("a@{}.com", "x.".repeat(130))).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics_nor_comes_back_in_the_error(text in "\\PC{3,300}") {
            for outcome in [subject(&text), name(&text), email(&text)] {
                if let Err(error) = outcome {
                    prop_assert!(!error.detail.contains(&text));
                }
            }
        }
    }
}
