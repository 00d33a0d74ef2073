//! What the platforms post, with their proof: bodies as their documentation shows them, signed with the
//! development secrets.

use serde_json::{Value, json};
use tributary_edge::auth::{hub_signature, standard_webhooks};

pub use mail::event as mail_event;
pub use reports::{
    facebook_delivery, facebook_read, instagram_seen, meta_echo, twitter_echo, twitter_read,
    whatsapp_status,
};

use super::model::{Channel, Customer, Message};

mod mail;
mod meta;
mod reports;
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
