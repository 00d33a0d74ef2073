//! What the platforms post, with their proof: bodies as their documentation shows them, signed with the
//! development secrets.

use serde_json::{Value, json};
use tributary_edge::auth::{hub_signature, standard_webhooks};

use super::model::{Channel, Customer, Message};

/// The development secrets of the local stack.
const WHATSAPP_APP_SECRET: &str = "dev-whatsapp-app-secret";
const FACEBOOK_APP_SECRET: &str = "dev-facebook-app-secret";
const CHATBOT_SECRET: &str = "whsec_ZGV2LWNoYXRib3Qtc2VjcmV0LTMyLWJ5dGVzLWxvbmc=";
/// The Meta app that sends in our name, as an echo tells it.
const APP_ID: u64 = 1_517_776_481_860_111;
const SUBJECT_CHARS: usize = 60;

/// What is posted to a webhook.
#[derive(Debug, Clone)]
pub struct Post {
    /// Where.
    pub path: &'static str,
    /// The bytes.
    pub body: String,
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

/// The message of a customer as its platform posts it. The bytes are the same each time; a chatbot's proof
/// also covers the time of the attempt, `now_ms`.
#[must_use]
pub fn message(customer: &Customer, message: &Message, now_ms: u64) -> Post {
    match customer.channel {
        Channel::Whatsapp => whatsapp(json!({
            "contacts": [{ "profile": { "name": customer.name }, "wa_id": customer.platform_id }],
            "messages": [{
                "from": customer.platform_id,
                "id": message.platform_message_id,
                "timestamp": seconds(message.at_ms).to_string(),
                "type": "text",
                "text": { "body": message.text },
            }],
        })),
        Channel::Facebook => facebook(
            message.at_ms,
            json!({
                "sender": { "id": customer.platform_id },
                "recipient": { "id": Channel::Facebook.account_id() },
                "timestamp": message.at_ms,
                "message": { "mid": message.platform_message_id, "text": message.text },
            }),
        ),
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
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "15550003001",
            "phone_number_id": Channel::Whatsapp.account_id(),
        },
    });
    for (name, part) in content.as_object().into_iter().flatten() {
        value[name] = part.clone();
    }
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "310001", "changes": [{ "field": "messages", "value": value }] }],
    });
    meta(Channel::Whatsapp, &body, WHATSAPP_APP_SECRET)
}

fn facebook(time_ms: u64, event: Value) -> Post {
    let body = json!({
        "object": "page",
        "entry": [{ "id": Channel::Facebook.account_id(), "time": time_ms, "messaging": [event] }],
    });
    meta(Channel::Facebook, &body, FACEBOOK_APP_SECRET)
}

fn meta(channel: Channel, body: &Value, secret: &str) -> Post {
    let body = body.to_string();
    let signature = hub_signature::sign(body.as_bytes(), secret);
    Post {
        path: channel.webhook(),
        body,
        headers: vec![(hub_signature::HEADER, signature)],
    }
}

fn chatbot(customer: &Customer, message: &Message, now_ms: u64) -> Post {
    let first_line = message.text.lines().next().unwrap_or_default().trim();
    let subject: String = first_line.chars().take(SUBJECT_CHARS).collect();
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
        body,
        headers: vec![
            (standard_webhooks::ID, id),
            (standard_webhooks::TIMESTAMP, now_s.to_string()),
            (standard_webhooks::SIGNATURE, signed.unwrap_or_default()),
        ],
    }
}

fn seconds(ms: u64) -> u64 {
    ms / 1_000
}
