//! SendGrid: sending mail (v3 Mail Send).

use reqwest::Url;
use tokio::time::Instant;
use tributary_domain::ports::{OutgoingMessage, SendOutcome};

use crate::credentials::Credentials;
use crate::http::Http;
use crate::verdict::refused;

mod client;
mod error;
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
    /// Sends a message as a plain text mail.
    pub(crate) async fn send(
        &self,
        message: &OutgoingMessage,
        http: &Http,
        credentials: &impl Credentials,
        deadline: Instant,
    ) -> SendOutcome {
        if message.to.is_empty() {
            return refused(
                "no-address",
                "The customer left no mail address.",
                "The answer is only shown in the chat, if the customer still has it open.",
            );
        }
        self.send_mail(message, http, credentials, deadline).await
    }
}

#[cfg(test)]
mod tests;
