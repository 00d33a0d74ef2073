//! The port [`Profiles`] to Messenger and Instagram: what people are called whose messages carry only an id
//! (Messenger Platform, user profile API; Instagram Platform, user profile API).

use std::time::Duration;

use reqwest::{Method, Url};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};
use tributary_domain::content::start_chars;
use tributary_domain::ports::{ProfileError, Profiles};
use tributary_domain::ticket::MAX_NAME_CHARS;
use tributary_domain::{AccountId, Channel};

use crate::credentials::{CredentialError, Secret};
use crate::health::{HealthConfig, HealthCredentials};
use crate::http::{Auth, Http};
use crate::providers::{InvalidOrigin, origin};

mod error;

use error::{Refused, not_now};

/// The longest a question may take, with fresh credentials if need be.
const BUDGET: Duration = Duration::from_secs(10);

/// The platforms, asked about people.
pub struct PlatformProfiles<C> {
    http: Http,
    facebook: Url,
    instagram: Url,
    version: String,
    credentials: C,
}

/// What both platforms answer; what was not asked for or is not public is missing.
#[derive(Debug, Deserialize)]
struct ProfileBody {
    name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    username: Option<String>,
}

impl<C: HealthCredentials> PlatformProfiles<C> {
    /// As `config` says. Nothing is connected or read yet.
    ///
    /// # Errors
    /// [`InvalidOrigin`] when an origin is none.
    pub fn new(config: &HealthConfig, credentials: C) -> Result<Self, InvalidOrigin> {
        Ok(Self {
            http: Http::default(),
            facebook: origin("Messenger", &config.facebook_origin)?,
            instagram: origin("Instagram", &config.instagram_origin)?,
            version: config.graph_api_version.clone(),
            credentials,
        })
    }

    async fn once(
        &self,
        channel: Channel,
        account: &AccountId,
        person: &str,
        deadline: Instant,
    ) -> Result<String, Refused> {
        let (origin, fields, token) = match channel {
            Channel::Facebook => {
                let token = self.credentials.page(account).await?;
                (&self.facebook, "name,first_name,last_name", token)
            }
            Channel::Instagram => {
                let token = self.credentials.instagram(account).await?;
                (&self.instagram, "name,username", token.access_token)
            }
            Channel::WhatsApp | Channel::Twitter | Channel::Email | Channel::WebChat => {
                let reason = "names come with the messages there".to_owned();
                return Err(ProfileError::Never(reason).into());
            }
        };
        self.get(origin, fields, person, &token, deadline).await
    }

    async fn get(
        &self,
        origin: &Url,
        fields: &str,
        person: &str,
        token: &Secret,
        deadline: Instant,
    ) -> Result<String, Refused> {
        let mut url = origin.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend([self.version.as_str(), person]);
        }
        url.query_pairs_mut().append_pair("fields", fields);
        let asked = self
            .http
            .call(Method::GET, url, Auth::Bearer(token), deadline);
        let answer = asked.await.map_err(|_| not_now("there was no answer"))?;
        if !answer.status.is_success() {
            return Err(error::of(&answer));
        }
        let body = answer.body.unwrap_or_default();
        let body = serde_json::from_slice(&body);
        let body = body.map_err(|_| not_now("the answer could not be read"))?;
        let no_name = || ProfileError::Never("no name is public".to_owned()).into();
        name_in(body).ok_or_else(no_name)
    }
}

/// The name, on one line: as the platform shows it, else put together, else the user name.
fn name_in(body: ProfileBody) -> Option<String> {
    let ProfileBody {
        name,
        first_name,
        last_name,
        username,
    } = body;
    let both = [first_name, last_name]
        .map(Option::unwrap_or_default)
        .join(" ");
    [name, Some(both), username]
        .into_iter()
        .flatten()
        .map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "))
        .find(|name| !name.is_empty())
        .map(|name| start_chars(&name, MAX_NAME_CHARS).to_owned())
}

impl From<CredentialError> for Refused {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::UnknownAccount => {
                ProfileError::Never("the account is not connected".to_owned()).into()
            }
            CredentialError::Unavailable(_) => not_now("the credentials cannot be read"),
        }
    }
}

impl<C: HealthCredentials> Profiles for PlatformProfiles<C> {
    /// Credentials that were refused are read again, once.
    async fn name_of(
        &self,
        channel: Channel,
        account: &AccountId,
        platform_id: &str,
    ) -> Result<String, ProfileError> {
        let deadline = Instant::now() + BUDGET;
        let asking = async {
            match self.once(channel, account, platform_id, deadline).await {
                Err(first) if first.credentials_refused => {
                    self.credentials.reread(channel).await;
                    self.once(channel, account, platform_id, deadline).await
                }
                outcome => outcome,
            }
        };
        let outcome = timeout_at(deadline, asking).await;
        let outcome = outcome.unwrap_or_else(|_| Err(not_now("it took too long")));
        outcome.map_err(|refused| refused.error)
    }
}

#[cfg(test)]
mod tests;
