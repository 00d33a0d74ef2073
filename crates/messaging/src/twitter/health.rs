//! Is the app's webhook valid? X stops sending to one whose challenge failed until it is asked to try again
//! (docs.x.com, x-api/webhooks). Only the app's bearer token may ask.

use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;
use tokio::time::Instant;
use tributary_domain::ports::Checkup;

use crate::credentials::Secret;
use crate::health::{Finding, HealthCredentials, PlatformHealth};
use crate::http::{Answer, Auth};

/// How our webhook's address ends.
const OUR_PATH: &str = "/api/webhooks/twitter";

#[derive(Deserialize)]
struct WebhooksBody {
    #[serde(default)]
    data: Vec<Webhook>,
}

#[derive(Deserialize)]
struct Webhook {
    id: String,
    url: String,
    valid: bool,
}

impl<C: HealthCredentials> PlatformHealth<C> {
    pub(crate) async fn check_x(&self, deadline: Instant) -> Finding {
        let token = match self.credentials.x_app().await {
            Ok(Some(token)) => token,
            Ok(None) => {
                let why = "Without the app's bearer_token in the secret twitter the webhook cannot be checked.";
                return Checkup::Unclear(why.to_owned()).into();
            }
            Err(error) => return error.into(),
        };
        self.check_webhooks(&token, deadline)
            .await
            .unwrap_or_else(|finding| finding)
    }

    async fn check_webhooks(&self, token: &Secret, deadline: Instant) -> Result<Finding, Finding> {
        let answer = self.ask_x(Method::GET, &[], token, deadline).await?;
        let body = answer.body.as_deref().unwrap_or_default();
        let WebhooksBody { data } = serde_json::from_slice(body).map_err(|_| away())?;
        let ours: Vec<Webhook> = data
            .into_iter()
            .filter(|w| Url::parse(&w.url).is_ok_and(|url| url.path().ends_with(OUR_PATH)))
            .collect();
        if ours.is_empty() {
            return Ok(Checkup::Broken(
                "The X app has no webhook of this desk: register it (POST /2/webhooks) and subscribe the account.".to_owned(),
            )
            .into());
        }
        let mut mended = false;
        for webhook in ours.iter().filter(|w| !w.valid) {
            let id = [webhook.id.as_str()];
            let tried = self.ask_x(Method::PUT, &id, token, deadline).await?;
            if !tried.status.is_success() {
                return Ok(Checkup::Broken(
                    "X holds the webhook for invalid, and it did not pass the challenge again: look whether GET /api/webhooks/twitter?crc_token=x answers from outside, and whether consumer_secret is the app's.".to_owned(),
                )
                .into());
            }
            mended = true;
        }
        Ok(if mended {
            Checkup::Mended("X validated the webhook again").into()
        } else {
            Checkup::Good.into()
        })
    }

    /// An answer that is about the webhook, and not about our right to ask or X's own state.
    async fn ask_x(
        &self,
        method: Method,
        rest: &[&str],
        token: &Secret,
        deadline: Instant,
    ) -> Result<Answer, Finding> {
        let mut url = self.twitter.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(["2", "webhooks"]).extend(rest);
        }
        let answer = self
            .http
            .call(method, url, Auth::Bearer(token), deadline)
            .await
            .map_err(|_| away())?;
        match answer.status {
            StatusCode::UNAUTHORIZED => Err(Finding {
                checkup: Checkup::Broken(
                    "X does not accept the app's bearer token any more: make a new one and put it into the secret twitter as bearer_token.".to_owned(),
                ),
                credentials_refused: true,
            }),
            StatusCode::FORBIDDEN => Err(Checkup::Broken(
                "X does not let the app look at its webhooks: look whether its plan and its project include the Account Activity API.".to_owned(),
            )
            .into()),
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                let status = status.as_u16();
                Err(Checkup::Unclear(format!("X answered with status {status}.")).into())
            }
            _ => Ok(answer),
        }
    }
}

fn away() -> Finding {
    Checkup::Unclear("X did not answer.".to_owned()).into()
}
