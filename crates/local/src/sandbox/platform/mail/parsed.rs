//! A mail as Inbound Parse posts it unless told to send it raw: taken apart, each field in a charset of its own.

use serde_json::json;

use super::form::Form;
use super::letters::{date, encoded_word};
use super::mime::mailbox_plain;
use super::{Person, SENDER_IP, subject_of};
use crate::sandbox::model::{Channel, Message};

const DEFAULT: &str = "Passt Größe 43 für Müller?";
/// Letters of code page 850 above ASCII that people write most.
const CP850: [(char, u8); 20] = [
    ('ü', 0x81),
    ('é', 0x82),
    ('â', 0x83),
    ('ä', 0x84),
    ('à', 0x85),
    ('ç', 0x87),
    ('ê', 0x88),
    ('è', 0x8A),
    ('Ä', 0x8E),
    ('É', 0x90),
    ('ô', 0x93),
    ('ö', 0x94),
    ('Ö', 0x99),
    ('Ü', 0x9A),
    ('ø', 0x9B),
    ('á', 0xA0),
    ('í', 0xA1),
    ('ó', 0xA2),
    ('ñ', 0xA4),
    ('ß', 0xE1),
];

/// The subject is in code page 850 and the text in Latin-1, as both were seen to come.
pub(super) fn form(person: &Person, message: &Message) -> Form {
    let mut message = message.clone();
    if message.text.trim().is_empty() {
        DEFAULT.clone_into(&mut message.text);
    }
    let to = Channel::Email.account_id();
    let subject = subject_of(&message);
    let headers = format!(
        "Date: {}\nFrom: {}\nTo: {to}\nSubject: {}\nMessage-ID: <{}>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n",
        date(message.at_ms),
        person.address,
        encoded_word(&subject).replace("\r\n", "\n"),
        message.platform_message_id,
    );
    let mut form = Form::default();
    form.text("headers", &headers);
    form.text("dkim", &format!("{{@{} : pass}}", person.domain()));
    form.text("to", to);
    form.text("from", &mailbox_plain(person));
    form.bytes_of("subject", subject.chars().map(cp850).collect());
    form.bytes_of("text", message.text.chars().map(latin1).collect());
    form.text("sender_ip", SENDER_IP);
    form.text(
        "envelope",
        &json!({ "to": [to], "from": person.address }).to_string(),
    );
    form.text("attachments", "0");
    let charsets =
        json!({ "to": "UTF-8", "from": "UTF-8", "subject": "CP850", "text": "iso-8859-1" });
    form.text("charsets", &charsets.to_string());
    form.text("SPF", "pass");
    form
}

fn cp850(letter: char) -> u8 {
    let known = CP850.iter().find(|(known, _)| *known == letter);
    match known {
        Some((_, byte)) => *byte,
        None if letter.is_ascii() => u8::try_from(letter).unwrap_or(b'?'),
        None => b'?',
    }
}

fn latin1(letter: char) -> u8 {
    u8::try_from(letter).unwrap_or(b'?')
}
