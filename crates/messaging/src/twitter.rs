//! X direct messages: sending texts and files, and looking for what was sent (X API v2, "Manage Direct Messages",
//! "Media upload" and "Direct Messages lookup", August 2026).

use reqwest::Url;
use tributary_domain::ports::SendOutcome;

use crate::credentials::Credentials;
use crate::handover::Handover;

mod client;
mod error;
mod health;
mod lookup;
mod unready;
mod upload;
mod wire;

use unready::Unready;

/// X, as one of the providers.
pub(crate) struct Twitter {
    origin: Url,
    unready: Unready,
    quiet: lookup::Quiet,
}

impl Twitter {
    pub(crate) fn new(origin: Url) -> Self {
        Self {
            origin,
            unready: Unready::default(),
            quiet: lookup::Quiet::default(),
        }
    }

    /// Sends a part.
    pub(crate) async fn send(&self, handover: &Handover<'_, impl Credentials>) -> SendOutcome {
        handover.twice(|| self.hand_over(handover)).await
    }
}

#[cfg(test)]
mod tests;
