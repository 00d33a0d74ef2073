//! Facebook Messenger: sending texts and files (Messenger Platform, Send API, May 2026).

use reqwest::Url;
use tributary_domain::ports::SendOutcome;

use crate::credentials::Credentials;
use crate::handover::Handover;

mod client;
mod error;
mod health;
mod wire;

/// Messenger, as one of the providers.
pub(crate) struct Facebook {
    pub(crate) origin: Url,
    pub(crate) version: String,
}

impl Facebook {
    /// Sends a part.
    pub(crate) async fn send(&self, handover: &Handover<'_, impl Credentials>) -> SendOutcome {
        handover.twice(|| self.hand_over(handover)).await
    }
}

#[cfg(test)]
mod tests;
