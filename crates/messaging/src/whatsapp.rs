//! WhatsApp Business Cloud API: sending texts, files and templates (Cloud API reference, messages and media, June
//! 2026).

use reqwest::Url;
use tributary_domain::ports::SendOutcome;

use crate::credentials::Credentials;
use crate::handover::Handover;

mod client;
mod error;
mod health;
mod templates;
mod upload;
mod wire;

/// WhatsApp, as one of the providers.
pub(crate) struct WhatsApp {
    pub(crate) origin: Url,
    pub(crate) version: String,
}

impl WhatsApp {
    /// Sends a part.
    pub(crate) async fn send(&self, handover: &Handover<'_, impl Credentials>) -> SendOutcome {
        handover.twice(|| self.hand_over(handover)).await
    }
}

#[cfg(test)]
mod tests;
