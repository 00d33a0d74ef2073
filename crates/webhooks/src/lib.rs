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
use utoipa::OpenApi;

mod answer;
pub mod mail;
mod meta;
mod openapi;
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

/// The routes of the webhooks.
pub fn router(deps: Arc<Deps>) -> Router {
    routes::mount_all()
        .route_layer(axum::middleware::from_fn(refusals::count_refusals))
        .with_state(deps)
}

/// The webhooks' part of the API's document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    openapi::Document::openapi()
}
