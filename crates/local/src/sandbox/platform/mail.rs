//! What SendGrid posts: mails by Inbound Parse, raw and parsed, and what became of ours by the Event Webhook
//! (twilio.com/docs/sendgrid/for-developers/parsing-email, …/tracking-events/event).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{JSON, Post, first_words, seconds};
use crate::sandbox::clock::unique_id;
use crate::sandbox::model::{Channel, Customer, Kind, Message};

mod answers;
mod form;
mod html;
mod letters;
mod mime;
mod parsed;
mod reports;
mod written;

use form::Form;
use mime::Letter;

const EVENTS: &str = "/api/webhooks/email/events";
/// The development secret of the local stack.
const BASIC: &str = "sendgrid:dev-sendgrid-inbound";
const SENDER_IP: &str = "192.0.2.25";

/// A person and where they read mail.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) address: String,
}

impl Person {
    fn new(name: &str, address: &str) -> Self {
        Self {
            name: name.to_owned(),
            address: address.to_owned(),
        }
    }

    fn of(customer: &Customer) -> Self {
        let address = customer.email.as_deref().unwrap_or(&customer.platform_id);
        Self::new(&customer.name, address)
    }

    pub(super) fn domain(&self) -> &str {
        self.address
            .rsplit_once('@')
            .map_or("example.org", |(_, domain)| domain)
    }
}

/// What a customer, or somebody in their place, mailed. The bytes are the same each time.
pub(super) fn post(customer: &Customer, message: &Message) -> Post {
    let person = Person::of(customer);
    let form = match (message.kind, &message.mail) {
        (Kind::Parsed, _) => parsed::form(&person, message),
        (Kind::ReplyGmail, Some(ours)) => raw(&answers::gmail(&person, message, ours), message),
        (Kind::ReplyOutlook, Some(ours)) => raw(&answers::outlook(&person, message, ours), message),
        (Kind::ReplyApple, Some(ours)) => raw(&answers::apple(&person, message, ours), message),
        (Kind::Stranger, Some(ours)) => {
            let stranger = Person::new("Sam Stranger", "sam@elsewhere.example.net");
            let mut letter = answers::gmail(&stranger, message, ours);
            letter.is_confirmed = false;
            raw(&letter, message)
        }
        (Kind::AutoReply, Some(ours)) => raw(&reports::absence(&person, message, ours), message),
        (Kind::Bounce, Some(ours)) => raw(&reports::bounce(&person, message, ours), message),
        (_, _) => raw(&written::letter(&person, message), message),
    };
    inbound(form, message)
}

fn inbound(form: Form, message: &Message) -> Post {
    let boundary = format!("xYzZY{}", message.id);
    Post {
        path: Channel::Email.webhook(),
        content_type: format!("multipart/form-data; boundary={boundary}"),
        body: form.bytes(&boundary),
        headers: vec![basic()],
    }
}

/// A mail as it came, beside what the mail server knows of it: "Send Raw".
fn raw(letter: &Letter, message: &Message) -> Form {
    let mut form = Form::default();
    form.text("email", &letter.source(&message.platform_message_id));
    form.text("to", &letter.to.address);
    form.text("from", &mime::mailbox_plain(&letter.from));
    form.text("subject", &letter.subject);
    let envelope = json!({ "to": [letter.to.address], "from": letter.envelope_from });
    form.text("envelope", &envelope.to_string());
    form.text(
        "charsets",
        &json!({ "to": "UTF-8", "from": "UTF-8", "subject": "UTF-8" }).to_string(),
    );
    let (spf, dkim) = if letter.is_confirmed {
        ("pass", "pass")
    } else {
        ("softfail", "fail")
    };
    form.text("SPF", spf);
    form.text("dkim", &format!("{{@{} : {dkim}}}", letter.from.domain()));
    form.text("sender_ip", SENDER_IP);
    form
}

/// What became of a mail of ours: `delivered` or `bounce`. `mark` is its `custom_args`.
#[must_use]
pub fn event(
    message: &Message,
    recipient: &str,
    event: &str,
    mark: Option<&str>,
    now_ms: u64,
) -> Post {
    let mut told = json!({
        "email": recipient,
        "timestamp": seconds(now_ms),
        "event": event,
        "sg_event_id": format!("sandbox-{}", unique_id()),
        "sg_message_id": format!("{}.recvd-sandbox-0001", message.platform_message_id),
    });
    if let Some(ours) = &message.mail {
        told["smtp-id"] = json!(ours.message_id);
    }
    if event == "bounce" {
        told["type"] = json!("bounce");
        told["status"] = json!("5.1.1");
        told["reason"] =
            json!("550 5.1.1 The email account that you tried to reach does not exist.");
    } else {
        told["response"] = json!("250 2.0.0 OK");
    }
    let args = mark.and_then(|mark| serde_json::from_str::<Value>(mark).ok());
    for (name, value) in args
        .as_ref()
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        told[name] = value.clone();
    }
    Post {
        path: EVENTS,
        content_type: JSON.to_owned(),
        body: json!([told]).to_string().into_bytes(),
        headers: vec![basic()],
    }
}

fn basic() -> (&'static str, String) {
    ("authorization", format!("Basic {}", STANDARD.encode(BASIC)))
}

/// What a new mail is about.
fn subject_of(message: &Message) -> String {
    let given = message
        .subject
        .clone()
        .filter(|subject| !subject.is_empty());
    let words = given.unwrap_or_else(|| first_words(&message.text));
    if words.is_empty() {
        "Hello".to_owned()
    } else {
        words
    }
}
