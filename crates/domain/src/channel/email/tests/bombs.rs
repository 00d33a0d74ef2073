//! Mails made to cost much: read at once, and said to be cut where they are. The largest are in
//! `tests/mail_memory.rs`.

use std::fmt::Write;
use std::time::{Duration, Instant};

use super::mails::{raw_bytes, read};
use crate::channel::email::{Mail, fold, readable};

const MIB: usize = 1024 * 1024;

/// Unoptimised and beside other tests; what is quadratic takes minutes.
fn at_once(mime: &str) -> Mail {
    let start = Instant::now();
    let mail = raw_bytes(mime.as_bytes());
    let _ = fold(&readable(&mut mail.clone()));
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    mail
}

#[test]
fn ten_thousand_parts_are_not_all_listed() {
    let mut mail = "Content-Type: multipart/mixed; boundary=x\r\n\r\n".to_owned();
    for n in 0..10_000 {
        let _ = write!(
            mail,
            "--x\r\nContent-Type: image/png; name={n}.png\r\n\r\n{n}\r\n"
        );
    }
    let mail = at_once(&mail);
    assert_eq!((mail.files.len(), mail.is_cut), (100, true));
    let fields: Vec<String> = (1..=10_000).map(|n| format!("attachment{n}")).collect();
    let fields: Vec<(&str, &[u8])> = fields.iter().map(|n| (n.as_str(), &b"x"[..])).collect();
    let mail = read(&fields);
    assert_eq!((mail.files.len(), mail.is_cut), (100, true));
}

#[test]
fn a_thousand_levels_are_cut_and_kept() {
    let nested = |open: &dyn Fn(usize) -> String| (0..1_000).map(open).collect::<String>();
    let multiparts =
        nested(&|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
            + "\r\ndeep";
    let mail = at_once(&multiparts);
    assert!(mail.is_cut && mail.files.len() == 1);
    assert!(
        mail.files[0].bytes.ends_with(b"deep"),
        "what is too deep is a file"
    );
    // Of a mail in a mail nothing is read but its subject.
    let mails =
        nested(&|n| format!("Subject: {n}\r\nContent-Type: message/rfc822\r\n\r\n")) + "\r\ndeep";
    let mail = at_once(&mails);
    assert_eq!(mail.files[0].name.as_deref(), Some("1.eml"));
    let same = nested(&|_| "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".to_owned());
    assert!(!at_once(&same).is_cut || at_once(&same).files.len() <= 100);
    let missing =
        nested(&|n| format!("--x\r\nContent-Type: multipart/mixed; boundary=m{n}\r\n\r\n"));
    at_once(&format!(
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n{}",
        missing.repeat(10)
    ));
}

#[test]
fn long_lines_bodies_and_headers_are_read_once() {
    let line = "x".repeat(2 * MIB);
    assert_eq!(
        at_once(&format!("Subject: s\r\n\r\n{line}"))
            .text
            .unwrap()
            .len(),
        line.len()
    );
    let dashes = "--".repeat(MIB / 2);
    at_once(&format!(
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n{dashes}"
    ));
    let rules = "--\r\n".repeat(MIB / 8);
    at_once(&format!(
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n{rules}"
    ));
    let base64 = "QUJD".repeat(MIB / 2);
    let mail = at_once(&format!(
        "Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64}"
    ));
    assert_eq!(mail.files[0].bytes.len(), MIB / 2 * 3);
    let printable = "=41".repeat(MIB / 8);
    at_once(&format!(
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n{printable}"
    ));
    let long = "x ".repeat(5 * MIB / 2);
    let mail = at_once(&format!("Subject: {long}\r\nMessage-ID: <1@x>\r\n\r\nbody"));
    assert!(mail.subject.unwrap().len() <= 64 * 1024);
    assert_eq!(mail.message_id.as_deref(), Some("<1@x>"));
}

#[test]
fn lists_in_headers_are_cut() {
    let ids: String = (0..100_000).map(|n| format!(" <{n}@x>\r\n")).collect();
    let mail = at_once(&format!("References:{ids}\r\n\r\nx"));
    assert_eq!(mail.references.len(), 100);
    assert_eq!(
        mail.references.last().map(String::as_str),
        Some("<99999@x>")
    );
    let people: String = (0..100_000)
        .map(|n| format!(" p{n}@x.example,\r\n"))
        .collect();
    assert_eq!(at_once(&format!("To:{people}\r\n\r\nx")).to.len(), 100);
    let fields: String = (0..100_000).map(|n| format!("X-{n}: {n}\r\n")).collect();
    assert_eq!(
        at_once(&format!("{fields}\r\nx")).text.as_deref(),
        Some("x")
    );
    for piece in [
        "=?a?q?",
        "=?utf-8?b?",
        "<",
        "(",
        "\"",
        "\\",
        ";a*0=",
        ";a=b",
        "a*1*=x'y'z;",
        ",",
        "=?",
        "<a@b",
        "[",
        "\t\r\n ",
    ] {
        let value = piece.repeat(200_000 / piece.len());
        for field in [
            "Subject",
            "From",
            "To",
            "References",
            "Message-ID",
            "Date",
            "Content-Type",
            "Content-Disposition",
        ] {
            at_once(&format!("{field}: {value}\r\n\r\nx"));
        }
    }
}
