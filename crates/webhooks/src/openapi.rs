//! What the API's document says of the webhooks, and how platforms prove themselves.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::routes;

/// The routes of this door.
#[derive(OpenApi)]
#[openapi(
    paths(
        routes::get_facebook::verify_subscription,
        routes::post_facebook::receive_facebook,
        routes::get_instagram::verify_subscription,
        routes::post_instagram::receive_instagram,
        routes::get_twitter::answer_challenge,
        routes::post_twitter::receive_twitter,
        routes::get_whatsapp::verify_subscription,
        routes::post_whatsapp::receive_whatsapp,
        routes::post_email::receive_email,
        routes::post_email_events::receive_email_events,
        routes::post_chatbot::receive_chatbot,
    ),
    modifiers(&SecuritySchemes)
)]
pub(crate) struct Document;

struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let proofs = document.components.get_or_insert_default();
        let key = |value| SecurityScheme::ApiKey(value);
        proofs.add_security_scheme(
            "hub_signature",
            key(ApiKey::Header(ApiKeyValue::with_description(
                "X-Hub-Signature-256",
                "`sha256=` and the HMAC-SHA256 of the body under the app secret, in hex.",
            ))),
        );
        proofs.add_security_scheme(
            "verify_token",
            key(ApiKey::Query(ApiKeyValue::with_description(
                "hub.verify_token",
                "The token set in the platform's dashboard.",
            ))),
        );
        proofs.add_security_scheme(
        "twitter_signature",
        key(ApiKey::Header(ApiKeyValue::with_description(
            "x-twitter-webhooks-signature",
            "`sha256=` and the HMAC-SHA256 of the body under the app's consumer secret, in base64.",
        ))),
    );
        proofs.add_security_scheme(
        "sendgrid_signature",
        key(ApiKey::Header(ApiKeyValue::with_description(
            "X-Twilio-Email-Event-Webhook-Signature",
            "ECDSA P-256 with SHA-256 over the bytes of `X-Twilio-Email-Event-Webhook-Timestamp` and the body: DER \
             in base64. The only proof taken when the secret holds the public key.",
        ))),
    );
        proofs.add_security_scheme(
        "sendgrid_basic",
        SecurityScheme::Http(
            Http::builder()
                .scheme(HttpAuthScheme::Basic)
                .description(Some(
                    "User and password in the address that SendGrid posts to, while the secret holds no public key.",
                ))
                .build(),
        ),
    );
    }
}
