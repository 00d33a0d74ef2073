//! The local stack as a whole: starts its pieces in order, serves, and stops them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::extract::Request;
use axum::routing::get;
use axum::{Json, Router};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use crate::broker::Broker;
use crate::embedded_dynamodb::EmbeddedDynamodb;
use crate::emulator::{Emulator, issuer, sdk_config};
use crate::environment::{Addresses, settings};
use crate::functions::Functions;
use crate::info::{AGENT, CognitoInfo, Info, SUPERVISOR, TablesInfo, TopicsInfo};
use crate::processes::DataDirLock;
use crate::provider_double;
use crate::sandbox::model::Channel;
use crate::sandbox::{self, Sandbox};
use crate::stream_player::schedule::play_schedule;
use crate::stream_player::timers::play_timers;
use crate::stream_player::{Player, StartAt, play_stream};
use crate::{pages, ports, replay, seed};

/// The bucket for attachments, long content and parked bodies.
pub const BUCKET: &str = "tributary-blobs";
/// Topic of ticket events.
pub const TICKETS_TOPIC: &str = "support-tickets";
/// Topic of message events.
pub const MESSAGES_TOPIC: &str = "support-messages";
/// How often the relay sweeps, in seconds, unless the operator says otherwise: as often as in AWS.
pub const SWEEP_SECONDS: u32 = 60;

/// How the stack is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port of workbench and API; 0 takes a free one.
    pub port: u16,
    /// Where data is kept.
    pub data_dir: PathBuf,
    /// The Python environment with the emulator, made by `make setup`.
    pub tools: PathBuf,
    /// Where the builds of the pages are, made by `make pages`.
    pub frontend: PathBuf,
    /// How often the workbench asks for news, in seconds.
    pub poll_seconds: u32,
    /// How often the relay sweeps, in seconds.
    pub sweep_seconds: u32,
    /// What the operator set.
    pub environment: HashMap<String, String>,
}

/// The running stack.
pub struct Stack {
    info: Info,
    players: Vec<Player>,
    servers: Vec<(oneshot::Sender<()>, JoinHandle<()>)>,
    sandbox: Sandbox,
    keeper: JoinHandle<()>,
    emulator: Emulator,
    dynamodb: EmbeddedDynamodb,
    _broker: Broker,
    _lock: DataDirLock,
}

impl Stack {
    /// Starts everything; `progress` is told each step. Returns when a request would succeed.
    ///
    /// # Errors
    /// With a sentence that says what to do.
    pub async fn start(options: Options, progress: impl Fn(&str)) -> Result<Self> {
        let Options {
            port,
            data_dir,
            tools,
            frontend,
            poll_seconds,
            sweep_seconds,
            environment,
        } = options;
        let lock = DataDirLock::acquire(&data_dir)?;
        let listener = ports::listen(port).await?;
        let api_url = format!("http://{}", listener.local_addr()?);
        progress("starting DynamoDB, Kafka, and Cognito with Secrets Manager and S3 …");
        let (dynamodb, broker, emulator) = tokio::try_join!(
            EmbeddedDynamodb::start(&data_dir),
            Broker::start(&[TICKETS_TOPIC, MESSAGES_TOPIC]),
            Emulator::start(&data_dir, &tools),
        )?;
        progress("creating what is missing: users, secrets, bucket, tables …");
        let seeded = seed::seed(&sdk_config(emulator.url()), BUCKET).await?;

        let double_listener = ports::listen(0).await?;
        let addresses = Addresses {
            api_url: api_url.clone(),
            kafka_bootstrap: broker.bootstrap().to_owned(),
            issuer: issuer(&seeded.user_pool_id),
            jwks_url: emulator.jwks_url(&seeded.user_pool_id),
            client_id: seeded.client_id.clone(),
            user_pool_id: seeded.user_pool_id.clone(),
            provider_double_url: format!("http://{}", double_listener.local_addr()?),
        };
        let vars = settings(&addresses, &environment);
        let mut functions = Functions::wire(
            &vars,
            &sdk_config(dynamodb.url()),
            &sdk_config(emulator.url()),
        )?;
        tributary_dynamodb::tables::create_tables(&functions.dynamodb, &functions.tables)
            .await
            .context("cannot create the tables")?;

        let info = Info {
            api_url: api_url.clone(),
            workbench_url: api_url.clone(),
            dynamodb_url: dynamodb.url().to_owned(),
            kafka_bootstrap: addresses.kafka_bootstrap.clone(),
            aws_url: emulator.url().to_owned(),
            provider_double_url: addresses.provider_double_url.clone(),
            cognito: CognitoInfo {
                endpoint: emulator.url().to_owned(),
                user_pool_id: seeded.user_pool_id,
                client_id: seeded.client_id,
            },
            agent: AGENT,
            supervisor: SUPERVISOR,
            tables: TablesInfo {
                tickets: functions.tables.tickets.clone(),
                customers: functions.tables.customers.clone(),
                ledger: functions.tables.ledger.clone(),
                timeline: functions.tables.timeline.clone(),
            },
            topics: TopicsInfo {
                tickets: TICKETS_TOPIC,
                messages: MESSAGES_TOPIC,
            },
        };
        let set = |channel: &Channel| {
            let value = environment.get(channel.provider_setting());
            value.is_some_and(|value| !value.is_empty())
        };
        let sandbox = Sandbox::open(sandbox::Settings {
            api_url: api_url.clone(),
            media_url: addresses.provider_double_url.clone(),
            file: Some(data_dir.join("sandbox.json")),
            elsewhere: Channel::ALL.into_iter().filter(set).collect(),
        })?;
        let keeper = tokio::spawn(sandbox.clone().keep());
        let doubles = provider_double::router(sandbox.clone());
        let local = pages::router(&frontend, &info, poll_seconds)?
            .merge(local_routes(&info))
            .merge(replay::routes(Arc::clone(&functions.relay)))
            .merge(sandbox::api::router(sandbox.clone()));
        let front = front(functions.router.clone(), local);
        let servers = vec![serve(double_listener, doubles), serve(listener, front)];
        let players = play(&mut functions, dynamodb.url(), sweep_seconds).await?;
        Ok(Self {
            info,
            players,
            servers,
            sandbox,
            keeper,
            emulator,
            dynamodb,
            _broker: broker,
            _lock: lock,
        })
    }

