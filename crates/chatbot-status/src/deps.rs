//! What the route works with, handed in so that several routers can live in one process.

use std::fmt;
use std::sync::Arc;

use tributary_domain::receive::Desk;
use tributary_edge::auth::access_token::AccessTokens;
use tributary_edge::secrets::Secrets;

/// What the route works with.
pub struct Deps<T, B, S> {
    /// The desk.
    pub desk: Arc<Desk<T, B, S>>,
    /// Checks agents' tokens.
    pub access_tokens: Arc<AccessTokens>,
    /// Holds the keys of status tokens.
    pub secrets: Arc<Secrets>,
    /// Who may call from a browser.
    pub allowed_origins: Vec<String>,
}

impl<T, B, S> fmt::Debug for Deps<T, B, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deps").finish_non_exhaustive()
    }
}
