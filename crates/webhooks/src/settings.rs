//! What the webhooks and the functions of mail read from their environment.

use std::collections::BTreeMap;

use tributary_edge::settings::{
    EnvReader, EventsSettings, MailSettings, PolicySettings, SettingsError, TablesSettings,
};

/// The settings of this function.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Names of the tables.
    pub tables: TablesSettings,
    /// The bucket for long content and parked bodies.
    pub blobs_bucket: String,
    /// Where events go.
    pub events: EventsSettings,
    /// Where the platforms' secrets are.
    pub secrets_prefix: String,
    /// The rules an operator may set.
    pub policy: PolicySettings,
    /// What who opens a ticket is told at once, by channel; nobody is, unless told.
    pub greetings: BTreeMap<String, String>,
    /// Which mail addresses are ours.
    pub mail: MailSettings,
    /// Who may call from a browser.
    pub allowed_origins: Vec<String>,
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
            greetings: env.greetings(),
            mail: env.mail(),
            allowed_origins: env.allowed_origins(),
        })
    }
}
