//! Which domain an organisation has registered, by the public suffix list. The list is searched as the text that it is,
//! so nothing is built at start, and a function carries 49 KB of it zipped (as code it were 300).
//! Source: publicsuffix.org/list, "Formal algorithm". `.ci/public-suffixes` writes the text, which is Mozilla's (MPL 2.0).

use std::cmp::Ordering;

/// One rule a line, in the order of bytes.
static RULES: &str = include_str!("public-suffixes.txt");

/// The part of `domain`, in lower case and without a final dot, that one organisation has registered: the public suffix
/// and one label more. `None` when it is a public suffix itself, or no domain.
pub(super) fn organisation(domain: &str) -> Option<&str> {
    let mut rest = Some(domain);
    let mut below = None;
    while let Some(suffix) = rest {
        let parent = suffix.split_once('.').map(|(_, parent)| parent);
        if listed("!", suffix) {
            return Some(suffix);
        }
        // A domain of one label that nobody lists is a suffix: the rule `*` prevails.
        if listed("", suffix) || parent.is_none_or(|parent| listed("*.", parent)) {
            return below.filter(|found: &&str| !suffix.is_empty() && !found.starts_with('.'));
        }
        below = Some(suffix);
        rest = parent;
    }
    None
}

/// Whether there is the rule that consists of these two.
fn listed(mark: &str, domain: &str) -> bool {
    let rules = RULES.as_bytes();
    let (mut start, mut end) = (0, rules.len());
    while start < end {
        let middle = start + (end - start) / 2;
        let line = rules[..middle]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |newline| newline + 1);
        let length = rules[line..].iter().position(|byte| *byte == b'\n');
        let next = length.map_or(rules.len(), |length| line + length);
        match rules[line..next]
            .iter()
            .cmp(mark.as_bytes().iter().chain(domain.as_bytes()))
        {
            Ordering::Equal => return true,
            Ordering::Less => start = next + 1,
            Ordering::Greater => end = line,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Domains at and around a rule.
    fn around(rule: &str) -> Vec<String> {
        let bare = rule.trim_start_matches(['!', '*', '.']);
        ["", "a.", "b.a.", "c.b.a."]
            .iter()
            .map(|labels| format!("{labels}{bare}"))
            .collect()
    }

    #[test]
    fn every_rule_means_what_it_means_to_the_crate_that_it_is_from() {
        for domain in RULES.lines().flat_map(around) {
            let expected = psl::domain_str(&domain).filter(|_| !overlooked(&domain));
            assert_eq!(organisation(&domain), expected, "{domain}");
        }
    }

    /// A suffix that the crate takes for none: a wildcard covers it, and other rules go on below it.
    fn overlooked(domain: &str) -> bool {
        let parent = domain.split_once('.').map(|(_, parent)| parent);
        let below = format!(".{domain}");
        parent.is_some_and(|parent| listed("*.", parent) && !listed("!", domain))
            && RULES.lines().any(|rule| rule.ends_with(&below))
    }

    #[test]
    fn the_text_is_in_order_so_that_each_rule_is_found() {
        let rules: Vec<&str> = RULES.lines().collect();
        assert!(rules.len() > 10_000 && rules.is_sorted());
        assert!(rules.iter().all(|rule| listed("", rule)));
        assert!(!listed("", "") && !listed("", "zzz.zzz") && !listed("", "co.u"));
    }

    #[test]
    fn an_organisation_is_a_suffix_and_one_label_more() {
        for (domain, expected) in [
            ("example.com", Some("example.com")),
            ("mail.example.co.uk", Some("example.co.uk")),
            ("a.b.c.kawasaki.jp", Some("b.c.kawasaki.jp")),
            ("x.city.kawasaki.jp", Some("city.kawasaki.jp")),
            ("shop.example.香港", Some("example.香港")),
            ("shop.example.xn--j6w193g", Some("example.xn--j6w193g")),
            ("a.example.no-such-suffix", Some("example.no-such-suffix")),
            ("r.cloud.int.apple", None),
            (
                "a.b.us-east-1.r.cloud.int.apple",
                Some("a.b.us-east-1.r.cloud.int.apple"),
            ),
            ("co.uk", None),
            ("com", None),
            ("localhost", None),
            ("x..com", None),
            (".com", None),
            ("com.", None),
            ("", None),
        ] {
            assert_eq!(organisation(domain), expected, "{domain}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer_that_is_its_end(text in "[a-z.*!é-]{0,40}") {
            if let Some(found) = organisation(&text) {
                prop_assert!(text.ends_with(found));
            }
        }
    }
}
