//! Mails to read, as Inbound Parse would post them.

use bytes::Bytes;

use crate::channel::email::{self, Mail};

pub(super) const CONTENT_TYPE: &str = "multipart/form-data; boundary=xYzZY";

/// A form of fields; a name may carry more parameters, as `attachment1"; filename="a.txt`.
pub(super) fn form(fields: &[(&str, &[u8])]) -> Bytes {
    let mut body = Vec::new();
    for (name, value) in fields {
        let start = format!("--xYzZY\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(start.as_bytes());
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--xYzZY--\r\n");
    body.into()
}

pub(super) fn read(fields: &[(&str, &[u8])]) -> Mail {
    email::parse(CONTENT_TYPE, &form(fields)).unwrap()
}

/// A mail in raw mode; line feeds stand for CRLF.
pub(super) fn raw(mime: &str) -> Mail {
    raw_bytes(mime.replace('\n', "\r\n").as_bytes())
}

pub(super) fn raw_bytes(mime: &[u8]) -> Mail {
    read(&[("email", mime)])
}

/// A mail of the default mode with these headers.
pub(super) fn with_headers(headers: &str) -> Mail {
    read(&[("headers", headers.as_bytes()), ("text", b"Hello")])
}
