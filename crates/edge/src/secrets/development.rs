//! The published secrets of the local stack, which must never guard anything else.

use serde_json::Value;

const EXACT: [&str; 17] = [
    "dev-verify-token",
    "dev-facebook-app-secret",
    "dev-instagram-app-secret",
    "dev-whatsapp-app-secret",
    "dev-twitter-consumer-secret",
    "dev-twitter-consumer-key",
    "dev-facebook-token",
    "dev-instagram-token",
    "dev-whatsapp-token",
    "dev-twitter-token",
    "dev-twitter-token-secret",
    "dev-twitter-bearer",
    "dev-sendgrid-token",
    "dev-sendgrid-key",
    "dev-sendgrid-inbound",
    "dev-status-token-key",
    "whsec_ZGV2LWNoYXRib3Qtc2VjcmV0LTMyLWJ5dGVzLWxvbmc=",
];
/// The password of a Basic credential stands behind its user's name.
const BASIC_PASSWORD: &str = ":dev-sendgrid-inbound";

/// Whether any text in the secret is one of them.
pub(super) fn holds_one(value: &Value) -> bool {
    match value {
        Value::String(text) => EXACT.contains(&text.as_str()) || text.ends_with(BASIC_PASSWORD),
        Value::Array(items) => items.iter().any(holds_one),
        Value::Object(fields) => fields.values().any(holds_one),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
