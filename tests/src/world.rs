//! A whole deployment on loopback: embedded engines, and the built Lambda binaries under the Runtime
//! API double. Each world has tables, broker and provider of its own; one emulator serves them all.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tributary_dynamodb::TableNames;
use tributary_local::embedded_dynamodb::EmbeddedDynamodb;
use tributary_local::emulator::{
    ACCESS_KEY_ID, Emulator, REGION, SECRET_ACCESS_KEY, issuer, sdk_config,
};
use tributary_local::environment::{Addresses, settings};
use tributary_local::seed::{self, Seeded};
use tributary_local::stack::BUCKET;
use tributary_local::stream_player::schedule::play_schedule;
use tributary_local::stream_player::{Player, StartAt, play_stream};

use crate::aws_tap::{AwsTap, Resources};
use crate::broker::WorldBroker;
use crate::provider::Provider;
use crate::runtime_api::{HttpAnswer, Lambda, built_binary};
use crate::topics::Topics;
use crate::whatsapp;

/// How long a function may take in a test: more than in AWS, since everything shares two cores.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The emulated Cognito, Secrets Manager and S3 of this test process.
struct Shared {
    emulator: Emulator,
    seeded: Seeded,
    _dir: TempDir,
}

static SHARED: OnceCell<Shared> = OnceCell::const_new();

async fn shared() -> Result<&'static Shared> {
    SHARED
        .get_or_try_init(async || {
            let dir = tempfile::tempdir()?;
            let emulator = Emulator::start(dir.path(), &project().join(".tools/venv")).await?;
            let seeded = seed::seed(&sdk_config(emulator.url()), BUCKET).await?;
            Ok(Shared {
                emulator,
                seeded,
                _dir: dir,
            })
        })
        .await
}

/// The project's directory.
#[must_use]
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A deployment.
pub struct World {
    /// What the functions' environment holds.
    pub environment: HashMap<String, String>,
    /// The tables' engine.
    pub dynamodb: EmbeddedDynamodb,
    /// A client of it.
    pub client: aws_sdk_dynamodb::Client,
    /// Names of the tables.
    pub tables: TableNames,
    /// The providers' cloud.
    pub provider: Provider,
    /// The seeded people.
    pub seeded: Seeded,
    /// Where Cognito, Secrets Manager and S3 are.
    pub aws_url: String,
    /// Of its own, unless the test brought one.
    _broker: Option<WorldBroker>,
    _dir: TempDir,
}

impl World {
    /// Starts one with a broker of its own.
    ///
    /// # Errors
    /// When a piece does not start.
    pub async fn start() -> Result<Self> {
        let broker = WorldBroker::start().await?;
        let bootstrap = broker.bootstrap().to_owned();
        Self::start_with(&bootstrap, Some(broker)).await
    }

    /// Starts one whose events go to the broker at `bootstrap`, which the test keeps.
    ///
    /// # Errors
    /// When a piece does not start.
    pub async fn start_on(bootstrap: &str) -> Result<Self> {
        Self::start_with(bootstrap, None).await
    }

    async fn start_with(bootstrap: &str, broker: Option<WorldBroker>) -> Result<Self> {
        let Shared {
            emulator, seeded, ..
        } = shared().await?;
        let dir = tempfile::tempdir()?;
        let dynamodb = EmbeddedDynamodb::start(dir.path()).await?;
        let provider = Provider::start().await?;
        let addresses = Addresses {
            api_url: "http://127.0.0.1:8787".to_owned(),
            kafka_bootstrap: bootstrap.to_owned(),
            issuer: issuer(&seeded.user_pool_id),
            jwks_url: emulator.jwks_url(&seeded.user_pool_id),
            client_id: seeded.client_id.clone(),
            user_pool_id: seeded.user_pool_id.clone(),
            provider_double_url: provider.url.clone(),
        };
        let mut environment = settings(&addresses, &HashMap::new());
        for (name, value) in [
            ("AWS_ENDPOINT_URL", emulator.url()),
            ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.url()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
            ("AWS_REGION", REGION),
            ("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true"),
            ("RUST_LOG", "info"),
        ] {
            environment.insert(name.to_owned(), value.to_owned());
        }
        let table = |name: &str| environment.get(name).cloned().unwrap_or_default();
        let tables = TableNames {
            tickets: table("TICKETS_TABLE"),
            customers: table("CUSTOMERS_TABLE"),
            ledger: table("LEDGER_TABLE"),
            timeline: table("TIMELINE_TABLE"),
        };
        let client = aws_sdk_dynamodb::Client::new(&sdk_config(dynamodb.url()));
        tributary_dynamodb::tables::create_tables(&client, &tables).await?;
        let aws_url = emulator.url().to_owned();
        Ok(Self {
            environment,
            dynamodb,
            client,
            tables,
            provider,
            seeded: seeded.clone(),
            aws_url,
            _broker: broker,
            _dir: dir,
        })
    }

