//! Trees of parts as mail programs make them, and as nobody should.

use super::mails::{raw, raw_bytes};
use crate::channel::email::Mail;

/// A mail of one multipart; each part is given with its headers.
fn multipart(kind: &str, parts: &[&str]) -> String {
    let boundary = format!("b-{}", kind.split(';').next().unwrap());
    let mut mail = format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\n\n");
    for part in parts {
        mail += &format!("--{boundary}\n{part}\n");
    }
    mail + &format!("--{boundary}--\n")
}

const TEXT: &str = "Content-Type: text/plain\n\ntext";
const HTML: &str = "Content-Type: text/html\n\n<p>html</p>";
const PNG: &str = "Content-Type: image/png; name=a.png\nContent-ID: <a@1>\nContent-Transfer-Encoding: base64\n\niVBO\nRw0K";

fn shape(mail: &Mail) -> (Option<&str>, Option<&str>, Vec<&str>) {
    let names = mail
        .files
        .iter()
        .map(|f| f.name.as_deref().or(f.mime_type.as_deref()).unwrap_or("?"));
    (mail.text.as_deref(), mail.html.as_deref(), names.collect())
}

#[test]
fn text_and_html_are_chosen_among_alternatives() {
    let calendar = "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR";
    let mail = raw(&multipart("alternative", &[TEXT, HTML, calendar]));
    assert_eq!(
        shape(&mail),
        (Some("text"), Some("<p>html</p>"), vec!["text/calendar"])
    );
    let related = multipart("related", &[HTML, PNG]);
    let mail = raw(&multipart(
        "mixed",
        &[
            &multipart("alternative", &[TEXT, &related]),
            "Content-Type: application/ms-tnef; name=winmail.dat\n\nx",
        ],
    ));
    assert_eq!(
        shape(&mail),
        (
            Some("text"),
            Some("<p>html</p>"),
            vec!["a.png", "winmail.dat"]
        )
    );
    assert_eq!(mail.files[0].content_id.as_deref(), Some("a@1"));
    assert_eq!(&mail.files[0].bytes[..], b"\x89PNG\r\n");
    let alternative = multipart("alternative", &[TEXT, HTML]);
    assert_eq!(
        shape(&raw(&multipart("related", &[&alternative, PNG]))),
        (Some("text"), Some("<p>html</p>"), vec!["a.png"])
    );
}

#[test]
fn pieces_of_one_message_are_put_together() {
    let footer = "Content-Type: text/plain\n\na < b";
    assert_eq!(
        shape(&raw(&multipart("mixed", &[TEXT, PNG, footer]))),
        (Some("text\r\na < b"), None, vec!["a.png"])
    );
    // A text that lacks what is HTML only would be read instead of all of it.
    assert_eq!(
        shape(&raw(&multipart("mixed", &[HTML, footer]))),
        (None, Some("<p>html</p><pre>a &lt; b</pre>"), vec![])
    );
    let apple = multipart(
        "mixed",
        &[HTML, PNG, "Content-Type: text/html\n\n<p>more</p>"],
    );
    assert_eq!(
        shape(&raw(&multipart("alternative", &[TEXT, &apple]))),
        (Some("text"), Some("<p>html</p><p>more</p>"), vec!["a.png"])
    );
}

#[test]
fn what_has_a_name_or_is_attached_is_a_file() {
    let mail = raw(&multipart(
        "mixed",
        &[
            TEXT,
            "Content-Type: text/plain; name=notes.txt\n\nnotes",
            "Content-Type: text/html\nContent-Disposition: attachment; filename=page.html\n\n<p>",
            "Content-Disposition: attachment\n\nbare",
            "Content-Type: message/rfc822\n\nSubject: Re: Order 1/2\nContent-Type: multipart/mixed; boundary=\"b-mixed2\"\n\n--b-mixed2\n\nx\n--b-mixed2--\n",
            "Content-Type: message/rfc822\n\n\nno headers",
        ],
    ));
    assert_eq!(
        shape(&mail),
        (
            Some("text"),
            None,
            vec![
                "notes.txt",
                "page.html",
                "?",
                "Re- Order 1-2.eml",
                "forwarded.eml"
            ]
        )
    );
    assert!(mail.files[3].bytes.ends_with(b"--b-mixed2--\r\n"));
    assert_eq!(
        shape(&raw("Content-Type: text/plain; name=body.txt\n\nall")),
        (Some("all"), None, vec![])
    );
    assert_eq!(
        shape(&raw(
            "Content-Type: application/pdf\nContent-Disposition: attachment; filename=scan.pdf\n\nx"
        )),
        (None, None, vec!["scan.pdf"])
    );
    let digest = raw(&multipart("digest", &["\nSubject: one\n\nx"]));
    assert_eq!(shape(&digest), (None, None, vec!["one.eml"]));
}

