//! One call to a provider, and whether it can have been taken when no answer comes.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::multipart::Form;
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url, redirect};
use serde::Serialize;
use tokio::time::Instant;

use crate::credentials::Secret;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Answers are a few hundred bytes; more than this is none of the provider's.
const LONGEST_ANSWER: usize = 64 * 1024;

/// The client, made at first use.
#[derive(Default)]
pub(crate) struct Http {
    client: OnceLock<Client>,
}

/// How a request proves who calls.
pub(crate) enum Auth<'a> {
    None,
    Bearer(&'a Secret),
    /// The whole value of `Authorization`.
    Header(String),
}

/// What the provider answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// None when it was cut off or too long.
    pub(crate) body: Option<Vec<u8>>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The request did not leave.
    NotSent,
    /// It left, and time ran out.
    TimedOut,
    /// It may have left, and the connection ended.
    Cut,
}

impl Http {
    fn client(&self) -> reqwest::Result<&Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::builder()
            .user_agent(concat!("tributary/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none())
            // A connection that died while the function was frozen looks like a cut one, which
            // would make a message's fate unknown; a new one for each message never does.
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(self.client.get_or_init(|| client))
    }

    fn request(&self, method: Method, url: Url, auth: Auth<'_>) -> Result<RequestBuilder, Failure> {
        let request = self.client().map_err(failure)?.request(method, url);
        Ok(match auth {
            Auth::None => request,
            Auth::Bearer(token) => request.bearer_auth(token.reveal()),
            Auth::Header(value) => request.header(AUTHORIZATION, value),
        })
    }

    /// Posts JSON. Redirects are answers like any other.
    pub(crate) async fn post(
        &self,
        url: Url,
        auth: Auth<'_>,
        body: &impl Serialize,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        let request = self.request(Method::POST, url, auth)?.json(body);
        answer(request, deadline).await
    }

    /// Posts a form with files. Redirects are answers like any other.
    pub(crate) async fn post_form(
        &self,
        url: Url,
        auth: Auth<'_>,
        form: Form,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        let request = self.request(Method::POST, url, auth)?.multipart(form);
        answer(request, deadline).await
    }

    /// Calls without a body. Redirects are answers like any other.
    pub(crate) async fn call(
        &self,
        method: Method,
        url: Url,
        auth: Auth<'_>,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        answer(self.request(method, url, auth)?, deadline).await
    }
}

async fn answer(request: RequestBuilder, deadline: Instant) -> Result<Answer, Failure> {
    let left = deadline.saturating_duration_since(Instant::now());
    let response = request.timeout(left).send().await.map_err(failure)?;
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(Answer {
        status,
        headers,
        body: read(response).await,
    })
}

async fn read(mut response: reqwest::Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

fn failure(error: reqwest::Error) -> Failure {
    let failure = if error.is_builder() || error.is_connect() {
        Failure::NotSent
    } else if error.is_timeout() {
        Failure::TimedOut
    } else {
        Failure::Cut
    };
    tracing::warn!(
        error = &error.without_url() as &dyn std::error::Error,
        ?failure,
        "no answer from the provider"
    );
    failure
}

impl Answer {
    /// When the provider asks us to come back: `Retry-After` in seconds, or SendGrid's
    /// `X-RateLimit-Reset` as the time in epoch seconds.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        if let Some(seconds) = self.number("retry-after") {
            return Some(Duration::from_secs(seconds));
        }
        self.until("x-ratelimit-reset")
    }

    /// How long it is until the time that a header names in epoch seconds.
    pub(crate) fn until(&self, header: &str) -> Option<Duration> {
        let at = UNIX_EPOCH.checked_add(Duration::from_secs(self.number(header)?))?;
        at.duration_since(SystemTime::now()).ok()
    }

    /// The number in a header.
    pub(crate) fn number(&self, header: &str) -> Option<u64> {
        self.headers.get(header)?.to_str().ok()?.trim().parse().ok()
    }
}
