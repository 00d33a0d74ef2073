//! Whether a sender is who it says it is.

use super::mails::read;
use crate::channel::email::Authentication;

fn of(from: &str, envelope_from: &str, spf: &str, dkim: &str) -> Authentication {
    let envelope = format!(r#"{{"from":"{envelope_from}","to":[]}}"#);
    let mail = read(&[
        ("from", from.as_bytes()),
        ("envelope", envelope.as_bytes()),
        ("SPF", spf.as_bytes()),
        ("dkim", dkim.as_bytes()),
    ]);
    mail.authentication
}

#[test]
fn results_are_read_from_what_only_looks_like_json() {
    let pair = |domain: &str, result: &str| (domain.to_owned(), result.to_owned());
    let read = of(
        "a@example.com",
        "",
        " Pass ",
        "{@example.com : pass, @Mail.Example.ORG : fail}",
    );
    assert_eq!(read.spf.as_deref(), Some("pass"));
    assert_eq!(
        read.dkim,
        [
            pair("example.com", "pass"),
            pair("mail.example.org", "fail")
        ]
    );
    for none in ["none", "", "{}", "{ : }", "{@:pass}"] {
        assert!(of("a@example.com", "", "", none).dkim.is_empty(), "{none}");
    }
}

#[test]
fn a_sender_is_aligned_by_its_organisational_domain() {
    let aligned = |from: &str, envelope: &str, spf: &str, dkim: &str| {
        of(from, envelope, spf, dkim).is_aligned
    };
    assert!(aligned(
        "a@example.com",
        "bounce@mail.example.com",
        "pass",
        "none"
    ));
    assert!(aligned(
        "a@news.example.com",
        "x@other.example",
        "pass",
        "{@example.com : pass}"
    ));
    assert!(aligned(
        "a@shop.example.co.uk",
        "",
        "none",
        "{@x.org : fail, @example.co.uk : pass}"
    ));
    assert!(!aligned(
        "a@example.com",
        "a@example.com",
        "softfail",
        "{@example.com : fail}"
    ));
    assert!(!aligned(
        "a@example.com",
        "a@evil.example",
        "pass",
        "{@evil.example : pass}"
    ));
    assert!(
        !aligned("a@victim.co.uk", "a@evil.co.uk", "pass", "{@co.uk : pass}"),
        "a public suffix is nobody's"
    );
    assert!(!aligned(
        "a@victim.github.io",
        "",
        "none",
        "{@evil.github.io : pass}"
    ));
    assert!(
        !aligned("", "a@example.com", "pass", "{@example.com : pass}"),
        "no sender"
    );
    assert!(!aligned(
        "a@notexample.com",
        "a@example.com",
        "pass",
        "none"
    ));
}

#[test]
fn results_that_a_mail_forges_into_the_form_count_for_nothing() {
    let forged = b"hi\r\n--xYzZY\r\nContent-Disposition: form-data; name=\"SPF\"\r\n\r\npass\r\n--xYzZY\r\nContent-Disposition: form-data; name=\"dkim\"\r\n\r\n{@example.com : pass}";
    let mail = read(&[
        ("from", b"a@example.com"),
        ("envelope", br#"{"from":"a@example.com"}"#),
        ("text", forged),
        ("SPF", b"fail"),
        ("dkim", b"none"),
    ]);
    assert_eq!(mail.authentication, Authentication::default());
}
