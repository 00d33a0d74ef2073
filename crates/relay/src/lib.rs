//! The relay Lambda: finishes what a request could not. The ledger's stream wakes it for a ticket (`stream`), a
//! schedule lets it sweep what is left (`sweep`), and both do the same (`work`): publish events, send messages and,
//! after all of that, fetch what customers attached and run errands.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::OnceCell;
use tributary_blobs::S3Blobs;
use tributary_domain::Channel;
use tributary_domain::ports::{MediaFetcher, Messenger, PortError};
use tributary_domain::receive::Desk;
use tributary_domain::surroundings::Deadline;
use tributary_dynamodb::{DynamoTickets, INBOX_SHARDS};
use tributary_edge::secrets::Secrets;
use tributary_edge::settings::MailSettings;
use tributary_events::EventSink;
use tributary_messaging::{
    HealthConfig, InvalidOrigin, PlatformHealth, PlatformProfiles, Providers, ProvidersConfig,
};
use tributary_runtime::SystemSurroundings;

mod checks;
mod credentials;
mod errands;
mod operations;
mod publish;
mod sends;
mod settings;
mod stream;
mod sweep;
mod trigger;
mod typing;
mod wake;
mod work;

use work::Run;

pub use credentials::StoredCredentials;
pub use operations::{InvalidOperation, Operation};
pub use settings::Settings;
pub use trigger::{StreamRecord, Trigger, UnknownTrigger};
pub use wake::{Nobody, SqsWaker, Waker};

/// An invocation came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// It is none of the relay's.
    #[error(transparent)]
    Unknown(#[from] UnknownTrigger),
    /// A store did not answer; the same invocation may succeed later.
    #[error("a store did not answer")]
    Port(#[from] PortError),
}

/// After this time of an invocation no further call to a provider is started; the function's timeout
/// leaves room for one call and the storing of its outcome behind it.
const START_WITHIN: Duration = Duration::from_secs(25);
/// After this time of an invocation that the stream woke no further file is fetched and no errand run: what came
/// behind it in the stream may be a reply. The sweep does the rest.
const FETCH_WITHIN: Duration = Duration::from_secs(10);
/// What the relay works with.
pub struct Relay<M> {
    /// The desk.
    pub desk: Desk<DynamoTickets, S3Blobs, SystemSurroundings>,
    /// Where events are published.
    pub publisher: EventSink<S3Blobs>,
    /// The providers: messages go to them, and files come from them.
    pub messenger: M,
    /// The platforms, asked whether our accounts work.
    pub health: PlatformHealth<StoredCredentials>,
    /// The platforms, asked what people are called.
    pub profiles: PlatformProfiles<StoredCredentials>,
    /// The platforms' secrets, which name our accounts.
    pub secrets: Arc<Secrets>,
    /// Which mail addresses are ours.
    pub mail: MailSettings,
    /// Has it look again soon.
    pub waker: Arc<dyn Waker>,
    alarms: wake::Alarms,
}

impl Relay<Providers<StoredCredentials>> {
    /// The relay as its settings say. Nothing is connected or read yet.
    ///
    /// # Errors
    /// [`InvalidOrigin`] when a provider's address is none.
    pub fn new(
        settings: Settings,
        region: &str,
        tickets: DynamoTickets,
        blobs: S3Blobs,
        secrets: Arc<Secrets>,
        waker: Arc<dyn Waker>,
    ) -> Result<Self, InvalidOrigin> {
        let Settings {
            tables: _,
            blobs_bucket: _,
            events,
            secrets_prefix: _,
            policy,
            mail,
            providers,
            seen_receipts,
            wake_queue_url: _,
        } = settings;
        let health = HealthConfig {
            facebook_origin: providers.facebook_api_url.clone(),
            instagram_origin: providers.instagram_api_url.clone(),
            whatsapp_origin: providers.whatsapp_api_url.clone(),
            twitter_origin: providers.twitter_api_url.clone(),
            graph_api_version: providers.graph_api_version.clone(),
        };
        let config = ProvidersConfig {
            facebook_origin: providers.facebook_api_url,
            instagram_origin: providers.instagram_api_url,
            whatsapp_origin: providers.whatsapp_api_url,
            twitter_origin: providers.twitter_api_url,
            graph_api_version: providers.graph_api_version,
            sendgrid_origin: providers.sendgrid_api_url,
            mail_from: mail.from.clone(),
            mail_reply_domain: mail.reply_domain.clone(),
        };
        Ok(Self {
            publisher: EventSink::of_the_relay(events, region, blobs.clone()),
            desk: tributary_runtime::desk(
                tickets,
                blobs,
                policy.reopen_window_hours,
                policy.auto_close_days,
                INBOX_SHARDS,
            ),
            messenger: Providers::new(config, StoredCredentials(Arc::clone(&secrets)))?
                .showing_seen(seen_receipts.iter().filter_map(|name| Channel::parse(name))),
            profiles: PlatformProfiles::new(&health, StoredCredentials(Arc::clone(&secrets)))?,
            health: PlatformHealth::new(health, StoredCredentials(Arc::clone(&secrets)))?,
            secrets,
            mail,
            waker,
            alarms: wake::Alarms::default(),
        })
    }
}

impl<M: Messenger + MediaFetcher> Relay<M> {
    /// Handles one invocation. For the stream the answer names the first record that has to come
    /// again, if one does; work that waits for its time or for the broker is the sweep's. For an
    /// operation it tells what came of it.
    ///
    /// # Errors
    /// [`RelayError`] for an event that is none of the relay's, and when an operation could not begin.
    pub async fn handle(&self, event: &Value) -> Result<Value, RelayError> {
        let trigger = Trigger::parse(event)?;
        let unhurried_within = match trigger {
            Trigger::Stream(_) => FETCH_WITHIN,
            Trigger::Schedule | Trigger::Wake | Trigger::Operation(_) => START_WITHIN,
        };
        let run = Run {
            deadline: Deadline::after(&self.desk.surroundings, START_WITHIN),
            unhurried_deadline: Deadline::after(&self.desk.surroundings, unhurried_within),
            connected: OnceCell::new(),
        };
        match trigger {
            // Boxed, since the compiler does not look into a future nested as deep as these would be.
            Trigger::Stream(records) => Ok(Box::pin(self.work_of_stream(&records, &run)).await),
            Trigger::Schedule => {
                Box::pin(self.sweep(&run)).await;
                Ok(Value::Null)
            }
            Trigger::Wake => {
                Box::pin(self.send_due(&run)).await;
                Ok(Value::Null)
            }
            Trigger::Operation(operation) => Ok(Box::pin(self.operate(operation)).await?),
        }
    }
}
