//! What X posts: Account Activity for direct messages, X Activity for encrypted chats.

use serde_json::{Value, json};
use tributary_edge::auth::x_signature;

use super::{JSON, Post};
use crate::sandbox::model::{Channel, Customer, Kind, Message};
use crate::sandbox::state::rfc3339;

const CONSUMER_SECRET: &str = "dev-twitter-consumer-secret";
pub(super) const SHORT_LINK: &str = "https://t.co/sandbox";

/// What a customer did.
pub(super) fn post(customer: &Customer, message: &Message, media_url: &str) -> Post {
    let ours = Channel::Twitter.account_id();
    let body = if message.kind == Kind::Encrypted {
        encrypted(customer, message)
    } else if message.kind == Kind::Revoked {
        json!({ "user_event": { "revoke": {
            "date_time": rfc3339(message.at_ms), "target": { "app_id": "1" }, "source": { "user_id": ours } } } })
    } else {
        direct(customer, message, media_url)
    };
    signed(&body)
}

/// A body signed as X signs it.
pub(super) fn signed(body: &Value) -> Post {
    let body = body.to_string();
    let signature = x_signature::sign(body.as_bytes(), CONSUMER_SECRET);
    Post {
        path: Channel::Twitter.webhook(),
        content_type: JSON.to_owned(),
        body: body.into_bytes(),
        headers: vec![(x_signature::HEADER, signature)],
    }
}

fn encrypted(customer: &Customer, message: &Message) -> Value {
    let ours = Channel::Twitter.account_id();
    json!({ "data": {
        "event_uuid": message.platform_message_id, "filter": { "user_id": ours }, "event_type": "chat.received",
        "payload": {
            "id": message.platform_message_id, "created_at_msec": message.at_ms.to_string(),
            "sender_id": customer.platform_id, "conversation_id": format!("{}:{ours}", customer.platform_id),
            "encoded_event": "CwABAAAAEzIwODA" } } })
}

fn direct(customer: &Customer, message: &Message, media_url: &str) -> Value {
    let ours = Channel::Twitter.account_id();
    let (sender, recipient) = if message.kind == Kind::External {
        (ours, customer.platform_id.as_str())
    } else {
        (customer.platform_id.as_str(), ours)
    };
    let file = |name: &str| format!("{media_url}/sandbox/media/{name}");
    let media = if message.kind == Kind::Image {
        Some(json!({ "type": "photo", "url": SHORT_LINK, "media_url_https": file("picture.png") }))
    } else if message.kind == Kind::Video {
        Some(
            json!({ "type": "video", "url": SHORT_LINK, "media_url_https": file("picture.png"),
            "video_info": { "variants": [{ "bitrate": 1, "content_type": "video/mp4", "url": file("clip.mp4") }] } }),
        )
    } else {
        None
    };
    let mut data = message_data(&message.text, media);
    if message.kind == Kind::Button {
        data["quick_reply_response"] = json!({ "type": "options", "metadata": "yes" });
    }
    if message.text.trim().is_empty() && matches!(message.kind, Kind::Button | Kind::External) {
        data["text"] = json!("Yes, please");
    }
    json!({
        "for_user_id": ours,
        "direct_message_events": [event(message, (sender, recipient), &data)],
        "users": { customer.platform_id.as_str(): {
            "id": customer.platform_id, "name": customer.name,
            "screen_name": customer.name.to_lowercase().replace(' ', "_") } },
    })
}

/// What a message says: its text is escaped, and ends with a link to its file.
pub(super) fn message_data(text: &str, media: Option<Value>) -> Value {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let mut data = json!({ "text": escaped, "entities": { "urls": [] } });
    if let Some(media) = media {
        data["text"] = json!(format!("{escaped} {SHORT_LINK}").trim());
        data["attachment"] = json!({ "type": "media", "media": media });
    }
    data
}

/// One message from somebody to somebody.
pub(super) fn event(message: &Message, (sender, recipient): (&str, &str), data: &Value) -> Value {
    json!({
        "type": "message_create",
        "id": message.platform_message_id,
        "created_timestamp": message.at_ms.to_string(),
        "message_create": { "target": { "recipient_id": recipient }, "sender_id": sender, "message_data": data },
    })
}
