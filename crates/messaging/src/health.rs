//! The port [`Checkups`] to all platforms: are the webhooks subscribed, and does the token work? What can be
//! mended from here is mended.

use std::time::Duration;

use reqwest::Url;
use tokio::time::Instant;
use tributary_domain::ports::{Checkup, Checkups};
use tributary_domain::{AccountId, Channel, Timestamp};

use crate::credentials::{CredentialError, Secret};
use crate::http::Http;
use crate::providers::{InvalidOrigin, origin};

pub(crate) mod graph;

/// The longest a check of an account may take, all its calls together.
pub(crate) const BUDGET: Duration = Duration::from_secs(15);

/// Where the platforms are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthConfig {
    /// Origin of Meta's Graph API for Messenger: scheme, host, port.
    pub facebook_origin: String,
    /// Origin of Instagram's Graph API.
    pub instagram_origin: String,
    /// Origin of Meta's Graph API for WhatsApp.
    pub whatsapp_origin: String,
    /// Origin of X's API.
    pub twitter_origin: String,
    /// Version of the Graph API: `v26.0`.
    pub graph_api_version: String,
}

/// What an Instagram account is checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstagramToken {
    /// The token.
    pub access_token: Secret,
    /// When it runs out, if that is known.
    pub expires_at: Option<Timestamp>,
}

/// What a WhatsApp number is checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatsAppToken {
    /// The token.
    pub access_token: Secret,
    /// Id of the business account that the number belongs to, if that is known.
    pub waba_id: Option<String>,
}

/// Where the credentials for checks come from.
pub trait HealthCredentials: Send + Sync {
    /// The token of one of our pages.
    fn page(
        &self,
        account: &AccountId,
    ) -> impl Future<Output = Result<Secret, CredentialError>> + Send;
    /// What one of our Instagram accounts is checked with.
    fn instagram(
        &self,
        account: &AccountId,
    ) -> impl Future<Output = Result<InstagramToken, CredentialError>> + Send;
    /// Keeps a fresh token of an Instagram account in place of `old`; `false` if another took its place.
    fn keep_instagram(
        &self,
        account: &AccountId,
        old: &Secret,
        fresh: &InstagramToken,
    ) -> impl Future<Output = Result<bool, CredentialError>> + Send;
    /// What one of our WhatsApp numbers is checked with.
    fn number(
        &self,
        account: &AccountId,
    ) -> impl Future<Output = Result<WhatsAppToken, CredentialError>> + Send;
    /// The bearer token of the X app, if there is one.
    fn x_app(&self) -> impl Future<Output = Result<Option<Secret>, CredentialError>> + Send;
    /// Drops what is cached of a channel, after the platform refused it.
    fn reread(&self, channel: Channel) -> impl Future<Output = ()> + Send;
}

/// What a check found, and whether it was that the credentials were refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) checkup: Checkup,
    pub(crate) credentials_refused: bool,
}

impl From<Checkup> for Finding {
    fn from(checkup: Checkup) -> Self {
        Self {
            checkup,
            credentials_refused: false,
        }
    }
}

impl From<CredentialError> for Finding {
    fn from(error: CredentialError) -> Self {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "no credentials for a check"
        );
        Checkup::Unclear("The credentials cannot be read.".to_owned()).into()
    }
}

/// The platforms, asked about our accounts.
pub struct PlatformHealth<C> {
    pub(crate) http: Http,
    pub(crate) facebook: Url,
    pub(crate) instagram: Url,
    pub(crate) whatsapp: Url,
    pub(crate) twitter: Url,
    pub(crate) version: String,
    pub(crate) credentials: C,
}

impl<C: HealthCredentials> PlatformHealth<C> {
    /// As `config` says. Nothing is connected or read yet.
    ///
    /// # Errors
    /// [`InvalidOrigin`] when an origin is none.
    pub fn new(config: HealthConfig, credentials: C) -> Result<Self, InvalidOrigin> {
        let HealthConfig {
            facebook_origin,
            instagram_origin,
            whatsapp_origin,
            twitter_origin,
            graph_api_version,
        } = config;
        Ok(Self {
            http: Http::default(),
            facebook: origin("Messenger", &facebook_origin)?,
            instagram: origin("Instagram", &instagram_origin)?,
            whatsapp: origin("WhatsApp", &whatsapp_origin)?,
            twitter: origin("X", &twitter_origin)?,
            version: graph_api_version,
            credentials,
        })
    }

    async fn once(
        &self,
        channel: Channel,
        account: &AccountId,
        now: Timestamp,
        deadline: Instant,
    ) -> Finding {
        match channel {
            Channel::Facebook => self.check_page(account, deadline).await,
            Channel::Instagram => self.check_instagram(account, now, deadline).await,
            Channel::WhatsApp => self.check_number(account, deadline).await,
            Channel::Twitter => self.check_x(deadline).await,
            Channel::Email | Channel::WebChat => {
                Checkup::Unclear("There is nothing to check.".to_owned()).into()
            }
        }
    }
}

impl<C: HealthCredentials> Checkups for PlatformHealth<C> {
    /// Credentials that were refused are read again, once.
    async fn check(&self, channel: Channel, account: &AccountId, now: Timestamp) -> Checkup {
        let deadline = Instant::now() + BUDGET;
        let first = self.once(channel, account, now, deadline).await;
        if !first.credentials_refused {
            return first.checkup;
        }
        self.credentials.reread(channel).await;
        self.once(channel, account, now, deadline).await.checkup
    }
}

#[cfg(test)]
mod tests;
