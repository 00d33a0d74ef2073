//! The form around a mail.

use bytes::Bytes;

use super::mails::{CONTENT_TYPE, form, read};
use crate::channel::email::{Mailbox, UnreadableMail, parse};

#[test]
fn only_a_body_that_is_no_form_is_refused() {
    let body = form(&[("text", b"Hello")]);
    for content_type in [
        "",
        "multipart/form-data",
        "application/json",
        "multipart/form-data; boundary=",
        "\0;;=\"",
    ] {
        assert_eq!(
            parse(content_type, &body),
            Err(UnreadableMail::NoBoundary),
            "{content_type}"
        );
    }
    for body in [
        "",
        "--xYzZY--",
        "hello",
        "--xYzZY\r\n\r\nno name\r\n--xYzZY--",
    ] {
        assert_eq!(
            parse(CONTENT_TYPE, &Bytes::from(body)),
            Err(UnreadableMail::NoPart),
            "{body}"
        );
    }
    assert!(parse("Multipart/Form-Data; Boundary=\"xYzZY\"", &body).is_ok());
}

#[test]
fn a_form_may_end_early_and_have_line_feeds_only() {
    let body = form(&[("subject", b"Order"), ("text", b"Hello\r\n")]);
    for cut in 0..=13 {
        let mail = parse(CONTENT_TYPE, &body.slice(..body.len() - cut)).unwrap();
        assert_eq!(mail.subject.as_deref(), Some("Order"));
        assert!(mail.text.unwrap().starts_with("Hello"), "{cut}");
    }
    let unix = String::from_utf8(body.to_vec())
        .unwrap()
        .replace("\r\n", "\n");
    assert_eq!(
        parse(CONTENT_TYPE, &Bytes::from(unix))
            .unwrap()
            .text
            .as_deref(),
        Some("Hello\n")
    );
    let empty = read(&[("text", b""), ("html", b"")]);
    assert_eq!(
        (empty.text.as_deref(), empty.html.as_deref()),
        (Some(""), Some(""))
    );
    assert_eq!(
        (empty.from, empty.subject, empty.date, empty.message_id),
        (None, None, None, None)
    );
}

#[test]
fn a_longer_line_is_no_boundary() {
    let mail = read(&[("text", b"a\r\n--xYzZYmore\r\nb")]);
    assert_eq!(mail.text.as_deref(), Some("a\r\n--xYzZYmore\r\nb"));
}

#[test]
fn each_field_has_its_own_charset() {
    let charsets =
        br#"{"subject":"cp850","text":"shift_jis","html":"utf-16le","from":"no-such","to":7}"#;
    let html: Vec<u8> = "<p>é</p>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let mail = read(&[
        ("charsets", charsets),
        ("subject", b"pidi\xA2"),
        ("text", b"\x82\xB1\x82\xF1"),
        ("html", &html),
        ("from", b"J\xF6rg <Joerg@Example.COM>"),
        (
            "to",
            b"Ren\xC3\xA9 <r@example.com>, broken, <@>, b@example.com",
        ),
    ]);
    assert_eq!(mail.subject.as_deref(), Some("pidió"));
    assert_eq!(mail.text.as_deref(), Some("こん"));
    assert_eq!(mail.html.as_deref(), Some("<p>é</p>"));
    let mailbox = |address: &str, name: Option<&str>| Mailbox {
        address: address.to_owned(),
        name: name.map(str::to_owned),
    };
    assert_eq!(mail.from, Some(mailbox("joerg@example.com", Some("Jörg"))));
    assert_eq!(
        mail.to,
        [
            mailbox("r@example.com", Some("René")),
            mailbox("b@example.com", None)
        ]
    );
}

#[test]
fn the_envelope_may_lack_anything() {
    let of = |json: &str| {
        let mail = read(&[("envelope", json.as_bytes())]);
        (mail.envelope_from, mail.envelope_to)
    };
    let to = || vec!["a@x.example".to_owned(), "b@x.example".to_owned()];
    assert_eq!(
        of(r#"{"to":["a@x.example","b@x.example"],"from":"c@x.example"}"#),
        (Some("c@x.example".to_owned()), to())
    );
    assert_eq!(
        of(r#"{"to":"a@x.example","from":""}"#),
        (Some(String::new()), to()[..1].to_vec())
    );
    assert_eq!(of(r#"{"from":"<>"}"#), (Some(String::new()), vec![]));
    for json in ["", "[]", "{", "{\"to\":7,\"from\":7}", "\u{0}"] {
        assert_eq!(of(json), (None, vec![]), "{json}");
    }
}

#[test]
fn files_are_slices_of_the_body_in_the_order_of_their_numbers() {
    let info = br#"{"attachment1":{"filename":"C:\\x\\a.png","type":"image/png","content-id":"<c@1>"},"attachment2":{"type":"text/plain"},"attachment10":{"name":"../../etc/passwd"}}"#;
    let body = form(&[
        ("attachment10\"; filename=\"", b"ten"),
        ("attachment2\"; filename=\"..\\..\\b.txt", b"two"),
        ("attachment-info", info),
        ("attachment1\"; filename=\"other", b"one"),
        ("attachments", b"3"),
        ("attachmentX", b"no"),
    ]);
    let mail = parse(CONTENT_TYPE, &body).unwrap();
    let rows: Vec<_> = mail
        .files
        .iter()
        .map(|f| {
            (
                f.name.as_deref(),
                f.mime_type.as_deref(),
                f.content_id.as_deref(),
                &f.bytes[..],
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            (Some("a.png"), Some("image/png"), Some("c@1"), &b"one"[..]),
            (Some("b.txt"), Some("text/plain"), None, b"two"),
            (Some("passwd"), None, None, b"ten"),
        ]
    );
    let within = body.as_ptr_range();
    assert!(
        mail.files
            .iter()
            .all(|f| within.contains(&f.bytes.as_ptr())),
        "nothing is copied"
    );
}