    /// Where everything is.
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// Waits until a piece that the stack cannot do without has ended, and tells which.
    pub async fn failed(&mut self) -> String {
        self.emulator.ended().await
    }

    /// Stops everything it started.
    pub async fn stop(self) {
        for player in self.players {
            player.stop().await;
        }
        for (stop, server) in self.servers {
            drop(stop);
            // Open keep-alive connections do not hold the end back for long.
            drop(tokio::time::timeout(Duration::from_secs(2), server).await);
        }
        self.keeper.abort();
        self.sandbox.flush().await;
        self.emulator.stop().await;
        self.dynamodb.stop().await;
    }
}

fn local_routes(info: &Info) -> Router {
    let told = info.clone();
    Router::new().route("/local/info", get(async move || Json(told)))
}

/// The functions' door for every path of theirs, known or not, and `rest` for all others.
fn front(api: Router, rest: Router) -> Router {
    Router::new().fallback(async move |request: Request| {
        let router = if request.uri().path().starts_with("/api/") {
            api
        } else {
            rest
        };
        router.oneshot(request).await
    })
}

fn serve(
    listener: tokio::net::TcpListener,
    router: Router,
) -> (oneshot::Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(async move {
        let ended = async { drop(stopped.await) };
        if let Err(error) = axum::serve(listener, router)
            .with_graceful_shutdown(ended)
            .await
        {
            tracing::error!(%error, "a server ended");
        }
    });
    (stop, server)
}

/// Plays the ledger's stream and the schedule to the relay. What waited while the stack was down is
/// swept at once: the stream is played from now on only.
async fn play(
    functions: &mut Functions,
    dynamodb_url: &str,
    sweep_seconds: u32,
) -> Result<Vec<Player>> {
    let relay = Arc::clone(&functions.relay);
    let woken = Arc::clone(&relay);
    let streams = aws_sdk_dynamodbstreams::Client::new(&sdk_config(dynamodb_url));
    let stream = play_stream(
        &functions.dynamodb,
        streams,
        &functions.tables.ledger,
        StartAt::Latest,
        move |event| {
            let relay = Arc::clone(&woken);
            async move { relay.handle(&event).await.map_err(anyhow::Error::from) }
        },
    )
    .await?;
    let swept = Arc::clone(&relay);
    let schedule = play_schedule(
        Duration::from_secs(u64::from(sweep_seconds)),
        move |event| {
            let relay = Arc::clone(&swept);
            async move { relay.handle(&event).await.map_err(anyhow::Error::from) }
        },
    );
    tokio::spawn(async move {
        let event = serde_json::json!({"source": "aws.events", "detail-type": "Scheduled Event"});
        if let Err(error) = relay.handle(&event).await {
            tracing::error!(%error, "the first sweep failed");
        }
    });
    let timers = functions.alarms.take();
    let timers = timers.map(|alarms| play_timers(Arc::clone(&functions.relay), alarms));
    Ok([Some(stream), Some(schedule), timers]
        .into_iter()
        .flatten()
        .collect())
}
