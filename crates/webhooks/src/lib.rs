//! The webhooks Lambda: what platforms and chatbots send, proven, normalised and committed before it is
//! acknowledged. And the two Lambdas behind the gateway's own door of mail, which takes what is too large for one.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tributary_blobs::S3Blobs;
use tributary_domain::Channel;
use tributary_domain::receive::Desk;
use tributary_domain::surroundings::Deadline;
use tributary_domain::{Event, Surroundings};
use tributary_dynamodb::{DynamoTickets, INBOX_SHARDS};
use tributary_edge::secrets::Secrets;
use tributary_edge::settings::MailSettings;
use tributary_events::{EventSink, announce};
use tributary_runtime::SystemSurroundings;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

mod answer;
pub mod mail;
mod meta;
mod public_url;
mod receive;
mod refusals;
mod routes;
mod settings;
mod twitter;

pub use answer::CountsView;
pub use settings::Settings;

/// How long a webhook may work on one body; every platform waits longer.
const REQUEST_DEADLINE: Duration = Duration::from_secs(8);

/// What the webhooks work with.
pub struct Deps {
    /// The desk.
    pub desk: Desk<DynamoTickets, S3Blobs, SystemSurroundings>,
    /// Where events are published, if the broker is at hand.
    pub publisher: EventSink<S3Blobs>,
    /// The platforms' secrets.
    pub secrets: Arc<Secrets>,
    /// Which mail addresses are ours.
    pub mail: MailSettings,
}

impl Deps {
    /// What the settings say. Nothing is connected or read yet.
    #[must_use]
    pub fn new(
        settings: Settings,
        region: &str,
        tickets: DynamoTickets,
        blobs: S3Blobs,
        secrets: Arc<Secrets>,
    ) -> Self {
        let Settings {
            tables: _,
            blobs_bucket: _,
            events,
            secrets_prefix: _,
            policy,
            greetings,
            mail,
            allowed_origins: _,
        } = settings;
        let mut desk = tributary_runtime::desk(
            tickets,
            blobs,
            policy.reopen_window_hours,
            policy.auto_close_days,
            INBOX_SHARDS,
        );
        let greetings = greetings.into_iter();
        desk.policy.greetings = greetings
            .filter_map(|(channel, text)| Some((Channel::parse(&channel)?, text)))
            .collect();
        Self {
            desk,
            publisher: EventSink::of_a_door(events, region),
            secrets,
            mail,
        }
    }

    fn deadline(&self) -> Deadline {
        Deadline::after(&self.desk.surroundings, REQUEST_DEADLINE)
    }

    fn now_unix_s(&self) -> i64 {
        self.desk.surroundings.now().as_seconds()
    }

    async fn publish(&self, events: &[Event]) {
        announce(
            &self.desk.tickets,
            &self.publisher,
            &self.desk.surroundings,
            events,
        )
        .await;
    }
}

fn documented() -> OpenApiRouter<Arc<Deps>> {
    OpenApiRouter::new()
        .routes(routes!(
            routes::get_facebook::verify_subscription,
            routes::post_facebook::receive_facebook
        ))
        .routes(routes!(
            routes::get_instagram::verify_subscription,
            routes::post_instagram::receive_instagram
        ))
        .routes(routes!(
            routes::get_twitter::answer_challenge,
            routes::post_twitter::receive_twitter
        ))
        .routes(routes!(
            routes::get_whatsapp::verify_subscription,
            routes::post_whatsapp::receive_whatsapp
        ))
        .routes(routes!(routes::post_email::receive_email))
        .routes(routes!(routes::post_email_events::receive_email_events))
        .routes(routes!(routes::post_chatbot::receive_chatbot))
}

/// The routes of the webhooks.
pub fn router(deps: Arc<Deps>) -> Router {
    let routes = documented().split_for_parts().0;
    routes
        .route_layer(axum::middleware::from_fn(refusals::count_refusals))
        .with_state(deps)
}

/// The webhooks' part of the API's document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = documented().split_for_parts().1;
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
    document
}
