//! A door, what it is told by the services behind it, and calls to it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use axum::Router;
use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use tributary_blobs::S3Blobs;
use tributary_dynamodb::{DynamoTickets, TableNames};
use tributary_edge::auth::{hub_signature, x_signature};
use tributary_edge::aws::{Aws, http_client};
use tributary_edge::layers::door;
use tributary_edge::secrets::{SECRET_TTL, Secrets};
use tributary_edge::settings::EnvReader;
use tributary_webhooks::{Deps, Settings, router};
use wiremock::matchers::{body_json, header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A platform that delivers webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    Facebook,
    Instagram,
    WhatsApp,
    Twitter,
}

impl Platform {
    pub const ALL: [Self; 4] = [
        Self::Facebook,
        Self::Instagram,
        Self::WhatsApp,
        Self::Twitter,
    ];
    /// Those with Meta's handshake and signature.
    pub const META: [Self; 3] = [Self::Facebook, Self::Instagram, Self::WhatsApp];

    pub fn name(self) -> &'static str {
        match self {
            Self::Facebook => "facebook",
            Self::Instagram => "instagram",
            Self::WhatsApp => "whatsapp",
            Self::Twitter => "twitter",
        }
    }

    pub fn path(self) -> String {
        format!("/api/webhooks/{}", self.name())
    }

    /// What its body may have at most.
    pub fn cap(self) -> usize {
        match self {
            Self::Facebook | Self::Instagram | Self::WhatsApp => 3 * 1024 * 1024,
            Self::Twitter => 1024 * 1024,
        }
    }

    /// Header and value that prove a body under a secret.
    pub fn proof(self, body: &[u8], secret: &str) -> (&'static str, String) {
        match self {
            Self::Facebook | Self::Instagram | Self::WhatsApp => {
                (hub_signature::HEADER, hub_signature::sign(body, secret))
            }
            Self::Twitter => (x_signature::HEADER, x_signature::sign(body, secret)),
        }
    }

    /// The secret of its own that proves.
    pub fn secret(self) -> String {
        format!("{}-secret", self.name())
    }

    /// What Secrets Manager holds for it, proving with `secret`.
    pub fn stored(self, secret: &str) -> Value {
        let meta = |account: Value| {
            let mut stored = json!({"app_secrets": ["an-older-secret", secret],
                "verify_token": format!("{}-token", self.name()), "accounts": [account.clone(), account]});
            stored["accounts"][1]["other"] = json!(true);
            stored
        };
        match self {
            Self::Facebook => meta(json!({"page_access_token": "t", "page_id": "100001"})),
            Self::Instagram => meta(json!({"access_token": "t", "account_id": "200001"})),
            Self::WhatsApp => meta(json!({"access_token": "t", "phone_number_id": "300001"})),
            Self::Twitter => json!({"consumer_key": "k", "consumer_secret": secret, "accounts": [
                {"access_token": "t", "access_token_secret": "s", "user_id": "900001"},
                {"access_token": "t", "access_token_secret": "s", "user_id": "900002"}]}),
        }
    }
}

