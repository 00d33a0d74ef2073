//! What a chatbot would post, signed after the Standard Webhooks specification.

use anyhow::{Context, Result};
use serde_json::json;
use tributary_edge::auth::standard_webhooks;

use crate::runtime_api::{HttpAnswer, Lambda};

/// The development secret of the local stack.
pub const SECRET: &str = "whsec_ZGV2LWNoYXRib3Qtc2VjcmV0LTMyLWJ5dGVzLWxvbmc=";

/// A handoff of a session.
#[must_use]
pub fn handoff(session: &str, email: &str, message: &str) -> Vec<u8> {
    json!({
        "source": "web_chat",
        "customer_email": email,
        "customer_name": "Ann",
        "subject": "A broken kettle",
        "initial_message": message,
        "session_id": session,
        "priority": "high",
        "tags": ["kettle"],
        "transcript": [{"role": "user", "text": "Hello"}, {"role": "bot", "text": "How can I help?"}],
    })
    .to_string()
    .into_bytes()
}

/// Hands a conversation over, signed now under this `webhook-id`.
///
/// # Errors
/// When the function does not answer.
pub async fn hand_over(webhooks: &Lambda, id: &str, body: &[u8]) -> Result<HttpAnswer> {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)?
        .as_secs();
    let signature = standard_webhooks::sign(SECRET, id, i64::try_from(now)?, body)
        .context("the development secret does not sign")?;
    let timestamp = now.to_string();
    let headers = [
        ("content-type", "application/json"),
        ("webhook-id", id),
        ("webhook-timestamp", timestamp.as_str()),
        ("webhook-signature", signature.as_str()),
    ];
    Ok(webhooks
        .http("POST", "/api/webhooks/chatbot", &headers, body)
        .await?)
}
