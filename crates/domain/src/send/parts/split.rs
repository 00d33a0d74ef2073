//! Texts longer than a platform takes, cut where people do not mind.

use unicode_segmentation::UnicodeSegmentation;

/// How far back from the limit a blank is looked for, in characters.
const LOOK_BACK: usize = 256;

/// How long a part may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// In characters (Unicode scalar values).
    Chars(usize),
    /// In bytes of UTF-8, at least four.
    Bytes(usize),
}

impl Limit {
    /// The byte up to which `text` is short enough, if it is too long.
    fn exceeded(self, text: &str) -> Option<usize> {
        match self {
            Self::Chars(longest) => text.char_indices().nth(longest).map(|(at, _)| at),
            Self::Bytes(longest) if text.len() > longest => Some(text.floor_char_boundary(longest)),
            Self::Bytes(_) => None,
        }
    }
}

/// The text in order, no part longer than the limit: cut after a blank near it if there is one, else between
/// what people see as characters.
pub(super) fn split(text: &str, longest: Limit) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(limit) = longest.exceeded(rest) {
        let at = cut(rest, limit);
        let (part, after) = rest.split_at(at);
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

/// Where to cut `text`, which goes on behind byte `limit`: after it at the latest, and never at 0.
fn cut(text: &str, limit: usize) -> usize {
    // The border behind the limit tells whether the limit is one; one cluster more is enough.
    let mut borders = text
        .grapheme_indices(true)
        .map(|(at, _)| at)
        .take_while(|at| *at <= limit);
    let near = text[..limit]
        .char_indices()
        .rev()
        .nth(LOOK_BACK)
        .map_or(0, |(at, _)| at);
    let (mut last, mut after_blank) = (0, None);
    for at in borders.by_ref() {
        last = at;
        if at > near && text[..at].ends_with(char::is_whitespace) {
            after_blank = Some(at);
        }
    }
    match after_blank {
        Some(at) => at,
        // A single cluster longer than a message has to be cut inside.
        None if last == 0 => limit,
        None => last,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Limit;

    const LONGEST: usize = 4096;

    fn split(text: &str) -> Vec<&str> {
        super::split(text, Limit::Chars(LONGEST))
    }

    #[test]
    fn a_text_of_up_to_4096_characters_stays_whole() {
        for text in ["", "Hello", &"é".repeat(4096)] {
            assert_eq!(split(text), [text]);
        }
        assert_eq!(split(&"x".repeat(4097)).len(), 2);
        assert_eq!(split(&"x".repeat(10_000)).len(), 3);
    }

    #[test]
    fn words_stay_whole_where_there_are_any() {
        let text = format!("{} unbroken words", "x".repeat(4090));
        assert_eq!(split(&text)[1], "unbroken words");
    }

    #[test]
    fn what_people_see_as_one_character_stays_whole() {
        let family = "👨‍👩‍👧‍👦";
        let text = format!("{}{family}", "x".repeat(4093));
        assert_eq!(split(&text)[1], family);
    }

    #[test]
    fn a_single_cluster_longer_than_a_message_is_cut_all_the_same() {
        let text = format!("a{}", "\u{301}".repeat(9_000));
        assert!(
            split(&text)
                .iter()
                .all(|part| part.chars().count() <= LONGEST)
        );
        assert_eq!(split(&text).concat(), text);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn nothing_is_lost_and_no_part_is_too_long_or_empty(unit in "\\PC{1,40}", times in 1usize..400) {
            let text = unit.repeat(times);
            let parts = split(&text);
            prop_assert_eq!(parts.concat(), text.as_str());
            for part in &parts {
                prop_assert!(part.chars().count() <= LONGEST && !part.is_empty());
            }
            let parts = super::split(&text, Limit::Bytes(1000));
            prop_assert_eq!(parts.concat(), text.as_str());
            for part in &parts {
                prop_assert!(part.len() <= 1000 && !part.is_empty());
            }
        }
    }
}
