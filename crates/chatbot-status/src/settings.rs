//! What the chatbot's door reads from its environment.

use tributary_edge::settings::{CognitoSettings, EnvReader, SettingsError, TablesSettings};

/// The settings of this function.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Names of the tables.
    pub tables: TablesSettings,
    /// The bucket with long content.
    pub blobs_bucket: String,
    /// Who the agents are.
    pub cognito: CognitoSettings,
    /// Where the chatbot's secret is.
    pub secrets_prefix: String,
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
            cognito: env.cognito(),
            secrets_prefix: env.secrets_prefix(),
            allowed_origins: env.allowed_origins(),
        })
    }
}
