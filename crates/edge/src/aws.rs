//! One AWS configuration for all clients of a process, loaded when the first of them is needed.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use http::Uri;
use tokio::sync::OnceCell;

mod connector;

pub use connector::http_client;

const CONNECT: Duration = Duration::from_secs(1);
const ATTEMPT: Duration = Duration::from_secs(3);
const OPERATION: Duration = Duration::from_secs(6);

/// The configuration shared by every AWS client. Cheap to clone; nothing is read until [`Aws::config`].
#[derive(Clone)]
pub struct Aws(Arc<Inner>);

struct Inner {
    config: OnceCell<SdkConfig>,
    http: OnceLock<reqwest::Client>,
    secrets_endpoint: Option<String>,
}

impl Aws {
    /// Region, credentials and endpoints as the SDK finds them in the environment.
    pub fn from_environment() -> Self {
        let secrets_endpoint = ["AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok());
        Self(Arc::new(Inner {
            config: OnceCell::new(),
            http: OnceLock::new(),
            secrets_endpoint,
        }))
    }

    /// A configuration made elsewhere, such as the local stack's, whose emulators stand at known addresses.
    pub fn with_config(config: SdkConfig) -> Self {
        let secrets_endpoint = config.endpoint_url().map(str::to_owned);
        Self(Arc::new(Inner {
            config: OnceCell::new_with(Some(config)),
            http: OnceLock::new(),
            secrets_endpoint,
        }))
    }

    /// The configuration: connect 1 s, attempt 3 s, operation 6 s, standard retries. Loaded once.
    pub async fn config(&self) -> &SdkConfig {
        self.0
            .config
            .get_or_init(async || load(self.http().clone()))
            .await
    }

    /// The HTTP client below those of the SDK, with its pool of connections: for what AWS has no client of, or one
    /// that is too large. It bounds the connecting, 1 s, and follows no redirects; other limits are the caller's.
    pub fn http(&self) -> &reqwest::Client {
        self.0.http.get_or_init(|| connector::client(CONNECT))
    }

    /// Whether Secrets Manager is an emulator on this machine, the only place where development secrets may live.
    pub(crate) fn secrets_are_local(&self) -> bool {
        self.0.secrets_endpoint.as_deref().is_some_and(is_loopback)
    }
}

/// What Lambda sets, and nothing else: region and credentials are in the environment there. The SDK's own search for
/// them (profiles, containers, instances) would make every function larger and finds nothing more. All clients share
/// one pool of connections.
fn load(http: reqwest::Client) -> SdkConfig {
    let variable = |name: &str| std::env::var(name).ok();
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let credentials = EnvironmentVariableCredentialsProvider::new();
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region.map(Region::new))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(connector::over(http))
        .service_config(ServiceVariables)
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT)
                .operation_attempt_timeout(ATTEMPT)
                .operation_timeout(OPERATION)
                .build(),
        )
        .retry_config(RetryConfig::standard());
    match variable("AWS_ENDPOINT_URL") {
        Some(endpoint) => config.endpoint_url(endpoint),
        None => config,
    }
    .build()
}

/// The SDK's settings of single services, such as `AWS_ENDPOINT_URL_DYNAMODB` (AWS SDKs and Tools Reference Guide,
/// "Service-specific endpoints").
#[derive(Debug)]
struct ServiceVariables;

impl LoadServiceConfig for ServiceVariables {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace([' ', '-'], "_");
        let of_service = std::env::var(format!("{}_{service}", key.env()));
        of_service.or_else(|_| std::env::var(key.env())).ok()
    }
}

/// Whether a URL's host is this machine: `localhost`, `127.0.0.0/8` or `[::1]`.
pub(crate) fn is_loopback(url: &str) -> bool {
    let Some(uri) = url.parse::<Uri>().ok() else {
        return false;
    };
    let Some(host) = uri.host() else {
        return false;
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use aws_credential_types::Credentials;

    /// A configuration that sends every call to `endpoint`.
    pub(crate) fn aws_at(endpoint: &str) -> Aws {
        let credentials = Credentials::new("test", "test", None, None, "tests");
        Aws::with_config(
            SdkConfig::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("us-east-1"))
                .credentials_provider(SharedCredentialsProvider::new(credentials))
                .http_client(http_client(CONNECT))
                .endpoint_url(endpoint)
                .build(),
        )
    }

    #[test]
    fn only_hosts_of_this_machine_are_loopback() {
        for url in [
            "http://127.0.0.1:4566",
            "http://localhost",
            "http://127.8.8.8/x",
            "http://[::1]:80",
        ] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "https://secretsmanager.us-east-1.amazonaws.com",
            "http://127.0.0.1@example.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }

    #[tokio::test]
    async fn the_loaded_configuration_bounds_every_call() {
        let config = load(connector::client(CONNECT));
        let timeouts = config.timeout_config().expect("timeouts are set");
        assert_eq!(timeouts.connect_timeout(), Some(CONNECT));
        assert_eq!(timeouts.operation_attempt_timeout(), Some(ATTEMPT));
        assert_eq!(timeouts.operation_timeout(), Some(OPERATION));
    }
}
