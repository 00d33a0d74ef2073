//! Files that customers attached: fetched from where the platforms say they are, and from nowhere else.

use std::time::Duration;

use reqwest::Url;
use tributary_domain::attachment::{MediaSource, sniff};
use tributary_domain::ports::{FetchError, Fetched, MediaFetcher};
use tributary_domain::{AccountId, Channel};

use crate::credentials::{CredentialError, Credentials};
use crate::oauth1;
use crate::providers::Providers;

mod address;
mod download;

mod whatsapp;

use download::{Auth, Downloads};

/// WhatsApp's largest files are documents of 100 MB (Cloud API, media, "Supported media types").
const WHATSAPP_CAP: usize = 100 * 1024 * 1024;
/// Messenger and Instagram pass 25 MB on (Messenger Platform, "Sending attachments"); X less.
const CAP: usize = 30 * 1024 * 1024;

/// For a file with all that leads to it: redirects, and the question where it is. An invocation of the relay
/// starts none later than 25 s and ends at 120 s.
const TIME: Duration = Duration::from_secs(60);

/// Where the platforms' own servers are, as an operator set them.
#[derive(Debug)]
pub(crate) struct Origins {
    pub(crate) facebook: Url,
    pub(crate) instagram: Url,
    pub(crate) whatsapp: Url,
    pub(crate) twitter: Url,
    pub(crate) graph_api_version: String,
}

/// Fetches files.
pub(crate) struct Media {
    origins: Origins,
    downloads: Downloads,
}

pub(crate) fn not_now(reason: &'static str) -> FetchError {
    FetchError::NotNow {
        reason,
        retry_after: None::<Duration>,
    }
}

impl From<CredentialError> for Refused {
    fn from(error: CredentialError) -> Self {
        Self(match error {
            CredentialError::UnknownAccount => FetchError::Never("the account is not connected"),
            CredentialError::Unavailable(_) => not_now("the credentials cannot be read"),
        })
    }
}

/// A failure on its way to the port's.
struct Refused(FetchError);

impl From<FetchError> for Refused {
    fn from(error: FetchError) -> Self {
        Self(error)
    }
}

impl Media {
    pub(crate) fn new(origins: Origins) -> Self {
        Self {
            origins,
            downloads: Downloads::default(),
        }
    }

    /// The origin that an operator trusts with a channel, beside the hosts that the platform is known to use.
    fn origin(&self, channel: Channel) -> Option<&Url> {
        match channel {
            Channel::Facebook => Some(&self.origins.facebook),
            Channel::Instagram => Some(&self.origins.instagram),
            Channel::WhatsApp => Some(&self.origins.whatsapp),
            Channel::Twitter => Some(&self.origins.twitter),
            Channel::Email | Channel::WebChat => None,
        }
    }

    async fn fetch(
        &self,
        channel: Channel,
        account: &AccountId,
        source: &MediaSource,
        credentials: &impl Credentials,
    ) -> Result<Vec<u8>, Refused> {
        let trusted = self.origin(channel);
        let trusted = trusted.ok_or(FetchError::Never("the channel has no files"))?;
        match source {
            MediaSource::Url(url) => {
                let url = Url::parse(url).map_err(|_| FetchError::Never("no address"))?;
                let auth = match channel {
                    Channel::Twitter if needs_user(&url) || same_origin(&url, trusted) => {
                        let account = credentials.twitter(account).await?;
                        let header = oauth1::authorization("GET", &url, &account);
                        Auth::Header(header.ok_or_else(|| not_now("no randomness"))?)
                    }
                    Channel::WhatsApp => {
                        Auth::Bearer(credentials.whatsapp(account).await?.access_token)
                    }
                    Channel::Facebook
                    | Channel::Instagram
                    | Channel::Twitter
                    | Channel::Email
                    | Channel::WebChat => Auth::None,
                };
                let cap = if channel == Channel::WhatsApp {
                    WHATSAPP_CAP
                } else {
                    CAP
                };
                let file = self.downloads.get(channel, trusted, url, &auth, cap).await;
                Ok(file.map_err(|error| error.plain())?)
            }
            MediaSource::Media { id, sha256 } => {
                let known = sha256.as_deref();
                self.whatsapp_media(account, id, known, credentials).await
            }
        }
    }
}

/// X serves files of direct messages to the user only (X API, "Retrieving media").
fn needs_user(url: &Url) -> bool {
    matches!(
        url.host_str(),
        Some("ton.twitter.com" | "ton.x.com" | "api.x.com" | "api.twitter.com")
    )
}

pub(crate) fn same_origin(url: &Url, origin: &Url) -> bool {
    url.origin() == origin.origin()
}

impl<C: Credentials> MediaFetcher for Providers<C> {
    async fn fetch(
        &self,
        channel: Channel,
        account: &AccountId,
        source: &MediaSource,
    ) -> Result<Fetched, FetchError> {
        let fetching = self
            .media
            .fetch(channel, account, source, &self.credentials);
        let bytes = tokio::time::timeout(TIME, fetching)
            .await
            .unwrap_or_else(|_| Err(not_now("it took too long").into()))
            .map_err(|Refused(error)| error)?;
        let (mime_type, extension) = sniff(&bytes);
        Ok(Fetched {
            bytes,
            mime_type,
            extension,
        })
    }
}

#[cfg(test)]
mod tests;
