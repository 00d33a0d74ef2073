//! One bucket: requests are signed by rusty-s3 as presigned addresses, and sent by the client that all of a function
//! shares (docs/adr/0012-what-a-function-carries.md).

use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use bytes::Bytes;
use http::HeaderName;
use reqwest::{Method, Response, Url};
use rusty_s3::{Bucket, Credentials, UrlStyle};
use tracing::Instrument;
use tributary_edge::aws::Aws;

use super::error::S3Error;

/// Longest that S3 is waited for to begin its answer.
const ATTEMPT: Duration = Duration::from_secs(10);
/// Longest that one call takes, with all its attempts, or one answer to be read.
const OPERATION: Duration = Duration::from_secs(20);
const ATTEMPTS: u32 = 3;
/// The longest pause before the second attempt; each further one doubles it.
const PAUSE: Duration = Duration::from_millis(200);
/// How long the address of a request is good for: clocks differ by less (S3 takes 15 minutes).
pub(super) const REQUEST_VALID: Duration = Duration::from_secs(300);

/// The bucket, and what it is asked with.
pub(super) struct Store {
    bucket: Bucket,
    credentials: SharedCredentialsProvider,
    http: reqwest::Client,
    attempts: u32,
}

/// A request that may be made more than once.
pub(super) struct Call<'a> {
    /// S3's name of it.
    pub(super) operation: &'static str,
    pub(super) method: Method,
    /// Signs its address.
    pub(super) sign: &'a (dyn Fn(&Bucket, &Credentials) -> Url + Sync),
    pub(super) headers: &'a [(HeaderName, &'a str)],
    pub(super) body: Bytes,
}

impl Store {
    /// The bucket of this name where the settings say that S3 is. Nothing is asked yet.
    ///
    /// # Errors
    /// [`S3Error::Settings`] when they name no region or credentials, or an address that is none.
    pub(super) async fn open(name: &str, aws: &Aws) -> Result<Self, S3Error> {
        let config = aws.config().await;
        let region = config.region().ok_or(S3Error::Settings("no AWS region"))?;
        let credentials = config.credentials_provider();
        let (endpoint, style) = endpoint(config, region.as_ref());
        let endpoint = Url::parse(&endpoint).map_err(|_| S3Error::Settings("no address of S3"))?;
        let bucket = Bucket::new(endpoint, style, name.to_owned(), region.to_string())
            .map_err(|_| S3Error::Settings("no name of a bucket"))?;
        let retries = config.retry_config();
        Ok(Self {
            bucket,
            credentials: credentials.ok_or(S3Error::Settings("no AWS credentials"))?,
            http: aws.http().clone(),
            attempts: retries.map_or(ATTEMPTS, |retries| retries.max_attempts()),
        })
    }

    pub(super) fn bucket(&self) -> &Bucket {
        &self.bucket
    }

    /// How a header names an object of the bucket to be copied, URL-encoded (CopyObject, API reference).
    pub(super) fn copy_source(&self, key: &str) -> String {
        let url = self.bucket.object_url(key);
        let root = self.bucket.base_url().path();
        let key = url.path().strip_prefix(root).unwrap_or_default();
        format!("{}/{key}", self.bucket.name())
    }

    /// Asked each time: Lambda's change while a function lives.
    pub(super) async fn credentials(&self) -> Result<Credentials, S3Error> {
        let found = self.credentials.provide_credentials().await?;
        let (key, secret) = (found.access_key_id(), found.secret_access_key());
        Ok(match found.session_token() {
            Some(token) => Credentials::new_with_token(key, secret, token),
            None => Credentials::new(key, secret),
        })
    }

