//! One file over HTTP: redirects followed by hand, each address checked, never more than the cap in memory.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, LOCATION, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Response, StatusCode, Url, redirect};
use tributary_domain::Channel;
use tributary_domain::ports::FetchError;

use super::address::{PublicOnly, System, is_allowed};
use super::{not_now, same_origin};
use crate::credentials::Secret;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Between two pieces of a file.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// For a whole file; the relay's invocation leaves as much.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);
const MOST_REDIRECTS: usize = 3;

/// How a request proves who asks.
pub(super) enum Auth {
    None,
    Bearer(Secret),
    /// The whole value of `Authorization`.
    Header(String),
}

/// Why a file was not fetched.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The platform refused the token.
    TokenRefused,
    /// Anything else.
    Other(FetchError),
}

impl Failure {
    /// As the port says it. A token that is refused may be replaced.
    pub(super) fn plain(self) -> FetchError {
        match self {
            Self::TokenRefused => not_now("the platform refused the token"),
            Self::Other(error) => error,
        }
    }
}

fn never(reason: &'static str) -> Failure {
    Failure::Other(FetchError::Never(reason))
}

fn later(reason: &'static str) -> Failure {
    Failure::Other(not_now(reason))
}

/// The clients, made at first use: one that sees the internet only, one for what the operator trusts.
#[derive(Default)]
pub(super) struct Downloads {
    public: OnceLock<Client>,
    trusted: OnceLock<Client>,
}

fn builder() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("tributary/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
}

fn made(cell: &OnceLock<Client>, builder: ClientBuilder) -> Result<&Client, Failure> {
    if let Some(client) = cell.get() {
        return Ok(client);
    }
    let client = builder.build().map_err(|_| later("no HTTP client"))?;
    Ok(cell.get_or_init(|| client))
}

impl Downloads {
    fn client(&self, is_trusted: bool) -> Result<&Client, Failure> {
        if is_trusted {
            made(&self.trusted, builder())
        } else {
            let resolver = Arc::new(PublicOnly(System));
            made(
                &self.public,
                builder().https_only(true).dns_resolver(resolver),
            )
        }
    }

    /// Fetches at most `cap` bytes. `trusted` is the origin that the operator set, which may be anywhere; all
    /// other addresses are the platform's known hosts. Whatever proves who asks goes to the first address and,
    /// after a redirect, to the same origin only.
    pub(super) async fn get(
        &self,
        channel: Channel,
        trusted: &Url,
        url: Url,
        auth: &Auth,
        cap: usize,
    ) -> Result<Vec<u8>, Failure> {
        let first = url.clone();
        let mut url = url;
        for _ in 0..=MOST_REDIRECTS {
            let is_trusted = same_origin(&url, trusted);
            if !is_trusted && !is_allowed(channel, &url) {
                return Err(never("the address is none of the platform's"));
            }
            let mut request = self.client(is_trusted)?.get(url.clone());
            if same_origin(&url, &first) {
                request = match auth {
                    Auth::None => request,
                    Auth::Bearer(token) => request.bearer_auth(token.reveal()),
                    Auth::Header(value) => request.header(AUTHORIZATION, value),
                };
            }
            let response = request.send().await.map_err(unanswered)?;
            if response.status().is_redirection() {
                url = target(&response, &url).ok_or_else(|| never("a redirect to nowhere"))?;
                continue;
            }
            judge(&response)?;
            return read(response, cap).await;
        }
        Err(never("too many redirects"))
    }
}

fn target(response: &Response, from: &Url) -> Option<Url> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    from.join(location).ok()
}

/// The error is logged without its address, which may hold a signature.
fn unanswered(error: reqwest::Error) -> Failure {
    tracing::warn!(
        error = &error.without_url() as &dyn std::error::Error,
        "a file's host did not answer"
    );
    later("no answer")
}

/// What a status says of a file. Signed addresses that are too old are refused with 403, 404 or 410.
fn judge(response: &Response) -> Result<(), Failure> {
    let status = response.status();
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::UNAUTHORIZED => Err(Failure::TokenRefused),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            let asked = response.headers().get(RETRY_AFTER);
            let seconds = asked.and_then(|value| value.to_str().ok()?.trim().parse().ok());
            Err(Failure::Other(FetchError::NotNow {
                reason: "too many requests",
                retry_after: seconds.map(Duration::from_secs),
            }))
        }
        status if status.is_server_error() => Err(later("the platform has a fault")),
        _ => Err(never("the platform no longer gives it")),
    }
}

async fn read(mut response: Response, cap: usize) -> Result<Vec<u8>, Failure> {
    let too_large = || never("the file is too large");
    let told = response.content_length().unwrap_or(0);
    let told = usize::try_from(told).map_err(|_| too_large())?;
    if told > cap {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(told);
    while let Some(piece) = response.chunk().await.map_err(unanswered)? {
        if bytes.len() + piece.len() > cap {
            return Err(too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}
