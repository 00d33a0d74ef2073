//! What the route works with, handed in so that several doors can live in one process.

use std::fmt;
use std::sync::Arc;

use tributary_edge::auth::access_token::AccessTokens;
use tributary_edge::aws::Aws;
use tributary_edge::secrets::Secrets;
use tributary_runtime::SystemSurroundings;

use crate::settings::Settings;

/// What the route works with.
pub struct Deps<T, B, S> {
    /// Where tickets are read.
    pub tickets: T,
    /// Where long answers are read.
    pub blobs: B,
    /// Tells the time.
    pub surroundings: S,
    /// Checks agents' tokens.
    pub access_tokens: AccessTokens,
    /// Holds the keys of status tokens.
    pub secrets: Arc<Secrets>,
}

impl<T, B> Deps<T, B, SystemSurroundings> {
    /// What the settings say. Nothing is connected or read yet.
    #[must_use]
    pub fn new(settings: Settings, tickets: T, blobs: B, secrets: Arc<Secrets>, aws: Aws) -> Self {
        let Settings {
            tables: _,
            blobs_bucket: _,
            cognito,
            secrets_prefix: _,
            allowed_origins: _,
        } = settings;
        Self {
            tickets,
            blobs,
            surroundings: SystemSurroundings,
            access_tokens: AccessTokens::new(cognito, aws),
            secrets,
        }
    }
}

impl<T, B, S> fmt::Debug for Deps<T, B, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deps").finish_non_exhaustive()
    }
}
