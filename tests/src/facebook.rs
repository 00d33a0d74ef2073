//! What Messenger would post, built from values and signed like the platform.

use anyhow::Result;
use serde_json::{Value, json};
use tributary_edge::auth::hub_signature;

use crate::runtime_api::{HttpAnswer, Lambda};

/// The webhook's path.
pub const PATH: &str = "/api/webhooks/facebook";
/// The development app secret of the local stack.
pub const APP_SECRET: &str = "dev-facebook-app-secret";
/// Our page.
pub const PAGE: &str = "100001";

/// The present time as the platform tells it.
#[must_use]
pub fn now_millis() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|d| u64::try_from(d.as_millis()).ok())
        .unwrap_or_default()
}

/// A text message from a person to our page.
#[must_use]
pub fn text(from: &str, mid: &str, body: &str) -> Value {
    json!({"sender": {"id": from}, "recipient": {"id": PAGE}, "timestamp": now_millis(), "message": {"mid": mid, "text": body}})
}

/// The copy of what our page sent, with the mark it was sent with.
#[must_use]
pub fn echo(to: &str, mid: &str, mark: &Value) -> Value {
    json!({"sender": {"id": PAGE}, "recipient": {"id": to}, "timestamp": now_millis(),
        "message": {"is_echo": true, "app_id": 1_517_776_481_860_111_u64, "metadata": mark, "mid": mid, "text": "…"}})
}

/// Everything sent to a person until then has come.
#[must_use]
pub fn delivered(to: &str, mids: &[&str], watermark: u64) -> Value {
    json!({"sender": {"id": to}, "recipient": {"id": PAGE}, "delivery": {"mids": mids, "watermark": watermark}})
}

/// Everything sent to a person until then was read.
#[must_use]
pub fn read(by: &str, watermark: u64) -> Value {
    json!({"sender": {"id": by}, "recipient": {"id": PAGE}, "timestamp": now_millis(), "read": {"watermark": watermark}})
}

/// A body with these events of a page.
#[must_use]
pub fn body(page: &str, events: &[Value]) -> Vec<u8> {
    json!({"object": "page", "entry": [{"id": page, "time": now_millis(), "messaging": events}]})
        .to_string()
        .into_bytes()
}

/// The signature header's value for a body.
#[must_use]
pub fn signature(body: &[u8]) -> String {
    hub_signature::sign(body, APP_SECRET)
}

/// Delivers a signed body to a webhooks function.
///
/// # Errors
/// When the function does not answer.
pub async fn deliver(webhooks: &Lambda, body: &[u8]) -> Result<HttpAnswer> {
    let signature = signature(body);
    let headers = [
        ("content-type", "application/json"),
        ("x-hub-signature-256", signature.as_str()),
    ];
    Ok(webhooks.http("POST", PATH, &headers, body).await?)
}
