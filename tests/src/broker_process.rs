//! A Kafka broker in a process of its own, which can be killed as a real one dies. `TRIBUTARY_BROKER` says
//! which: Tansu unless it is `kafka`, which is Apache Kafka.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::types::RDKafkaErrorCode;
use tokio::process::Child;
use tributary_local::stack::{MESSAGES_TOPIC, TICKETS_TOPIC};

mod kafka;
mod tansu;

pub use kafka::{Iam, Kafka};
pub use tansu::Tansu;

/// It starts in seconds; a machine that compiles beside it may need many.
const START_LIMIT: Duration = Duration::from_secs(90);
const PARTITIONS: i32 = 6;

/// A broker that can be started as often as one likes, always where it was.
pub trait Engine: std::fmt::Debug + Send + Sync {
    /// What clients set as `bootstrap.servers`.
    fn address(&self) -> &str;

    /// Whether it still has, after it was killed, what it had acknowledged.
    fn keeps_messages(&self) -> bool;

    /// Starts a process of it, which ends with the returned handle or with us.
    ///
    /// # Errors
    /// When it cannot be run.
    fn spawn(&self) -> Result<Child>;

    /// What it said last, for whoever wonders why it does not answer.
    fn last_words(&self) -> String {
        String::new()
    }
}

/// Whether the environment asks for Apache Kafka.
///
/// # Errors
/// When it asks for something that is not there.
pub fn kafka_is_wanted() -> Result<bool> {
    match std::env::var("TRIBUTARY_BROKER").as_deref() {
        Err(_) | Ok("") => Ok(false),
        Ok("kafka") => Ok(true),
        Ok(other) => bail!("TRIBUTARY_BROKER is {other}; unset it, or set it to kafka"),
    }
}

/// The broker. Dropping it kills it.
#[derive(Debug)]
pub struct BrokerProcess {
    engine: Box<dyn Engine>,
    child: Child,
}

impl BrokerProcess {
    /// Starts the one that the environment asks for, with the product's topics.
    ///
    /// # Errors
    /// When it is not installed (the text says what to do) or does not answer.
    pub async fn start() -> Result<Self> {
        if kafka_is_wanted()? {
            Self::run(Box::new(Kafka::prepare(None).await?)).await
        } else {
            Self::run(Box::new(Tansu::prepare()?)).await
        }
    }

    /// Starts this one, with the product's topics.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn run(engine: Box<dyn Engine>) -> Result<Self> {
        let child = engine.spawn()?;
        let mut broker = Self { engine, child };
        broker.create_topics().await?;
        Ok(broker)
    }

    /// What clients set as `bootstrap.servers`.
    #[must_use]
    pub fn bootstrap(&self) -> &str {
        self.engine.address()
    }

    /// Whether it still has, after it was killed, what it had acknowledged.
    #[must_use]
    pub fn keeps_messages(&self) -> bool {
        self.engine.keeps_messages()
    }

    /// Kills it with SIGKILL and waits until it is gone.
    ///
    /// # Errors
    /// The system's.
    pub async fn kill(&mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Starts it anew where it was, after [`BrokerProcess::kill`].
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn restart(&mut self) -> Result<()> {
        self.child = self.engine.spawn()?;
        self.create_topics().await
    }

    /// Waits until it has the topics.
    async fn create_topics(&mut self) -> Result<()> {
        let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
            .set("bootstrap.servers", self.engine.address())
            .set("reconnect.backoff.max.ms", "200")
            .create()?;
        let topics = [TICKETS_TOPIC, MESSAGES_TOPIC]
            .map(|name| NewTopic::new(name, PARTITIONS, TopicReplication::Fixed(1)));
        let options = AdminOptions::new().request_timeout(Some(Duration::from_secs(5)));
        let there = |made: &Result<String, (String, RDKafkaErrorCode)>| match made {
            Ok(_) => true,
            Err((_, code)) => *code == RDKafkaErrorCode::TopicAlreadyExists,
        };
        let end = Instant::now() + START_LIMIT;
        loop {
            if let Some(status) = self.child.try_wait()? {
                let words = self.engine.last_words();
                bail!("the broker ended by itself: {status}\n{words}");
            }
            match admin.create_topics(&topics, &options).await {
                Ok(made) if made.iter().all(there) => return Ok(()),
                Ok(made) => bail!("the broker refuses the topics: {made:?}"),
                Err(error) if Instant::now() >= end => {
                    let words = self.engine.last_words();
                    return Err(error)
                        .with_context(|| format!("the broker does not answer\n{words}"));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}
