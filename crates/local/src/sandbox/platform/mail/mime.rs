//! A mail's source (RFC 5322, RFC 2045): its headers, and its parts one in another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Person;
use super::letters::{date, encoded_word, quoted_printable};

/// A mail before it is written out.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) from: Person,
    pub(super) to: Person,
    /// Who handed it over; empty for what must not be answered.
    pub(super) envelope_from: String,
    pub(super) subject: String,
    pub(super) at_ms: u64,
    /// Headers beside those that every mail has.
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Part,
    /// Whether the mail servers find it to be from whom it says.
    pub(super) is_confirmed: bool,
}

/// A part of a mail.
#[derive(Debug)]
pub(super) enum Part {
    /// Words, in UTF-8.
    Text {
        /// `plain` or `html`.
        kind: &'static str,
        /// The words.
        text: String,
    },
    /// A file, shown in its place when it has a Content-ID.
    File {
        mime_type: &'static str,
        name: &'static str,
        content_id: Option<&'static str>,
        bytes: &'static [u8],
    },
    /// Anything that is written out already.
    Plain {
        mime_type: &'static str,
        text: String,
    },
    /// Several in one.
    Multi {
        /// `mixed`, `alternative`, `related`, or `report` with its parameters.
        kind: &'static str,
        parts: Vec<Part>,
    },
}

impl Letter {
    /// The whole mail. `id` is its Message-ID without brackets.
    pub(super) fn source(&self, id: &str) -> String {
        let mut lines = vec![
            format!(
                "Received: from mail.{0} by mx.sendgrid.net",
                self.from.domain()
            ),
            format!("Date: {}", date(self.at_ms)),
            format!("From: {}", mailbox(&self.from)),
            format!("To: {}", mailbox(&self.to)),
            format!("Subject: {}", encoded_word(&self.subject)),
            format!("Message-ID: <{id}>"),
            "MIME-Version: 1.0".to_owned(),
        ];
        let others = self.headers.iter();
        lines.extend(others.map(|(name, value)| format!("{name}: {value}")));
        format!("{}\r\n{}", lines.join("\r\n"), self.body.source(id, "0"))
    }
}

impl Part {
    /// The words as text alone and formatted, as most programs send them.
    pub(super) fn alternative(text: String, html: String) -> Self {
        let parts = vec![
            Self::Text {
                kind: "plain",
                text,
            },
            Self::Text {
                kind: "html",
                text: html,
            },
        ];
        Self::Multi {
            kind: "alternative",
            parts,
        }
    }

    /// Headers and content; `place` tells it from all other parts.
    fn source(&self, id: &str, place: &str) -> String {
        match self {
            Self::Text { kind, text } => format!(
                "Content-Type: text/{kind}; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
                quoted_printable(text)
            ),
            Self::Plain { mime_type, text } => {
                format!("Content-Type: {mime_type}\r\n\r\n{text}\r\n")
            }
            Self::File {
                mime_type,
                name,
                content_id,
                bytes,
            } => {
                let (disposition, shown) = match content_id {
                    Some(content_id) => ("inline", format!("Content-ID: <{content_id}>\r\n")),
                    None => ("attachment", String::new()),
                };
                format!(
                    "Content-Type: {mime_type}; name=\"{name}\"\r\nContent-Disposition: {disposition}; filename=\"{name}\"\r\n{shown}Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
                    lines_of(&STANDARD.encode(bytes))
                )
            }
            Self::Multi { kind, parts } => {
                // Quoted-printable never has `=_` in it.
                let boundary = format!("=_{place}_{id}");
                let mut source =
                    format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\r\n\r\n");
                for (index, part) in parts.iter().enumerate() {
                    let part = part.source(id, &format!("{place}.{index}"));
                    source.push_str(&format!("--{boundary}\r\n{part}"));
                }
                source.push_str(&format!("--{boundary}--\r\n"));
                source
            }
        }
    }
}

/// A person as a header names them.
pub(super) fn mailbox(person: &Person) -> String {
    let Person { name, address } = person;
    if name.is_ascii() {
        return mailbox_plain(person);
    }
    format!("{} <{address}>", encoded_word(name))
}

/// The same, whatever letters the name has.
pub(super) fn mailbox_plain(Person { name, address }: &Person) -> String {
    if name.is_empty() {
        return address.clone();
    }
    let name = name.replace(['"', '\\', '\r', '\n'], " ");
    format!("\"{name}\" <{address}>")
}

/// Base64 in lines of 76.
fn lines_of(base64: &str) -> String {
    let mut lines = String::with_capacity(base64.len() + base64.len() / 38);
    for (index, letter) in base64.chars().enumerate() {
        if index > 0 && index % 76 == 0 {
            lines.push_str("\r\n");
        }
        lines.push(letter);
    }
    lines
}
