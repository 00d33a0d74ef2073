//! What the agents' door reads from its environment.

use std::collections::BTreeSet;

use tributary_edge::settings::{
    CognitoSettings, EnvReader, EventsSettings, PolicySettings, SettingsError, TablesSettings,
};

/// The settings of this function.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Names of the tables.
    pub tables: TablesSettings,
    /// The bucket for long content and files.
    pub blobs_bucket: String,
    /// Where events go.
    pub events: EventsSettings,
    /// Who the agents are.
    pub cognito: CognitoSettings,
    /// Where the platforms' secrets are.
    pub secrets_prefix: String,
    /// The rules an operator may set.
    pub policy: PolicySettings,
    /// The channels on which customers are shown that an agent types.
    pub typing_indicators: BTreeSet<String>,
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
            cognito: env.cognito(),
            secrets_prefix: env.secrets_prefix(),
            policy: env.policy(),
            typing_indicators: env.typing_indicators(),
            allowed_origins: env.allowed_origins(),
        })
    }
}
