//! Facebook Messenger: sending text (Messenger Platform, Send API, May 2026).

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

/// Longest text of a message in characters (Send API reference, message object).
const LONGEST: usize = 2000;

/// Messenger, as one of the providers.
pub(crate) struct Facebook {
    pub(crate) origin: Url,
    pub(crate) version: String,
}

impl Facebook {
    /// Sends a message, in parts when it is longer than Messenger takes, in order.
    pub(crate) async fn send(
        &self,
        message: &OutgoingMessage,
        http: &Http,
        credentials: &impl Credentials,
        deadline: Instant,
    ) -> SendOutcome {
        let parts = split(&message.text, LONGEST);
        send_parts(&parts, deadline, |part| {
            self.send_part(message, (part, parts.len()), http, credentials, deadline)
        })
        .await
    }
}

#[cfg(test)]
mod tests;
