//! WhatsApp Business Cloud API: sending text (Cloud API reference, messages, June 2026).

use reqwest::Url;
use tokio::time::Instant;
use tributary_domain::ports::{OutgoingMessage, SendOutcome};

use crate::credentials::Credentials;
use crate::http::Http;
use crate::parts::{send_parts, split};

mod client;
mod error;
mod health;
mod wire;

/// Longest text of a message in characters (Cloud API reference, text object).
const LONGEST: usize = 4096;

/// WhatsApp, as one of the providers.
pub(crate) struct WhatsApp {
    pub(crate) origin: Url,
    pub(crate) version: String,
}

impl WhatsApp {
    /// Sends a message, in parts when it is longer than WhatsApp takes, in order.
    pub(crate) async fn send(
        &self,
        message: &OutgoingMessage,
        http: &Http,
        credentials: &impl Credentials,
        deadline: Instant,
    ) -> SendOutcome {
        let parts = split(&message.text, LONGEST);
        send_parts(&parts, deadline, |part| {
            self.send_part(message, part, http, credentials, deadline)
        })
        .await
    }
}

#[cfg(test)]
mod tests;
