//! The port to all platforms.

use std::time::Duration;

use reqwest::Url;
use tokio::time::Instant;
use tributary_domain::Channel;
use tributary_domain::ports::{Messenger, OutgoingMessage, SendOutcome};

use crate::credentials::Credentials;
use crate::facebook::Facebook;
use crate::http::Http;
use crate::media::{Media, Origins};
use crate::sendgrid::SendGrid;
use crate::verdict::refused;
use crate::whatsapp::WhatsApp;

/// The longest a message may take, all its calls together.
const BUDGET: Duration = Duration::from_secs(10);

/// Where the providers are and how we present ourselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvidersConfig {
    /// Origin of Meta's Graph API for Messenger: scheme, host, port.
    pub facebook_origin: String,
    /// Origin of Meta's Graph API for Instagram: scheme, host, port.
    pub instagram_origin: String,
    /// Origin of Meta's Graph API for WhatsApp: scheme, host, port.
    pub whatsapp_origin: String,
    /// Origin of X's API: scheme, host, port.
    pub twitter_origin: String,
    /// Version of the Graph API: `v26.0`.
    pub graph_api_version: String,
    /// Origin of SendGrid's API.
    pub sendgrid_origin: String,
    /// The address our mail comes from.
    pub mail_from: String,
    /// The domain that answers to our mail go to.
    pub mail_reply_domain: String,
}

/// An origin is not scheme, host and port alone.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the origin of {provider} must be http(s)://host[:port] without a path")]
pub struct InvalidOrigin {
    /// Whose.
    pub provider: &'static str,
}

/// All platforms, chosen by the message's channel.
pub struct Providers<C> {
    http: Http,
    facebook: Facebook,
    whatsapp: WhatsApp,
    sendgrid: SendGrid,
    pub(crate) media: Media,
    pub(crate) credentials: C,
}

impl<C: Credentials> Providers<C> {
    /// The providers; nothing is connected or read yet.
    ///
    /// # Errors
    /// [`InvalidOrigin`] when an origin is none.
    pub fn new(config: ProvidersConfig, credentials: C) -> Result<Self, InvalidOrigin> {
        let ProvidersConfig {
            facebook_origin,
            instagram_origin,
            whatsapp_origin,
            twitter_origin,
            graph_api_version,
            sendgrid_origin,
            mail_from,
            mail_reply_domain,
        } = config;
        let media = Media::new(Origins {
            facebook: origin("Messenger", &facebook_origin)?,
            instagram: origin("Instagram", &instagram_origin)?,
            whatsapp: origin("WhatsApp", &whatsapp_origin)?,
            twitter: origin("X", &twitter_origin)?,
            graph_api_version: graph_api_version.clone(),
        });
        Ok(Self {
            http: Http::default(),
            facebook: Facebook {
                origin: origin("Messenger", &facebook_origin)?,
                version: graph_api_version.clone(),
            },
            whatsapp: WhatsApp {
                origin: origin("WhatsApp", &whatsapp_origin)?,
                version: graph_api_version,
            },
            sendgrid: SendGrid {
                origin: origin("SendGrid", &sendgrid_origin)?,
                from: mail_from,
                reply_domain: mail_reply_domain,
            },
            media,
            credentials,
        })
    }
}

pub(crate) fn origin(provider: &'static str, text: &str) -> Result<Url, InvalidOrigin> {
    let url = Url::parse(text).map_err(|_| InvalidOrigin { provider })?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    if plain && anonymous {
        Ok(url)
    } else {
        Err(InvalidOrigin { provider })
    }
}

impl<C: Credentials> Messenger for Providers<C> {
    async fn send(&self, message: &OutgoingMessage) -> SendOutcome {
        let deadline = Instant::now() + BUDGET;
        let outcome = match message.channel {
            Channel::Facebook => {
                self.facebook
                    .send(message, &self.http, &self.credentials, deadline)
                    .await
            }
            Channel::WhatsApp => {
                self.whatsapp
                    .send(message, &self.http, &self.credentials, deadline)
                    .await
            }
            Channel::Email | Channel::WebChat => {
                self.sendgrid
                    .send(message, &self.http, &self.credentials, deadline)
                    .await
            }
            Channel::Instagram | Channel::Twitter => refused(
                "channel-not-connected",
                "Messages cannot be sent on this channel yet.",
                "Answer the customer on another channel.",
            ),
        };
        log(message, &outcome);
        outcome
    }
}

fn log(message: &OutgoingMessage, outcome: &SendOutcome) {
    let (result, code) = match outcome {
        SendOutcome::Accepted { .. } => ("accepted", ""),
        SendOutcome::Retryable { error, .. } => ("retryable", error.code.as_str()),
        SendOutcome::Refused { error } => ("refused", error.code.as_str()),
        SendOutcome::Unknown { error } => ("unknown", error.code.as_str()),
    };
    let correlation = &message.correlation;
    tracing::info!(
        channel = %message.channel,
        ticket_id = %correlation.ticket_id,
        message_id = %correlation.message_id,
        attempt = correlation.attempt,
        result,
        code,
        "message handed to its provider"
    );
}

#[cfg(test)]
mod tests;