pub struct Scene {
    router: Router,
    services: MockServer,
    now_unix_s: Arc<AtomicI64>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Scene {
    /// A door whose every platform has its secret.
    pub async fn open() -> Self {
        let scene = Self::bare().await;
        for platform in Platform::ALL {
            scene
                .hold(platform, platform.stored(&platform.secret()))
                .await;
        }
        scene
    }

    /// A door with no secret at all.
    pub async fn bare() -> Self {
        let services = MockServer::start().await;
        let error = json!({"__type": "ResourceNotFoundException", "Message": "none"});
        Mock::given(header("x-amz-target", "secretsmanager.GetSecretValue"))
            .respond_with(ResponseTemplate::new(400).set_body_json(error))
            .with_priority(9)
            .mount(&services)
            .await;
        Mock::given(method("PUT"))
            .respond_with(ResponseTemplate::new(200))
            .mount(&services)
            .await;
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "test", "test", None, None, "tests",
            )))
            .retry_config(RetryConfig::disabled())
            .http_client(http_client(Duration::from_secs(1)))
            .endpoint_url(services.uri())
            .build();
        let settings = [
            ("TICKETS_TABLE", "tickets"),
            ("CUSTOMERS_TABLE", "customers"),
            ("LEDGER_TABLE", "ledger"),
            ("TIMELINE_TABLE", "timeline"),
            ("BLOBS_BUCKET", "blobs"),
            ("KAFKA_BOOTSTRAP", "127.0.0.1:1"),
            ("KAFKA_AUTH", "none"),
            ("KAFKA_TICKETS_TOPIC", "support-tickets"),
            ("KAFKA_MESSAGES_TOPIC", "support-messages"),
            ("SECRETS_PREFIX", "test"),
            ("MAIL_FROM", "support@example.com"),
            ("MAIL_REPLY_DOMAIN", "reply.example.com"),
            ("ALLOWED_ORIGINS", ""),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let settings =
            Settings::read(EnvReader::new(HashMap::from(settings))).expect("the settings are fine");
        let now_unix_s = Arc::new(AtomicI64::new(1_000_000));
        let clock = Arc::clone(&now_unix_s);
        let secrets = Secrets::new(Aws::with_config(config.clone()), "test", SECRET_TTL)
            .with_clock(Arc::new(move || clock.load(Ordering::Relaxed)));
        let deps = Deps::new(
            settings.clone(),
            "us-east-1",
            DynamoTickets::new(
                aws_sdk_dynamodb::Client::new(&config),
                TableNames::from(&settings.tables),
            ),
            S3Blobs::with_config("blobs".to_owned(), config),
            Arc::new(secrets),
        );
        Self {
            router: door(router(Arc::new(deps)), &[]),
            services,
            now_unix_s,
        }
    }

    pub fn wait(&self, seconds: i64) {
        self.now_unix_s.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Lets Secrets Manager hold this for a platform.
    pub async fn hold(&self, platform: Platform, secret: Value) {
        let mock = held(platform.name(), &secret).with_priority(5);
        mock.mount(&self.services).await;
    }

    /// Lets Secrets Manager hold this for SendGrid.
    pub async fn hold_sendgrid(&self, secret: Value) {
        let mock = held("sendgrid", &secret).with_priority(5);
        mock.mount(&self.services).await;
    }

    /// Lets Secrets Manager hold this for SendGrid until it has been read once.
    pub async fn hold_sendgrid_once(&self, secret: Value) {
        let mock = held("sendgrid", &secret).with_priority(1).up_to_n_times(1);
        mock.mount(&self.services).await;
    }

    /// Lets Secrets Manager hold this for a platform until it has been read once.
    pub async fn hold_once(&self, platform: Platform, secret: Value) {
        let mock = held(platform.name(), &secret)
            .with_priority(1)
            .up_to_n_times(1);
        mock.mount(&self.services).await;
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[], b"").await
    }

    /// Posts a body with a header that is to prove it.
    pub async fn post(&self, to: Platform, proof: Option<(&str, String)>, body: &[u8]) -> Answer {
        let proof: Vec<(&str, String)> = proof.into_iter().collect();
        self.call(Method::POST, &to.path(), &proof, body).await
    }

    /// Posts a body as the platform does.
    pub async fn deliver(&self, to: Platform, body: &[u8]) -> Answer {
        self.post(to, Some(to.proof(body, &to.secret())), body)
            .await
    }

    /// Any call; it is JSON unless it says that it is something else.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if headers.iter().all(|(name, _)| *name != CONTENT_TYPE) {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(body.to_vec())).expect("a request");
        let router = self.router.clone();
        let answer = router.oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).expect("text"),
        }
    }

    /// The keys that were put into the bucket.
    pub async fn kept(&self) -> Vec<String> {
        let requests = self
            .services
            .received_requests()
            .await
            .expect("is recorded");
        let puts = requests.iter().filter(|r| r.method == Method::PUT);
        puts.map(|r| r.url.path().to_owned()).collect()
    }

    /// How often a secret was asked for.
    pub async fn asked(&self) -> usize {
        let requests = self
            .services
            .received_requests()
            .await
            .expect("is recorded");
        let is_secret = |r: &&wiremock::Request| r.headers.contains_key("x-amz-target");
        requests.iter().filter(is_secret).count()
    }
}

fn held(platform: &str, secret: &Value) -> Mock {
    let name = format!("test/{platform}");
    let answer =
        json!({"ARN": "arn", "Name": name, "SecretString": secret.to_string(), "VersionId": "1"});
    Mock::given(header("x-amz-target", "secretsmanager.GetSecretValue"))
        .and(body_json(json!({"SecretId": name})))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// That this is a problem of this code, and its status.
    pub fn is_problem(&self, status: u16, code: &str) {
        let problem = self.json();
        let told = (self.status, problem["code"].as_str().unwrap_or_default());
        assert_eq!(told, (status, code), "{problem}");
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json");
    }

    /// That one event was counted, as parked.
    pub fn parked_one(&self) {
        let expected = json!({"status": "ok", "received": 1, "stored": 0, "duplicates": 0, "ignored": 0, "parked": 1});
        assert_eq!((self.status, self.json()), (200, expected));
    }
}
