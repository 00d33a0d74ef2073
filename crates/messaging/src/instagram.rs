//! Instagram messaging: sending texts and files (Instagram Platform, "Send messages", May 2026).

use reqwest::Url;
use tributary_domain::ports::SendOutcome;

use crate::credentials::Credentials;
use crate::handover::Handover;

mod client;
mod error;
mod health;
mod wire;

/// Instagram, as one of the providers.
pub(crate) struct Instagram {
    pub(crate) origin: Url,
    pub(crate) version: String,
}

impl Instagram {
    /// Sends a part.
    pub(crate) async fn send(&self, handover: &Handover<'_, impl Credentials>) -> SendOutcome {
        handover.twice(|| self.hand_over(handover)).await
    }
}

#[cfg(test)]
mod tests;