    /// Starts a process of a built function.
    ///
    /// # Errors
    /// When it is not built or does not start.
    pub async fn function(&self, name: &str) -> Result<Lambda> {
        self.function_with(name, &[]).await
    }

    /// Starts a process of a built function in whose environment something differs.
    ///
    /// # Errors
    /// When it is not built or does not start.
    pub async fn function_with(&self, name: &str, differs: &[(&str, &str)]) -> Result<Lambda> {
        let (dynamodb, emulator) = (self.dynamodb.url(), self.aws_url.as_str());
        let tap = AwsTap::start(name, dynamodb, emulator, self.resources()).await?;
        let mut environment: HashMap<&str, &str> = self
            .environment
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        if let Some(AwsTap { url, .. }) = &tap {
            environment.insert("AWS_ENDPOINT_URL", url);
            environment.insert("AWS_ENDPOINT_URL_DYNAMODB", url);
            environment.insert("WAKE_QUEUE_URL", url);
        }
        environment.extend(differs.iter().copied());
        let environment: Vec<(&str, &str)> = environment.into_iter().collect();
        let mut lambda = Lambda::start(&built_binary(name)?, &environment, TIMEOUT).await?;
        lambda.keep(tap);
        Ok(lambda)
    }

    /// What the deployment's names are called in the template.
    fn resources(&self) -> Resources {
        let tables = [
            (&self.tables.tickets, "TicketsTable"),
            (&self.tables.customers, "CustomersTable"),
            (&self.tables.ledger, "LedgerTable"),
            (&self.tables.timeline, "TimelineTable"),
        ];
        let tables = tables.map(|(name, resource)| (name.clone(), resource));
        Resources(tables.into())
    }

    /// Plays the ledger's stream to a relay from its beginning, as Lambda's event source mapping does.
    ///
    /// # Errors
    /// When the stream is not there.
    pub async fn play_stream_to(&self, relay: std::sync::Arc<Lambda>) -> Result<Player> {
        let streams = aws_sdk_dynamodbstreams::Client::new(&sdk_config(self.dynamodb.url()));
        play_stream(
            &self.client,
            streams,
            &self.tables.ledger,
            StartAt::TrimHorizon,
            move |event| {
                let relay = std::sync::Arc::clone(&relay);
                async move { relay.invoke(event).await.map_err(anyhow::Error::from) }
            },
        )
        .await
    }

    /// Wakes a relay every second, as messages of its queue do when something is due soon.
    #[must_use]
    pub fn play_wakes_to(&self, relay: std::sync::Arc<Lambda>) -> Player {
        play_schedule(std::time::Duration::from_secs(1), move |_| {
            let relay = std::sync::Arc::clone(&relay);
            let event = serde_json::json!({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]});
            async move { relay.invoke(event).await.map_err(anyhow::Error::from) }
        })
    }

    /// A consumer of the topics.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn topics(&self) -> Result<Topics> {
        Topics::subscribe(&self.environment["KAFKA_BOOTSTRAP"])
    }
}

/// Lets the relay sweep, as the schedule does each minute.
///
/// # Errors
/// When the relay does not answer.
pub async fn sweep(relay: &Lambda) -> Result<()> {
    relay
        .invoke(json!({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}))
        .await?;
    Ok(())
}

/// Delivers a signed WhatsApp body to a webhooks function.
///
/// # Errors
/// When the function does not answer.
pub async fn deliver(webhooks: &Lambda, body: &[u8]) -> Result<HttpAnswer> {
    let signature = whatsapp::signature(body);
    let headers = [
        ("content-type", "application/json"),
        ("x-hub-signature-256", signature.as_str()),
    ];
    Ok(webhooks
        .http("POST", "/api/webhooks/whatsapp", &headers, body)
        .await?)
}

/// Calls the API as an agent with an optional JSON body.
///
/// # Errors
/// When the function does not answer.
pub async fn call(
    function: &Lambda,
    token: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Result<HttpAnswer> {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("content-type", "application/json"),
        ("authorization", bearer.as_str()),
    ];
    let body = body.map(|b| b.to_string()).unwrap_or_default();
    Ok(function
        .http(method, path, &headers, body.as_bytes())
        .await?)
}
