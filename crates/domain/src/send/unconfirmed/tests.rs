//! What is the same text.

use super::is_same;

#[test]
fn addresses_are_not_compared_wherever_they_stand_in_a_word() {
    for (ours, said) in [
        ("See https://a.example/b now", "See https://t.co/x now"),
        ("See (https://a.example/b).", "See (https://t.co/x)."),
        ("See:https://a.example/b", "See:https://t.co/x"),
        (
            "https://a.example,https://b.example",
            "https://t.co/x,https://t.co/y",
        ),
        ("HTTP://A.example is ours", "https://t.co/x is ours"),
        ("See a.example/b now", "See https://t.co/x now"),
        (
            "\u{201e}https://a.example\u{201c}",
            "\u{201e}https://t.co/x\u{201c}",
        ),
        ("  two \n words ", "two words"),
    ] {
        assert!(is_same(ours, said, false), "{ours} / {said}");
    }
}

#[test]
fn everything_else_is() {
    for (ours, said) in [
        ("Yes", "No"),
        ("See it now", "See https://t.co/x now"),
        ("See [https://a.example/b]", "See (https://t.co/x)"),
        ("See https://a.example/b", "See https://t.co/x now"),
        ("See https://a.example/b now", "See https://t.co/x"),
        ("Yes", ""),
    ] {
        assert!(!is_same(ours, said, false), "{ours} / {said}");
    }
}

#[test]
fn of_a_cut_text_the_start_is_compared_which_may_end_within_a_word() {
    assert!(is_same("one tw", "one two three", true));
    assert!(is_same("one", "one", true));
    assert!(is_same(
        "see (https://a.exa",
        "see (https://t.co/x) now",
        true
    ));
    assert!(!is_same("one tw", "one too", true));
    assert!(!is_same("on two", "one two", true));
}
