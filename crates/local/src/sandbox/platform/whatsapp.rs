//! What WhatsApp posts: Cloud API reference, webhooks/messages.

use serde_json::{Value, json};

use super::{Post, seconds, signed};
use crate::sandbox::model::{Channel, Customer, Kind, Message};

const APP_SECRET: &str = "dev-whatsapp-app-secret";
const OUR_NUMBER: &str = "15550003001";

/// What a customer did.
pub(super) fn post(customer: &Customer, message: &Message) -> Post {
    let mut item = json!({
        "id": message.platform_message_id,
        "timestamp": seconds(message.at_ms).to_string(),
    });
    let (kind, parts) = parts(customer, message);
    item["type"] = json!(kind);
    for (name, part) in parts.as_object().into_iter().flatten() {
        item[name] = part.clone();
    }
    let contact = json!({ "profile": { "name": customer.name }, "wa_id": customer.platform_id });
    if message.kind == Kind::External {
        item["from"] = json!(OUR_NUMBER);
        item["to"] = json!(customer.platform_id);
        return post_field(
            "smb_message_echoes",
            json!({ "contacts": [contact], "message_echoes": [item] }),
        );
    }
    item["from"] = json!(customer.platform_id);
    post_field(
        "messages",
        json!({ "contacts": [contact], "messages": [item] }),
    )
}

/// A media id tells the double which file it stands for.
fn media(name: &str, mime_type: &str) -> Value {
    json!({ "id": format!("media-{name}"), "mime_type": mime_type })
}

fn captioned(mut media: Value, caption: &str) -> Value {
    if !caption.is_empty() {
        media["caption"] = json!(caption);
    }
    media
}

fn parts(customer: &Customer, message: &Message) -> (&'static str, Value) {
    let text = message.text.as_str();
    let target = message.target.as_deref().unwrap_or_default();
    let or = |default: &str| {
        if text.trim().is_empty() {
            default.to_owned()
        } else {
            text.to_owned()
        }
    };
    match message.kind {
        Kind::Image => (
            "image",
            json!({ "image": captioned(media("picture.png", "image/png"), text) }),
        ),
        Kind::Video => (
            "video",
            json!({ "video": captioned(media("clip.mp4", "video/mp4"), text) }),
        ),
        Kind::Audio => {
            let mut voice = media("voice.ogg", "audio/ogg; codecs=opus");
            voice["voice"] = json!(true);
            ("audio", json!({ "audio": voice }))
        }
        Kind::File => {
            let mut file = captioned(media("receipt.pdf", "application/pdf"), text);
            file["filename"] = json!("receipt.pdf");
            ("document", json!({ "document": file }))
        }
        Kind::Sticker => (
            "sticker",
            json!({ "sticker": media("sticker.webp", "image/webp") }),
        ),
        Kind::Location => {
            let place = json!({ "latitude": 52.5208, "longitude": 13.4094, "name": or("Alexanderplatz"), "address": "10178 Berlin" });
            ("location", json!({ "location": place }))
        }
        Kind::Contact => {
            let card = json!({ "name": { "formatted_name": or("Maria Weber") }, "phones": [{ "phone": "+1 555 010 0777", "wa_id": "15550100777" }] });
            ("contacts", json!({ "contacts": [card] }))
        }
        Kind::Button => {
            let reply = json!({ "id": "yes", "title": or("Yes, please") });
            (
                "interactive",
                json!({ "interactive": { "type": "button_reply", "button_reply": reply } }),
            )
        }
        Kind::Form => {
            let reply = json!({ "name": "flow", "body": "Sent", "response_json": json!({ "rating": "4", "comment": or("Quick and kind"), "flow_token": "t" }).to_string() });
            (
                "interactive",
                json!({ "interactive": { "type": "nfm_reply", "nfm_reply": reply } }),
            )
        }
        Kind::Order => {
            let items = json!([
                { "product_retailer_id": "mug-blue", "quantity": 2, "item_price": 12.5, "currency": "EUR" },
                { "product_retailer_id": "tea-mint", "quantity": 1, "item_price": 6, "currency": "EUR" }]);
            (
                "order",
                json!({ "order": { "catalog_id": "194836987003835", "text": text, "product_items": items } }),
            )
        }
        Kind::Ad => {
            let referral = json!({ "source_url": "https://fb.me/summer", "source_type": "ad", "source_id": "1200", "headline": "Summer sale", "body": "All mugs" });
            (
                "text",
                json!({ "text": { "body": or("Is this still on sale?") }, "referral": referral }),
            )
        }
        Kind::Reaction => (
            "reaction",
            json!({ "reaction": { "message_id": target, "emoji": or("👍") } }),
        ),
        Kind::Unreaction => (
            "reaction",
            json!({ "reaction": { "message_id": target, "emoji": "" } }),
        ),
        Kind::Edit => {
            let now = json!({ "type": "text", "text": { "body": text } });
            (
                "edit",
                json!({ "edit": { "original_message_id": target, "message": now } }),
            )
        }
        Kind::Unsend => (
            "revoke",
            json!({ "revoke": { "original_message_id": target } }),
        ),
        Kind::Unsupported => {
            let error = json!({ "code": 131_051, "title": "Message type unknown", "message": "Message type unknown", "error_data": { "details": "Message type is currently not supported." } });
            ("unsupported", json!({ "errors": [error] }))
        }
        Kind::NewNumber => {
            let new = format!("{}7", customer.platform_id);
            let body = format!(
                "User {} changed from {} to {new}",
                customer.name, customer.platform_id
            );
            (
                "system",
                json!({ "system": { "type": "user_changed_number", "body": body, "wa_id": new } }),
            )
        }
        Kind::External => (
            "text",
            json!({ "text": { "body": or("Answered on the phone") } }),
        ),
        Kind::Text
        | Kind::Product
        | Kind::Link
        | Kind::Reel
        | Kind::StoryReply
        | Kind::StoryMention
        | Kind::Handover
        | Kind::Encrypted
        | Kind::Revoked
        | Kind::Html
        | Kind::Parsed
        | Kind::ReplyGmail
        | Kind::ReplyOutlook
        | Kind::ReplyApple
        | Kind::Stranger
        | Kind::AutoReply
        | Kind::Bounce => ("text", json!({ "text": { "body": text } })),
    }
}

/// A change of one field.
pub(super) fn post_field(field: &str, content: Value) -> Post {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": OUR_NUMBER,
            "phone_number_id": Channel::Whatsapp.account_id(),
        },
    });
    for (name, part) in content.as_object().into_iter().flatten() {
        value[name] = part.clone();
    }
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "310001", "changes": [{ "field": field, "value": value }] }],
    });
    signed(Channel::Whatsapp, &body, APP_SECRET)
}
