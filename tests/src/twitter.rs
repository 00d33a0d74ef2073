//! What X would post, built from values and signed like the platform.

use anyhow::Result;
use serde_json::{Value, json};
use tributary_edge::auth::x_signature;

use crate::facebook::now_millis;
use crate::runtime_api::{HttpAnswer, Lambda};

/// The webhook's path.
pub const PATH: &str = "/api/webhooks/twitter";
/// The development consumer secret of the local stack.
pub const CONSUMER_SECRET: &str = "dev-twitter-consumer-secret";
/// Our user.
pub const USER: &str = "900001";

/// A direct message between a person and our user, in the shape of the Account Activity API.
#[must_use]
pub fn direct_message(from: &str, to: &str, id: &str, text: &str) -> Value {
    json!({"type": "message_create", "id": id, "created_timestamp": now_millis().to_string(), "message_create": {
        "target": {"recipient_id": to}, "sender_id": from, "message_data": {"text": text, "entities": {}}}})
}

/// Delivers a signed body with these messages of our user to a webhooks function.
///
/// # Errors
/// When the function does not answer.
pub async fn deliver(webhooks: &Lambda, messages: &[Value]) -> Result<HttpAnswer> {
    let body =
        json!({"for_user_id": USER, "direct_message_events": messages, "users": {}}).to_string();
    let signature = x_signature::sign(body.as_bytes(), CONSUMER_SECRET);
    let headers = [
        ("content-type", "application/json"),
        (x_signature::HEADER, signature.as_str()),
    ];
    let answer = webhooks.http("POST", PATH, &headers, body.as_bytes());
    Ok(answer.await?)
}
