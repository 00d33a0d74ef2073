//! Whatever comes: nothing panics.

use bytes::Bytes;
use proptest::prelude::*;

use super::mails::{CONTENT_TYPE, form};
use crate::channel::email::{fold, html, parse, readable};

fn use_all(body: Bytes) {
    let Ok(mut mail) = parse(CONTENT_TYPE, &body) else {
        return;
    };
    let _ = fold(&readable(&mut mail));
    if let Some(html) = &mail.html {
        let _ = html::sanitise(html, &|id| Some(format!("attachment:{id}")));
    }
    for file in &mail.files {
        assert!(file.name.as_ref().is_none_or(|name| !name.contains(['/', '\\', '\0']) && name.chars().count() <= 200));
    }
}

/// Pieces that mean something in mails, and others.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\r\n",
            "\n",
            "\r\n\r\n",
            "--b",
            "--b--",
            "--b\r\n",
            "\r\n--b--\r\n",
            "--c\r\n",
            "\r\n--xYzZY\r\n",
            "Content-Type: ",
            "multipart/mixed; boundary=b\r\n\r\n",
            "multipart/alternative; boundary=\"c\"\r\n\r\n",
            "text/html; charset=utf-7\r\n\r\n",
            "message/rfc822\r\n\r\n",
            "text/plain; charset=iso-2022-jp\r\n",
            "Content-Transfer-Encoding: base64\r\n",
            "Content-Transfer-Encoding: quoted-printable\r\n",
            "Content-Disposition: attachment; filename*0*=utf-7''%41",
            "; filename=\"",
            "Subject: =?utf-7?q?+AOk-",
            "?=",
            "=?gb18030?b?",
            "Message-ID: <",
            ">",
            "From: ",
            "a@b.example",
            "\"",
            "(",
            ";",
            ",",
            "=",
            "=3D",
            "Date: Mon, 99 Feb 9999 99:99:99 -9999\r\n",
            "Date: 31 Dec 65535 23:59:60 +2400\r\n",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n",
            "Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n",
            "\r\nContent-Disposition: form-data; name=\"attachment1\"; filename=\"",
            "<p>",
            "<b>",
        ])
        .prop_map(|piece| piece.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_raw_mail_is_read(mail in soup()) {
        use_all(form(&[("email", &mail)]));
    }

    #[test]
    fn any_fields_are_read(headers in soup(), text in soup(), charset in "[a-z0-9_-]{0,12}", info in soup()) {
        let charsets = format!("{{\"text\":\"{charset}\",\"html\":\"{charset}\"}}");
        use_all(form(&[("headers", &headers), ("text", &text), ("html", &text), ("charsets", charsets.as_bytes()), ("attachment1", &info),
            ("attachment-info", &info), ("dkim", &info), ("envelope", &text), ("from", &headers)]));
    }

    #[test]
    fn any_form_is_read(body in soup(), content_type in soup()) {
        use_all(body.clone().into());
        let mut whole = b"--xYzZY\r\n".to_vec();
        whole.extend(body);
        let whole = Bytes::from(whole);
        use_all(whole.clone());
        let _ = parse(&String::from_utf8_lossy(&content_type), &whole);
    }

    #[test]
    fn any_bytes_are_read(body in prop::collection::vec(any::<u8>(), 0..300)) {
        use_all(form(&[("email", &body)]));
        use_all(body.into());
    }
}
