//! SendGrid: sending mail (v3 Mail Send).

use reqwest::Url;
use tributary_domain::ports::SendOutcome;

use crate::credentials::Credentials;
use crate::handover::Handover;

mod client;
mod error;
mod files;
mod headers;
mod html;
mod wire;

/// SendGrid, as one of the providers.
pub(crate) struct SendGrid {
    pub(crate) origin: Url,
    /// The address mail comes from.
    pub(crate) from: String,
    /// The domain answers go to.
    pub(crate) reply_domain: String,
}

impl SendGrid {
    /// Sends a part as a mail, in plain text and formatted.
    pub(crate) async fn send(&self, handover: &Handover<'_, impl Credentials>) -> SendOutcome {
        handover.twice(|| self.hand_over(handover)).await
    }
}

#[cfg(test)]
mod tests;
