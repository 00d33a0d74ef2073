//! The port to all platforms.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Url;
use tokio::time::{Instant, timeout};
use tracing::Instrument as _;
use tracing::field::Empty;
use tributary_domain::ports::{
    FoundThere, LookupError, Messenger, OutgoingPart, SendOutcome, TypingTo,
};
use tributary_domain::{AccountId, Channel};
use tributary_telemetry::metrics::{self, Handed};

use crate::credentials::Credentials;
use crate::facebook::Facebook;
use crate::handover::Handover;
use crate::http::Http;
use crate::instagram::Instagram;
use crate::media::{Media, Origins};
use crate::sendgrid::SendGrid;
use crate::twitter::Twitter;
use crate::typing::{self, Showing};
use crate::whatsapp::WhatsApp;

/// The longest a part may take, all its calls together.
const BUDGET: Duration = Duration::from_secs(10);
/// The longest it may take of this to show that a message was seen.
const SEEN_BUDGET: Duration = Duration::from_secs(2);

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

/// All platforms, chosen by the part's channel.
pub struct Providers<C> {
    http: Http,
    facebook: Facebook,
    instagram: Instagram,
    whatsapp: WhatsApp,
    twitter: Twitter,
    sendgrid: SendGrid,
    pub(crate) media: Media,
    pub(crate) credentials: C,
    shows_seen: BTreeSet<Channel>,
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
            instagram: Instagram {
                origin: origin("Instagram", &instagram_origin)?,
                version: graph_api_version.clone(),
            },
            whatsapp: WhatsApp {
                origin: origin("WhatsApp", &whatsapp_origin)?,
                version: graph_api_version,
            },
            twitter: Twitter::new(origin("X", &twitter_origin)?),
            sendgrid: SendGrid {
                origin: origin("SendGrid", &sendgrid_origin)?,
                from: mail_from,
                reply_domain: mail_reply_domain,
            },
            media,
            credentials,
            shows_seen: BTreeSet::new(),
        })
    }

    /// The same, showing customers on these channels that their messages were seen when an agent answers. Messenger
    /// and WhatsApp can; it is one more call to their address for messages.
    #[must_use]
    pub fn showing_seen(self, channels: impl IntoIterator<Item = Channel>) -> Self {
        Self {
            shows_seen: channels.into_iter().collect(),
            ..self
        }
    }

    /// Shows the customer that the messages before a part were seen. Whatever comes of it, the part goes.
    async fn show_seen(&self, handover: &Handover<'_, C>) {
        let part = handover.part;
        let Some(seen) = part.seen.as_deref() else {
            return;
        };
        if !self.shows_seen.contains(&part.channel) {
            return;
        }
        let showing = async {
            match part.channel {
                Channel::Facebook => self.facebook.show_seen(handover).await,
                Channel::WhatsApp => self.whatsapp.show_seen(handover, seen).await,
                Channel::Instagram | Channel::Twitter | Channel::Email | Channel::WebChat => Ok(()),
            }
        };
        let shown = timeout(SEEN_BUDGET, showing).await;
        let is_shown = matches!(shown, Ok(Ok(())));
        tracing::debug!(channel = %part.channel, is_shown, "a customer is shown that a message was seen");
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
    async fn send(&self, part: &OutgoingPart) -> SendOutcome {
        let handover = Handover {
            part,
            http: &self.http,
            credentials: &self.credentials,
            deadline: Instant::now() + BUDGET,
        };
        self.show_seen(&handover).await;
        let correlation = &part.correlation;
        let span = tracing::info_span!(
            "provider",
            channel = %part.channel,
            ticket_id = %correlation.ticket_id,
            message_id = %correlation.message_id,
            attempt = correlation.attempt,
            part = correlation.part,
            result = Empty,
            fault = Empty
        );
        let started = Instant::now();
        let outcome = self.hand_over(&handover).instrument(span.clone()).await;
        let (handed, result, code) = told(&outcome);
        span.record("result", result);
        span.record("fault", handed != Handed::Sent);
        metrics::handed_over(part.channel.as_str(), handed, started.elapsed());
        span.in_scope(|| tracing::info!(result, code, "message handed to its provider"));
        outcome
    }

    async fn written_to(
        &self,
        channel: Channel,
        account: &AccountId,
        person: &str,
    ) -> Result<Vec<FoundThere>, LookupError> {
        let deadline = Instant::now() + BUDGET;
        match channel {
            Channel::Twitter => {
                let asked = (account, person);
                let (http, credentials) = (&self.http, &self.credentials);
                self.twitter
                    .written_to(http, credentials, asked, deadline)
                    .await
            }
            Channel::Facebook
            | Channel::Instagram
            | Channel::WhatsApp
            | Channel::Email
            | Channel::WebChat => Err(LookupError::Never("it is not asked there".to_owned())),
        }
    }

    async fn show_typing(&self, to: &TypingTo) -> bool {
        let showing = Showing {
            to,
            http: &self.http,
            credentials: &self.credentials,
            deadline: Instant::now() + typing::BUDGET,
        };
        let call = async {
            match (to.channel, &to.latest) {
                (Channel::Facebook, _) => self.facebook.show_typing(&showing).await.is_ok(),
                (Channel::Instagram, _) => self.instagram.show_typing(&showing).await.is_ok(),
                (Channel::WhatsApp, Some(latest)) => {
                    self.whatsapp.show_typing(&showing, latest).await.is_ok()
                }
                (Channel::WhatsApp, None)
                | (Channel::Twitter | Channel::Email | Channel::WebChat, _) => false,
            }
        };
        let is_shown = timeout(typing::BUDGET, call).await.unwrap_or(false);
        tracing::debug!(channel = %to.channel, is_shown, "a customer is shown that somebody types");
        is_shown
    }

    async fn secret_version(&self, channel: Channel) -> Option<String> {
        self.credentials.secret_version(channel).await
    }
}

impl<C: Credentials> Providers<C> {
    async fn hand_over(&self, handover: &Handover<'_, C>) -> SendOutcome {
        match handover.part.channel {
            Channel::Facebook => self.facebook.send(handover).await,
            Channel::Instagram => self.instagram.send(handover).await,
            Channel::WhatsApp => self.whatsapp.send(handover).await,
            Channel::Twitter => self.twitter.send(handover).await,
            Channel::Email | Channel::WebChat => self.sendgrid.send(handover).await,
        }
    }
}

/// The outcome in the words of metrics, of the log, and with the provider's code.
fn told(outcome: &SendOutcome) -> (Handed, &'static str, &str) {
    match outcome {
        SendOutcome::Accepted { .. } => (Handed::Sent, "accepted", ""),
        SendOutcome::Retryable { error, .. } => (Handed::Retry, "retryable", error.code.as_str()),
        SendOutcome::Limited { error, .. } => (Handed::Limited, "limited", error.code.as_str()),
        SendOutcome::Broken { error } => (Handed::Broken, "broken", error.code.as_str()),
        SendOutcome::Refused { error } => (Handed::Failed, "refused", error.code.as_str()),
        SendOutcome::Unknown { error } => (Handed::Unknown, "unknown", error.code.as_str()),
    }
}

#[cfg(test)]
mod tests;
