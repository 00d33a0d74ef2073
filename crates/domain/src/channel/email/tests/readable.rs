//! What an agent reads.

use proptest::prelude::*;

use crate::channel::email::html::MAX_BYTES;
use crate::channel::email::{Mail, readable};

fn of_text(text: &str) -> String {
    readable(&mut Mail {
        text: Some(text.to_owned()),
        ..Mail::default()
    })
}

fn of_html(html: &str) -> String {
    readable(&mut Mail {
        html: Some(html.to_owned()),
        ..Mail::default()
    })
}

#[test]
fn lines_are_tidied_and_words_are_left_alone() {
    assert_eq!(
        of_text("\r\n \r\nDear all,  \r\n\tit is\0 late.\r\n\r\n"),
        "Dear all,\n\tit is late."
    );
    assert_eq!(of_text("a\rb\u{2028}c\u{85}d"), "a\nb\nc\nd");
    assert_eq!(of_text("a\n\n\n\n\n\n \n\nb"), "a\n\n\n\nb");
    assert_eq!(of_text("\u{FEFF}-- \nAnn\u{7}"), "--\nAnn");
    assert_eq!(of_text("  indented"), "  indented");
}

#[test]
fn the_html_is_read_where_the_text_says_nothing() {
    let mail = |text: &str| Mail {
        text: Some(text.to_owned()),
        html: Some("<p>Hello</p>".to_owned()),
        ..Mail::default()
    };
    assert_eq!(readable(&mut mail(" \r\n\u{200B}\u{A0}")), "Hello");
    assert_eq!(readable(&mut mail("Hi")), "Hi");
    assert_eq!(readable(&mut Mail::default()), "");
    assert_eq!(of_html(&"x".repeat(MAX_BYTES + 1)), "");
}

#[test]
fn html_becomes_lines_lists_links_and_quotes() {
    assert_eq!(
        of_html(
            "<head><title>t</title><style>x{}</style></head><body>Dear  Ann,<br>it is\n late.<p>Bye</p><p>Bob"
        ),
        "Dear Ann,\nit is late.\n\nBye\n\nBob"
    );
    assert_eq!(
        of_html("<div>a</div><div><div>b</div></div><div><br></div><div>c"),
        "a\nb\n\nc"
    );
    assert_eq!(
        of_html("x<ul><li>a<li>b<ol><li>c<li>d</ol></ul>y"),
        "x\n- a\n- b\n  1. c\n  2. d\ny"
    );
    assert_eq!(
        of_html(
            "See <a href='https://a.example/b?c'>our page</a>, <a href=https://a.example/>a.example</a> or <a href=mailto:a@b.example>a@b.example</a>."
        ),
        "See our page <https://a.example/b?c>, a.example or a@b.example."
    );
    assert_eq!(
        of_html("<a href=javascript:x>here</a> <a href=https://t.example><img src=x></a>"),
        "here"
    );
    assert_eq!(
        of_html("Yes<blockquote>Really?<br>Sure?<blockquote>Old</blockquote></blockquote>So"),
        "Yes\n> Really?\n> Sure?\n> > Old\nSo"
    );
    assert_eq!(
        of_html("<table width=900><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"),
        "a b\nc"
    );
    assert_eq!(
        of_html("a<hr>b<img src=x alt='A picture'>"),
        "a\n----------\nbA picture"
    );
    assert_eq!(
        of_html("<pre>a\n  b</pre>c &lt;&amp;&nbsp;&eacute;"),
        "a\n  b\nc <&\u{A0}é"
    );
    assert_eq!(of_html("<b>a</b>b <i>c</i>"), "ab c");
}

proptest! {
    #[test]
    fn nothing_panics_and_no_control_character_is_left(text in any::<String>()) {
        for text in [of_text(&text), of_html(&text)] {
            prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
            prop_assert!(!text.contains("\n\n\n\n\n") && text == text.trim_end());
        }
    }
}
