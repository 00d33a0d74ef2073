//! What is posted to the address for messages and is none: that a message was seen, that somebody types (Messenger
//! Platform, sender actions; Cloud API, "Mark messages as read").
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The answer to such a post; none to a message, nor to a fault of the sandbox's, which waits for one.
pub(super) fn of(body: &[u8]) -> Option<Response> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let is_without_message = body["message"].is_null() && body["type"].is_null();
    let told = match (body["sender_action"].as_str(), body["status"].as_str()) {
        (Some("mark_seen" | "typing_on" | "typing_off"), None) => {
            json!({ "recipient_id": body["recipient"]["id"] })
        }
        (None, Some("read")) if body["message_id"].is_string() => json!({ "success": true }),
        (_, _) => return None,
    };
    is_without_message.then(|| Json(told).into_response())
}
