//! What platforms post about what the desk sent: copies, deliveries and reads, as their documentation shows them.

use serde_json::{Value, json};

use super::{APP_ID, Post, meta, seconds, twitter, whatsapp};
use crate::sandbox::model::{Channel, Kind, Message, SentFile};

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
    whatsapp::post_field("messages", json!({ "statuses": [report] }))
}

/// The copy that Messenger and Instagram send of what was sent; Messenger's tells us its `metadata`.
#[must_use]
pub fn meta_echo(
    channel: Channel,
    message: &Message,
    recipient: &str,
    (text, files): (&str, &[SentFile]),
    metadata: Option<&str>,
) -> Post {
    let mut copy = json!({ "is_echo": true, "mid": message.platform_message_id });
    if !text.is_empty() {
        copy["text"] = json!(text);
    }
    let attachments: Vec<Value> = files.iter().map(attachment).collect();
    if !attachments.is_empty() {
        copy["attachments"] = json!(attachments);
    }
    if channel == Channel::Facebook {
        copy["app_id"] = json!(APP_ID);
    }
    if let Some(metadata) = metadata {
        copy["metadata"] = json!(metadata);
    }
    let event = json!({
        "sender": { "id": channel.account_id() },
        "recipient": { "id": recipient },
        "timestamp": message.at_ms,
        "message": copy,
    });
    meta::post_event(channel, message.at_ms, event)
}

fn attachment(file: &SentFile) -> Value {
    let kinds = [
        (Kind::Image, "image"),
        (Kind::Audio, "audio"),
        (Kind::Video, "video"),
    ];
    let known = kinds.iter().find(|(kind, _)| *kind == file.kind);
    let kind = known.map_or("file", |(_, name)| name);
    json!({ "type": kind, "payload": { "url": file.url } })
}

/// X's copy of what our user sent, with any client.
#[must_use]
pub fn twitter_echo(
    message: &Message,
    recipient: &str,
    (text, files): (&str, &[SentFile]),
) -> Post {
    let media = files.first().map(|file| {
        let mut media =
            json!({ "type": "photo", "url": twitter::SHORT_LINK, "media_url_https": file.url });
        if file.kind == Kind::Video {
            let variant = json!({ "bitrate": 1, "content_type": "video/mp4", "url": file.url });
            media["type"] = json!("video");
            media["video_info"] = json!({ "variants": [variant] });
        }
        media
    });
    let ours = Channel::Twitter.account_id();
    let data = twitter::message_data(text, media);
    let event = twitter::event(message, (ours, recipient), &data);
    twitter::signed(&json!({ "for_user_id": ours, "direct_message_events": [event] }))
}

/// X's report that a message and all before it were read (Account Activity, `direct_message_mark_read_events`).
#[must_use]
pub fn twitter_read(message: &Message, reader: &str, now_ms: u64) -> Post {
    let ours = Channel::Twitter.account_id();
    twitter::signed(&json!({
        "for_user_id": ours,
        "direct_message_mark_read_events": [{
            "created_timestamp": now_ms.to_string(),
            "sender_id": reader,
            "target": { "recipient_id": ours },
            "last_read_event_id": message.platform_message_id,
        }],
    }))
}

/// Instagram's report that one message was read.
#[must_use]
pub fn instagram_seen(message: &Message, reader: &str, now_ms: u64) -> Post {
    let event = json!({
        "sender": { "id": reader },
        "recipient": { "id": Channel::Instagram.account_id() },
        "timestamp": now_ms,
        "read": { "mid": message.platform_message_id },
    });
    meta::post_event(Channel::Instagram, now_ms, event)
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

fn facebook(time_ms: u64, event: Value) -> Post {
    meta::post_event(Channel::Facebook, time_ms, event)
}
