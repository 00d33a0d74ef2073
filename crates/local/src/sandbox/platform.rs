//! What the platforms post, with their proof: bodies as their documentation shows them, signed with the
//! development secrets.

use serde_json::{Value, json};
use tributary_edge::auth::{hub_signature, standard_webhooks};

pub use mail::event as mail_event;

use super::model::{Channel, Customer, Message};

mod mail;
mod meta;
mod twitter;
mod whatsapp;

/// The development secret of the local stack.
const CHATBOT_SECRET: &str = "whsec_ZGV2LWNoYXRib3Qtc2VjcmV0LTMyLWJ5dGVzLWxvbmc=";
/// The Meta app that sends in our name, as an echo tells it.
const APP_ID: u64 = 1_517_776_481_860_111;
/// The app that is the page's own inbox.
const PAGE_INBOX: u64 = 263_902_037_430_900;
const SUBJECT_CHARS: usize = 60;
const JSON: &str = "application/json";

/// What is posted to a webhook.
#[derive(Debug, Clone)]
pub struct Post {
    /// Where.
    pub path: &'static str,
    /// What the bytes are.
    pub content_type: String,
    /// The bytes.
    pub body: Vec<u8>,
    /// Everything but the content type, the proof last.
    pub headers: Vec<(&'static str, String)>,
}

impl Post {
    /// The header that proves the bytes, as it stands on the wire.
    #[must_use]
    pub fn proof(&self) -> String {
        self.headers
            .last()
            .map(|(name, value)| format!("{name}: {value}"))
            .unwrap_or_default()
    }
}

/// What a customer did as its platform posts it. The bytes are the same each time; a chatbot's proof also covers
/// the time of the attempt, `now_ms`. Files are at `media_url`.
#[must_use]
pub fn message(customer: &Customer, message: &Message, media_url: &str, now_ms: u64) -> Post {
    if message.kind.answers_mail() {
        return mail::post(customer, message);
    }
    match customer.channel {
        Channel::Email => mail::post(customer, message),
        Channel::Whatsapp => whatsapp::post(customer, message),
        Channel::Facebook | Channel::Instagram => meta::post(customer, message, media_url),
        Channel::Twitter => twitter::post(customer, message, media_url),
        Channel::WebChat => chatbot(customer, message, now_ms),
    }
}

/// WhatsApp's report on a message: `sent`, `delivered`, `read`, or `failed` with an error.
#[must_use]
pub fn whatsapp_status(
    message: &Message,
    recipient: &str,
    status: &str,
    callback_data: Option<&str>,
    now_ms: u64,
) -> Post {
    let mut report = json!({
        "id": message.platform_message_id,
        "status": status,
        "timestamp": seconds(now_ms).to_string(),
    });
    // A user whose number the business does not know has an id with the country before a dot.
    let field = if recipient.contains('.') {
        "recipient_user_id"
    } else {
        "recipient_id"
    };
    report[field] = json!(recipient);
    if let Some(data) = callback_data {
        report["biz_opaque_callback_data"] = json!(data);
    }
    if status == "failed" {
        let title = "Re-engagement message";
        let details = "Message failed to send because more than 24 hours have passed since the customer last replied to this number.";
        report["errors"] = json!([{ "code": 131_047, "title": title, "message": title, "error_data": { "details": details } }]);
    }
    whatsapp(json!({ "statuses": [report] }))
}

/// Messenger's copy of what we sent, which tells us its `metadata`.
#[must_use]
pub fn facebook_echo(message: &Message, recipient: &str, metadata: Option<&str>) -> Post {
    let mut copy = json!({
        "is_echo": true,
        "app_id": APP_ID,
        "mid": message.platform_message_id,
        "text": message.text,
    });
    if let Some(metadata) = metadata {
        copy["metadata"] = json!(metadata);
    }
    facebook(
        message.at_ms,
        json!({
            "sender": { "id": Channel::Facebook.account_id() },
            "recipient": { "id": recipient },
            "timestamp": message.at_ms,
            "message": copy,
        }),
    )
}

/// Messenger's report that all that was sent until then has come.
#[must_use]
pub fn facebook_delivery(message: &Message, recipient: &str, now_ms: u64) -> Post {
    facebook(
        now_ms,
        json!({
            "sender": { "id": recipient },
            "recipient": { "id": Channel::Facebook.account_id() },
            "delivery": { "mids": [message.platform_message_id], "watermark": now_ms },
        }),
    )
}

/// Messenger's report that all that was sent until then was read.
#[must_use]
pub fn facebook_read(recipient: &str, now_ms: u64) -> Post {
    facebook(
        now_ms,
        json!({
            "sender": { "id": recipient },
            "recipient": { "id": Channel::Facebook.account_id() },
            "timestamp": now_ms,
            "read": { "watermark": now_ms },
        }),
    )
}

fn whatsapp(content: Value) -> Post {
    whatsapp::post_field("messages", content)
}

fn facebook(time_ms: u64, event: Value) -> Post {
    meta::post_event(Channel::Facebook, time_ms, event)
}

/// A body signed as Meta signs it.
fn signed(channel: Channel, body: &Value, secret: &str) -> Post {
    let body = body.to_string();
    let signature = hub_signature::sign(body.as_bytes(), secret);
    Post {
        path: channel.webhook(),
        content_type: JSON.to_owned(),
        body: body.into_bytes(),
        headers: vec![(hub_signature::HEADER, signature)],
    }
}

fn chatbot(customer: &Customer, message: &Message, now_ms: u64) -> Post {
    let subject = first_words(&message.text);
    let body = json!({
        "source": "web_chat",
        "customer_email": customer.email,
        "customer_name": customer.name,
        "subject": if subject.is_empty() { "Chat" } else { &subject },
        "initial_message": message.text,
        "session_id": customer.platform_id,
    })
    .to_string();
    let id = message.platform_message_id.clone();
    let now_s = seconds(now_ms);
    let signed = standard_webhooks::sign(
        CHATBOT_SECRET,
        &id,
        i64::try_from(now_s).unwrap_or(i64::MAX),
        body.as_bytes(),
    );
    Post {
        path: Channel::WebChat.webhook(),
        content_type: JSON.to_owned(),
        body: body.into_bytes(),
        headers: vec![
            (standard_webhooks::ID, id),
            (standard_webhooks::TIMESTAMP, now_s.to_string()),
            (standard_webhooks::SIGNATURE, signed.unwrap_or_default()),
        ],
    }
}

/// What a message that has no subject is about.
fn first_words(text: &str) -> String {
    let first_line = text.lines().next().unwrap_or_default().trim();
    first_line.chars().take(SUBJECT_CHARS).collect()
}

fn seconds(ms: u64) -> u64 {
    ms / 1_000
}
