//! A consumer of the product's topics, as another system would be one.

use std::time::{Duration, Instant};

use aws_config::Region;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_msk_iam_sasl_signer::generate_auth_token_from_credentials_provider;
use rdkafka::client::OAuthToken;
use rdkafka::consumer::{Consumer, ConsumerContext, StreamConsumer};
use rdkafka::message::Message;
use rdkafka::{ClientConfig, ClientContext};
use serde_json::Value;
use tributary_local::emulator::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY};

use crate::broker_process::Iam;

/// An event as a consumer sees it.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its topic.
    pub topic: String,
    /// Its partition there.
    pub partition: i32,
    /// Its key.
    pub key: String,
    /// Its body.
    pub event: Value,
}

/// What a consumer shows to brokers that ask for a token, as long as that is good.
#[derive(Default)]
struct Pass(String, i64);

impl ClientContext for Pass {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

    fn generate_oauth_token(
        &self,
        _: Option<&str>,
    ) -> Result<OAuthToken, Box<dyn std::error::Error>> {
        let Self(token, lifetime_ms) = self;
        Ok(OAuthToken {
            token: token.clone(),
            principal_name: String::new(),
            lifetime_ms: *lifetime_ms,
        })
    }
}

impl ConsumerContext for Pass {}

/// Reads both topics from their beginning.
pub struct Topics {
    consumer: StreamConsumer<Pass>,
    seen: Vec<Received>,
}

impl Topics {
    /// A consumer of its own group.
    ///
    /// # Errors
    /// When librdkafka takes no such consumer.
    pub fn subscribe(bootstrap: &str) -> anyhow::Result<Self> {
        Self::subscribe_with(
            ClientConfig::new().set("bootstrap.servers", bootstrap),
            Pass::default(),
        )
    }

    /// The same over a listener for IAM, with the keys of the tests.
    ///
    /// # Errors
    /// When librdkafka takes no such consumer.
    pub async fn subscribe_with_iam(iam: &Iam) -> anyhow::Result<Self> {
        let keys = Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "local");
        let (token, lifetime_ms) = generate_auth_token_from_credentials_provider(
            Region::new(REGION),
            SharedCredentialsProvider::new(keys),
        )
        .await?;
        let ca = iam.ca().display().to_string();
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", iam.address())
            .set("security.protocol", "SASL_SSL")
            .set("sasl.mechanisms", "OAUTHBEARER")
            .set("ssl.ca.location", ca);
        Self::subscribe_with(&mut config, Pass(token, lifetime_ms))
    }

    fn subscribe_with(config: &mut ClientConfig, pass: Pass) -> anyhow::Result<Self> {
        let consumer: StreamConsumer<Pass> = config
            .set("group.id", format!("journey-{}", std::process::id()))
            .set("auto.offset.reset", "earliest")
            .set("enable.auto.commit", "false")
            .set("session.timeout.ms", "6000")
            .create_with_context(pass)?;
        consumer.subscribe(&["support-tickets", "support-messages"])?;
        Ok(Self {
            consumer,
            seen: Vec::new(),
        })
    }

    /// Everything seen once `enough` says so, or after `patience`. Repetitions (same `event_id`) are
    /// dropped, as a consumer does.
    pub async fn until(
        &mut self,
        patience: Duration,
        enough: impl Fn(&[Received]) -> bool,
    ) -> &[Received] {
        let end = Instant::now() + patience;
        while !enough(&self.seen) {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(Ok(message)) = tokio::time::timeout(left, self.consumer.recv()).await else {
                if Instant::now() >= end {
                    break;
                }
                continue;
            };
            let event: Value = message
                .payload()
                .and_then(|p| serde_json::from_slice(p).ok())
                .unwrap_or(Value::Null);
            if self
                .seen
                .iter()
                .any(|r| r.event["event_id"] == event["event_id"])
            {
                continue;
            }
            let key = String::from_utf8_lossy(message.key().unwrap_or_default()).into_owned();
            self.seen.push(Received {
                topic: message.topic().to_owned(),
                partition: message.partition(),
                key,
                event,
            });
        }
        &self.seen
    }
}

/// The sequences of a ticket's events, sorted.
#[must_use]
pub fn sequences(events: &[Received], ticket_id: &str) -> Vec<u64> {
    let mut found: Vec<u64> = events
        .iter()
        .filter(|r| r.event["ticket_id"] == ticket_id)
        .filter_map(|r| r.event["sequence"].as_u64())
        .collect();
    found.sort_unstable();
    found
}
