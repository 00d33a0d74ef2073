//! What the relay reads from its environment.

use std::collections::BTreeSet;

use tributary_edge::settings::{
    EnvReader, EventsSettings, MailSettings, PolicySettings, ProviderSettings, SettingsError,
    TablesSettings,
};

/// The settings of this function.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Names of the tables.
    pub tables: TablesSettings,
    /// The bucket with long content.
    pub blobs_bucket: String,
    /// Where events go.
    pub events: EventsSettings,
    /// Where the platforms' secrets are.
    pub secrets_prefix: String,
    /// The rules an operator may set.
    pub policy: PolicySettings,
    /// How mail leaves.
    pub mail: MailSettings,
    /// Where the providers are.
    pub providers: ProviderSettings,
    /// The channels on which customers are shown that their messages were seen.
    pub seen_receipts: BTreeSet<String>,
    /// The queue whose messages have the relay look again soon; without one it looks every minute.
    pub wake_queue_url: Option<String>,
}

impl Settings {
    /// Reads them all.
    ///
    /// # Errors
    /// [`SettingsError`] with everything that is missing or malformed.
    pub fn read(env: EnvReader) -> Result<Self, SettingsError> {
        env.read(|env| Self {
            tables: env.tables(),
            blobs_bucket: env.blobs_bucket(),
            events: env.events(),
            secrets_prefix: env.secrets_prefix(),
            policy: env.policy(),
            mail: env.mail(),
            providers: env.providers(),
            seen_receipts: env.seen_receipts(),
            wake_queue_url: env.wake_queue_url(),
        })
    }
}
