//! What Messenger and Instagram post: Messenger Platform and Instagram Platform, webhooks reference.

use serde_json::{Value, json};

use super::{PAGE_INBOX, Post, signed};
use crate::sandbox::model::{Channel, Customer, Kind, Message};

const FACEBOOK_APP_SECRET: &str = "dev-facebook-app-secret";
const INSTAGRAM_APP_SECRET: &str = "dev-instagram-app-secret";

/// What a customer did.
pub(super) fn post(customer: &Customer, message: &Message, media_url: &str) -> Post {
    let (channel, at) = (customer.channel, message.at_ms);
    let mut event = json!({
        "sender": { "id": customer.platform_id },
        "recipient": { "id": channel.account_id() },
        "timestamp": at,
    });
    if message.kind == Kind::External {
        event["sender"] = json!({ "id": channel.account_id() });
        event["recipient"] = json!({ "id": customer.platform_id });
    }
    let (name, part) = part(channel, message, media_url);
    event[name] = part;
    if message.kind == Kind::Revoked {
        event = json!({ "recipient": event["recipient"], "timestamp": at, name: event[name] });
    }
    post_event(channel, at, event)
}

fn part(channel: Channel, message: &Message, media_url: &str) -> (&'static str, Value) {
    let (text, mid) = (message.text.as_str(), message.platform_message_id.as_str());
    let target = message.target.as_deref().unwrap_or_default();
    let or = |default: &str| {
        if text.trim().is_empty() {
            default.to_owned()
        } else {
            text.to_owned()
        }
    };
    let file = |kind: &str, name: &str| {
        let url = format!("{media_url}/sandbox/media/{name}");
        let mut said =
            json!({ "mid": mid, "attachments": [{ "type": kind, "payload": { "url": url } }] });
        if !text.is_empty() {
            said["text"] = json!(text);
        }
        ("message", said)
    };
    let attached = |attachment: Value| {
        (
            "message",
            json!({ "mid": mid, "attachments": [attachment] }),
        )
    };
    match message.kind {
        Kind::Image => file("image", "picture.png"),
        Kind::Video => file("video", "clip.mp4"),
        Kind::Audio => file("audio", "voice.ogg"),
        Kind::File => file("file", "receipt.pdf"),
        Kind::Sticker => file("sticker", "sticker.webp"),
        Kind::StoryMention => file("story_mention", "picture.png"),
        Kind::Location => {
            let coordinates = json!({ "lat": 52.5208, "long": 13.4094 });
            attached(
                json!({ "type": "location", "title": or("Alexanderplatz"), "payload": { "coordinates": coordinates } }),
            )
        }
        Kind::Product => {
            let product = json!({ "id": "1", "retailer_id": "mug-blue", "title": "Blue mug", "subtitle": "€12.50", "image_url": format!("{media_url}/sandbox/media/picture.png") });
            attached(
                json!({ "type": "template", "payload": { "product": { "elements": [product] } } }),
            )
        }
        Kind::Link => attached(
            json!({ "type": "fallback", "title": "Blue mug", "url": or("https://shop.example.com/mug-blue") }),
        ),
        Kind::Reel => attached(
            json!({ "type": "ig_reel", "payload": { "reel_video_id": "1234", "title": or("How mugs are made"), "url": "https://www.instagram.com/reel/1" } }),
        ),
        Kind::StoryReply => {
            let story = json!({ "id": "17949487764033669", "url": format!("{media_url}/sandbox/media/picture.png") });
            (
                "message",
                json!({ "mid": mid, "text": or("I want one!"), "reply_to": { "story": story } }),
            )
        }
        Kind::Button => (
            "postback",
            json!({ "mid": mid, "title": or("Where is my order?"), "payload": "ORDER_STATUS" }),
        ),
        Kind::Ad => {
            let referral = json!({ "ref": "summer", "ad_id": "1200", "source": "ADS", "type": "OPEN_THREAD", "ads_context_data": { "ad_title": "Summer sale" } });
            (
                "message",
                json!({ "mid": mid, "text": or("Is this still on sale?"), "referral": referral }),
            )
        }
        Kind::Reaction => (
            "reaction",
            json!({ "mid": target, "action": "react", "emoji": or("❤️"), "reaction": "love" }),
        ),
        Kind::Unreaction => ("reaction", json!({ "mid": target, "action": "unreact" })),
        // Platforms count edits; the time serves as the count here.
        Kind::Edit => (
            "message_edit",
            json!({ "mid": target, "text": text, "num_edit": message.at_ms }),
        ),
        Kind::Unsend => ("message", json!({ "mid": target, "is_deleted": true })),
        Kind::Unsupported => ("message", json!({ "mid": mid, "is_unsupported": true })),
        Kind::External => {
            let mut echo =
                json!({ "is_echo": true, "mid": mid, "text": or("Answered in the app") });
            if channel == Channel::Facebook {
                echo["app_id"] = json!(PAGE_INBOX);
            }
            ("message", echo)
        }
        Kind::Handover => (
            "pass_thread_control",
            json!({ "new_owner_app_id": PAGE_INBOX, "metadata": "" }),
        ),
        Kind::Revoked => (
            "policy-enforcement",
            json!({ "action": "block", "reason": or("The page violated the platform's policies.") }),
        ),
        Kind::Text
        | Kind::Contact
        | Kind::Form
        | Kind::Order
        | Kind::NewNumber
        | Kind::Encrypted
        | Kind::Html
        | Kind::Parsed
        | Kind::ReplyGmail
        | Kind::ReplyOutlook
        | Kind::ReplyApple
        | Kind::Stranger
        | Kind::AutoReply
        | Kind::Bounce => ("message", json!({ "mid": mid, "text": text })),
    }
}

/// One event of an account.
pub(super) fn post_event(channel: Channel, time_ms: u64, event: Value) -> Post {
    let (object, secret) = if channel == Channel::Instagram {
        ("instagram", INSTAGRAM_APP_SECRET)
    } else {
        ("page", FACEBOOK_APP_SECRET)
    };
    let body = json!({
        "object": object,
        "entry": [{ "id": channel.account_id(), "time": time_ms, "messaging": [event] }],
    });
    signed(channel, &body, secret)
}