#[test]
fn names_are_decoded_and_lose_their_folders() {
    for (parameters, name) in [
        (
            "filename=\"=?utf-8?Q?R=C3=A9sum=C3=A9.pdf?=\"",
            Some("Résumé.pdf"),
        ),
        (
            "filename*=utf-8''%e2%82%ac%20rates.txt",
            Some("€ rates.txt"),
        ),
        (
            "filename*0*=iso-8859-1''a%e9; filename*1=\"bc.txt\"",
            Some("aébc.txt"),
        ),
        ("filename=\"C:\\Users\\ann\\notes.txt\"", Some("notes.txt")),
        ("filename=\"..\\..\\evil.exe\"", Some("evil.exe")),
        ("filename=\"../../etc/passwd\"", Some("passwd")),
        ("filename=\"a\\\"b.txt\"", Some("a\"b.txt")),
        ("filename=\"folder/\"", Some("folder")),
        ("filename=\"..\"", None),
        ("filename=\"\"", None),
        ("filename=\"a\u{202E}gpj.exe\"", Some("agpj.exe")),
        ("filename=\"a\u{1}b\"", Some("ab")),
    ] {
        let mail = raw(&format!(
            "Content-Type: application/x\nContent-Disposition: attachment; {parameters}\n\nx"
        ));
        assert_eq!(mail.files[0].name.as_deref(), name, "{parameters}");
    }
    let long = "x".repeat(500);
    let mail = raw(&format!(
        "Content-Type: application/x; name=\"{long}.tar\"\n\nx"
    ));
    let name = mail.files[0].name.as_deref().unwrap();
    assert!(name.len() == 200 && name.ends_with(".tar"));
}

#[test]
fn a_broken_tree_still_says_what_it_says() {
    // No boundary, a boundary that never comes, one that never ends, and a part without headers' end.
    assert_eq!(
        shape(&raw("Content-Type: multipart/mixed\n\nplain")),
        (Some("plain"), None, vec![])
    );
    assert_eq!(
        shape(&raw("Content-Type: multipart/mixed; boundary=x\n\nplain")),
        (Some("plain"), None, vec![])
    );
    let open = "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nplain";
    assert_eq!(shape(&raw(open)), (Some("plain"), None, vec![]));
    let inner_open = "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; boundary=y\n\n--y\n\nplain\n--x\nContent-Type: image/gif\n\ngif\n--x--";
    assert_eq!(
        shape(&raw(inner_open)),
        (Some("plain"), None, vec!["image/gif"])
    );
    let bare = "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n--x\n\nlast\n--x--\nafter";
    assert_eq!(raw(bare).text.as_deref(), Some("\r\nlast"));
    let prefix = "Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--xy\nb\n--x-- \n";
    assert_eq!(raw(prefix).text.as_deref(), Some("a\r\n--xy\r\nb"));
    assert_eq!(raw("no header at all").text.as_deref(), Some(""));
    assert_eq!(raw("From: a@b.example\n\n").text.as_deref(), Some(""));
}

#[test]
fn encodings_lose_only_what_is_broken() {
    let body = |encoding: &str, body: &str| {
        raw(&format!("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n{body}")).text.unwrap()
    };
    assert_eq!(body("base64", "SGVs\n bG8"), "Hello");
    assert_eq!(body("Base64 ", "SGVsbG8=\n\nIHlvdQ=="), "Hello you");
    assert_eq!(body("base64", "SGV*s_bG8"), "Hello");
    assert_eq!(body("base64", "-"), "");
    assert_eq!(
        body("quoted-printable", "caf=C3=A9 = 1=\n2 =3d =zz=3\nx  \n="),
        "café = 12 = =zz=3\r\nx\r\n"
    );
    assert_eq!(body("x-unknown", "as it is"), "as it is");
    assert_eq!(body("8bit", "ü"), "ü");
}

#[test]
fn headers_are_read_leniently() {
    let mail = raw(concat!(
        "Subject: =?utf-8?Q?Caf=C3=A9?=\n =?utf-8?B?IG9wZW4=?= now\n",
        "FROM :  \"Ann, B.\" <Ann@Example.com>\nTo: undisclosed-recipients:;\nCc: a@x.example, Team: b@x.example, c@x.example;\n",
        "Message-ID: <abc\n def@x.example>\nIn-Reply-To: <1@x>, <2@x>\nReferences: <1@x><2@x>\n\t<3 @x>\nDate: Mon, 2 Nov 26 10:00 +0100\n\nx"
    ));
    assert_eq!(mail.subject.as_deref(), Some("Café open now"));
    let from = mail.from.unwrap();
    assert_eq!(
        (from.address.as_str(), from.name.as_deref()),
        ("ann@example.com", Some("Ann, B."))
    );
    assert!(mail.to.is_empty());
    let cc: Vec<&str> = mail.cc.iter().map(|m| m.address.as_str()).collect();
    assert_eq!(cc, ["a@x.example", "b@x.example", "c@x.example"]);
    assert_eq!(mail.message_id.as_deref(), Some("<abcdef@x.example>"));
    assert_eq!(mail.in_reply_to, ["<1@x>", "<2@x>"]);
    assert_eq!(mail.references, ["<1@x>", "<2@x>", "<3@x>"]);
    assert_eq!(
        mail.date.map(|d| d.to_string()).as_deref(),
        Some("2026-11-02T09:00:00.000Z")
    );
    assert_eq!(
        raw("Message-ID: abc@x\n\n").message_id.as_deref(),
        Some("<abc@x>")
    );
    for odd in [
        "Message-ID:\n\n",
        "Message-ID: <>\n\n",
        "Message-ID: <a\n\n",
        "Date: yesterday\n\n",
        "Date: 99 Foo 2024 99:99:99 +9999\n\n",
        "From: <>\n\n",
        "From: nobody\n\n",
    ] {
        let mail = raw(odd);
        assert_eq!(
            (mail.message_id, mail.date, mail.from),
            (None, None, None),
            "{odd}"
        );
    }
    let latin = raw_bytes(b"Subject: Caf\xE9\r\nFrom: J\xF6rg <j@x.example>\r\n\r\nx");
    assert_eq!(
        (
            latin.subject.as_deref(),
            latin.from.unwrap().name.as_deref()
        ),
        (Some("Café"), Some("Jörg"))
    );
}