    /// The answer, once it has begun well. What passes by itself is tried again, with pauses of a random length.
    ///
    /// # Errors
    /// [`S3Error`], of the last attempt.
    pub(super) async fn send(&self, call: &Call<'_>) -> Result<Response, S3Error> {
        let span = tracing::info_span!("s3", "rpc.service" = "S3", "rpc.method" = call.operation);
        let sending = async {
            let mut attempt = 1;
            loop {
                let answer = tokio::time::timeout(ATTEMPT, self.attempt(call)).await;
                let error = match answer.unwrap_or(Err(S3Error::Late)) {
                    Ok(answer) => return Ok(answer),
                    Err(error) => error,
                };
                if attempt >= self.attempts || !error.passes() {
                    return Err(error);
                }
                tokio::time::sleep(pause(attempt)).await;
                attempt += 1;
            }
        };
        let limited = tokio::time::timeout(OPERATION, sending).instrument(span);
        limited.await.unwrap_or(Err(S3Error::Late))
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<Response, S3Error> {
        let url = (call.sign)(&self.bucket, &self.credentials().await?);
        let mut request = self.http.request(call.method.clone(), url);
        for (name, value) in call.headers {
            request = request.header(name, *value);
        }
        if call.method == Method::PUT {
            request = request.body(call.body.clone());
        }
        let answer = request.send().await?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        Err(S3Error::refused(answer).await)
    }

    /// The whole body of an answer.
    ///
    /// # Errors
    /// [`S3Error`] when it breaks off or does not end in time.
    pub(super) async fn read(answer: Response) -> Result<Bytes, S3Error> {
        let read = tokio::time::timeout(OPERATION, answer.bytes()).await;
        Ok(read.map_err(|_| S3Error::Late)??)
    }
}

/// Full jitter: any length up to one that doubles.
fn pause(attempt: u32) -> Duration {
    let longest = PAUSE * 2_u32.pow(attempt.saturating_sub(1).min(8));
    let share = getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX));
    longest.mul_f64(share)
}

/// Where S3 is, and how a bucket's address is made there.
fn endpoint(config: &SdkConfig, region: &str) -> (String, UrlStyle) {
    let own = std::env::var("AWS_ENDPOINT_URL_S3").ok();
    match own.as_deref().or(config.endpoint_url()) {
        // On loopback there is no name service that knows `<bucket>.127.0.0.1`.
        Some(endpoint) if is_loopback(endpoint) => (endpoint.to_owned(), UrlStyle::Path),
        Some(endpoint) => (endpoint.to_owned(), UrlStyle::VirtualHost),
        // The domain of China's regions (AWS General Reference, "Amazon S3 endpoints and quotas").
        None if region.starts_with("cn-") => (
            format!("https://s3.{region}.amazonaws.com.cn"),
            UrlStyle::VirtualHost,
        ),
        None => (
            format!("https://s3.{region}.amazonaws.com"),
            UrlStyle::VirtualHost,
        ),
    }
}

fn is_loopback(endpoint: &str) -> bool {
    let rest = endpoint
        .split_once("://")
        .map_or(endpoint, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    ["127.0.0.1", "localhost", "[::1]"]
        .into_iter()
        .filter_map(|host| authority.strip_prefix(host))
        .any(|port| port.is_empty() || port.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_loopback() {
        for endpoint in [
            "http://127.0.0.1:4566",
            "http://localhost",
            "http://[::1]:80/",
            "http://localhost:1/x",
        ] {
            assert!(is_loopback(endpoint), "{endpoint}");
        }
        for endpoint in [
            "https://s3.eu-central-1.amazonaws.com",
            "http://localhost.example.com",
            "http://127.0.0.10",
        ] {
            assert!(!is_loopback(endpoint), "{endpoint}");
        }
    }

    #[test]
    fn a_bucket_has_its_own_host_in_its_region() {
        let config = SdkConfig::builder().build();
        for (region, expected) in [
            (
                "eu-central-1",
                "https://desk.s3.eu-central-1.amazonaws.com/k",
            ),
            (
                "cn-north-1",
                "https://desk.s3.cn-north-1.amazonaws.com.cn/k",
            ),
        ] {
            let (endpoint, style) = endpoint(&config, region);
            let endpoint = Url::parse(&endpoint).expect("an address");
            let bucket = Bucket::new(endpoint, style, "desk", region).expect("a bucket");
            assert_eq!(bucket.object_url("k").as_str(), expected);
        }
    }

    #[test]
    fn a_pause_grows_and_is_never_longer_than_it_may_be() {
        for attempt in 1..4 {
            let longest = PAUSE * 2_u32.pow(attempt - 1);
            assert!((0..100).all(|_| pause(attempt) <= longest));
            assert!((0..100).any(|_| pause(attempt) > longest / 4));
        }
    }
}
