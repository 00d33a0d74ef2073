//! The environment that the functions see here: the settings a deployment would give them, with the
//! local stack's addresses, and what the operator set where it makes sense.

use std::collections::HashMap;

/// What the operator may set for the local stack as for a deployment.
const TAKEN_OVER: [&str; 13] = [
    "REOPEN_WINDOW_HOURS",
    "AUTO_CLOSE_DAYS",
    "MAIL_FROM",
    "MAIL_REPLY_DOMAIN",
    "GRAPH_API_VERSION",
    "SEEN_RECEIPTS",
    "TYPING_INDICATORS",
    "FACEBOOK_API_URL",
    "INSTAGRAM_API_URL",
    "WHATSAPP_API_URL",
    "TWITTER_API_URL",
    "SENDGRID_API_URL",
    "ALLOWED_ORIGINS",
];

/// Where the pieces of the stack listen.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// Workbench and API.
    pub api_url: String,
    /// The broker.
    pub kafka_bootstrap: String,
    /// The user pool's issuer.
    pub issuer: String,
    /// Its keys.
    pub jwks_url: String,
    /// The workbench's client.
    pub client_id: String,
    /// The user pool.
    pub user_pool_id: String,
    /// Who plays the providers.
    pub provider_double_url: String,
}

/// The settings by their names in contract and template.
#[must_use]
pub fn settings(
    addresses: &Addresses,
    operator: &HashMap<String, String>,
) -> HashMap<String, String> {
    let double = addresses.provider_double_url.as_str();
    let mut settings: HashMap<String, String> = [
        ("TICKETS_TABLE", "tickets"),
        ("CUSTOMERS_TABLE", "customers"),
        ("LEDGER_TABLE", "ledger"),
        ("TIMELINE_TABLE", "timeline"),
        ("BLOBS_BUCKET", crate::stack::BUCKET),
        ("KAFKA_BOOTSTRAP", &addresses.kafka_bootstrap),
        ("KAFKA_AUTH", "none"),
        ("KAFKA_TICKETS_TOPIC", crate::stack::TICKETS_TOPIC),
        ("KAFKA_MESSAGES_TOPIC", crate::stack::MESSAGES_TOPIC),
        ("COGNITO_ISSUER", &addresses.issuer),
        ("COGNITO_JWKS_URL", &addresses.jwks_url),
        ("COGNITO_CLIENT_ID", &addresses.client_id),
        ("COGNITO_USER_POOL_ID", &addresses.user_pool_id),
        ("SECRETS_PREFIX", crate::seed::SECRETS_PREFIX),
        ("ALLOWED_ORIGINS", &addresses.api_url),
        ("MAIL_FROM", "support@example.com"),
        ("MAIL_REPLY_DOMAIN", "reply.example.com"),
        ("FACEBOOK_API_URL", double),
        ("INSTAGRAM_API_URL", double),
        ("WHATSAPP_API_URL", double),
        ("TWITTER_API_URL", double),
        ("SENDGRID_API_URL", double),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    for name in TAKEN_OVER {
        if let Some(value) = operator.get(name).filter(|v| !v.is_empty()) {
            settings.insert(name.to_owned(), value.clone());
        }
    }
    settings
}
