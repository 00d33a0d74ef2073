//! What WhatsApp would post, built from values and signed like the platform.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tributary_edge::auth::hub_signature;

/// The development app secret of the local stack.
pub const APP_SECRET: &str = "dev-whatsapp-app-secret";
/// Our number.
pub const ACCOUNT: &str = "300001";

/// A text message from a phone number.
#[must_use]
pub fn text(from: &str, wamid: &str, body: &str) -> Value {
    message(from, wamid, "text", json!({"body": body}))
}

/// A picture, which is to be had by this id.
#[must_use]
pub fn image(from: &str, wamid: &str, file: &str, bytes: &[u8]) -> Value {
    let sha256 = BASE64_STANDARD.encode(Sha256::digest(bytes));
    let image = json!({"id": file, "mime_type": "image/png", "sha256": sha256});
    message(from, wamid, "image", image)
}

/// The customer takes a message back.
#[must_use]
pub fn revoke(from: &str, wamid: &str, original: &str) -> Value {
    let revoked = json!({"original_message_id": original});
    message(from, wamid, "revoke", revoked)
}

fn message(from: &str, wamid: &str, kind: &str, content: Value) -> Value {
    json!({"from": from, "id": wamid, "timestamp": now().to_string(), "type": kind, kind: content})
}

/// The present time as the platform tells it, in seconds.
#[must_use]
pub fn now() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| d.as_secs())
}

/// The platform's secret with these numbers of ours, all of one business and with one token.
#[must_use]
pub fn secret(numbers: &[&str], business: &str, token: &str) -> Value {
    let account = |number: &&str| json!({"phone_number_id": number, "waba_id": business, "access_token": token});
    let accounts: Vec<Value> = numbers.iter().map(account).collect();
    json!({"app_secrets": [APP_SECRET], "verify_token": "dev-verify-token", "accounts": accounts})
}

/// A delivery status of one of our messages.
#[must_use]
pub fn status(wamid: &str, status: &str, to: &str, mark: Option<&str>) -> Value {
    let mut value =
        json!({"id": wamid, "status": status, "timestamp": "1760000000", "recipient_id": to});
    if let Some(mark) = mark {
        value["biz_opaque_callback_data"] = json!(mark);
    }
    value
}

/// A delivery with these messages and statuses, all to one of our numbers.
#[must_use]
pub fn delivery(account: &str, messages: &[Value], statuses: &[Value]) -> Vec<u8> {
    let contacts: Vec<Value> = messages
        .iter()
        .filter_map(|m| m["from"].as_str())
        .map(|from| json!({"profile": {"name": format!("Customer {from}")}, "wa_id": from}))
        .collect();
    let mut value = json!({"messaging_product": "whatsapp", "metadata": {"display_phone_number": "15550001", "phone_number_id": account}});
    if !messages.is_empty() {
        value["contacts"] = json!(contacts);
        value["messages"] = json!(messages);
    }
    if !statuses.is_empty() {
        value["statuses"] = json!(statuses);
    }
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]});
    body.to_string().into_bytes()
}

/// Several deliveries in one body, as WhatsApp batches them: the entries of all.
#[must_use]
pub fn batch(deliveries: &[Vec<u8>]) -> Vec<u8> {
    let entries: Vec<Value> = deliveries
        .iter()
        .filter_map(|d| serde_json::from_slice::<Value>(d).ok())
        .map(|mut d| d["entry"][0].take())
        .collect();
    json!({"object": "whatsapp_business_account", "entry": entries})
        .to_string()
        .into_bytes()
}

/// The signature header's value for a body.
#[must_use]
pub fn signature(body: &[u8]) -> String {
    hub_signature::sign(body, APP_SECRET)
}
