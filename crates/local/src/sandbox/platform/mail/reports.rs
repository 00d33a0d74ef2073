//! What machines answer to our mail: that somebody is away (RFC 3834), that it could not be delivered (RFC 3464).

use super::answers::{answer, bare};
use super::mime::{Letter, Part};
use super::{Person, SENDER_IP};
use crate::sandbox::model::{Message, SentMail};

/// A notice of absence, as Exchange sends it.
pub(super) fn absence(person: &Person, message: &Message, ours: &SentMail) -> Letter {
    let text = if message.text.trim().is_empty() {
        "I am away until Monday.".to_owned()
    } else {
        message.text.clone()
    };
    let body = Part::Text {
        kind: "plain",
        text,
    };
    let mut letter = answer(person, message, ours, "Automatic reply: ", body);
    let says_so = [
        ("Auto-Submitted", "auto-replied"),
        ("X-Auto-Response-Suppress", "All"),
    ];
    let says_so = says_so.map(|(name, value)| (name, value.to_owned()));
    letter.headers.extend(says_so);
    letter
}

/// A report that our mail was not taken, as Postfix sends it to who wrote the mail.
pub(super) fn bounce(person: &Person, message: &Message, ours: &SentMail) -> Letter {
    let server = format!("mx.{}", person.domain());
    let words = format!(
        "This is the mail system at host {server}.\n\nI'm sorry to have to inform you that your message could not be delivered.\n\n<{}>: host {server}[{SENDER_IP}] said: 550 5.1.1 User unknown",
        person.address
    );
    let status = format!(
        "Reporting-MTA: dns; {server}\r\n\r\nFinal-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown",
        person.address
    );
    let original = format!(
        "From: {}\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: {}",
        ours.from,
        person.address,
        bare(&ours.subject).replace(|letter: char| !letter.is_ascii(), "?"),
        ours.message_id
    );
    let parts = vec![
        Part::Text {
            kind: "plain",
            text: words,
        },
        Part::Plain {
            mime_type: "message/delivery-status",
            text: status,
        },
        Part::Plain {
            mime_type: "text/rfc822-headers",
            text: original,
        },
    ];
    Letter {
        from: Person::new("Mail Delivery System", &format!("mailer-daemon@{server}")),
        to: Person::new("", &ours.from),
        envelope_from: String::new(),
        subject: "Undelivered Mail Returned to Sender".to_owned(),
        at_ms: message.at_ms,
        headers: vec![
            ("Return-Path", "<>".to_owned()),
            ("Auto-Submitted", "auto-replied".to_owned()),
        ],
        body: Part::Multi {
            kind: "report; report-type=delivery-status",
            parts,
        },
        is_confirmed: true,
    }
}
