//! A Kafka broker in this process that speaks the real protocol: librdkafka's own mock cluster.
//! It keeps messages in memory, at most 5 MB or 100,000 a partition, and starts empty.
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use rdkafka::mocking::MockCluster;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use tokio::sync::oneshot;

const ALL_BROKERS: i32 = -1;
const PARTITIONS: i32 = 6;

/// The running broker. Dropping it ends the broker.
#[derive(Debug)]
pub struct Broker {
    bootstrap: String,
    commands: mpsc::Sender<Command>,
}

/// What to do, and where to say that it is done.
struct Command {
    fault: Fault,
    done: oneshot::Sender<rdkafka::error::KafkaResult<()>>,
}

enum Fault {
    Down,
    Up,
    RequestErrors(RDKafkaApiKey, Vec<RDKafkaRespErr>),
    Latency(Duration),
}

impl Broker {
    /// Starts a broker on a free loopback port, with `topics` of six partitions each.
    ///
    /// # Errors
    /// When the broker cannot listen or refuses a topic's name.
    pub async fn start(topics: &[&str]) -> Result<Self> {
        let topics: Vec<String> = topics.iter().map(|topic| (*topic).to_owned()).collect();
        let (commands, inbox) = mpsc::channel();
        let (started, starting) = oneshot::channel();
        // The cluster owns a raw pointer and may not leave the thread that made it.
        std::thread::Builder::new()
            .name("kafka-broker".to_owned())
            .spawn(move || match open(&topics) {
                Ok(cluster) => {
                    let _ = started.send(Ok(cluster.bootstrap_servers()));
                    obey(&cluster, &inbox);
                }
                Err(error) => {
                    let _ = started.send(Err(error));
                }
            })
            .context("cannot start the broker's thread")?;
        let bootstrap = starting.await.context("the broker's thread ended")?;
        Ok(Self {
            bootstrap: bootstrap.context("cannot start the broker")?,
            commands,
        })
    }

    /// What clients set as `bootstrap.servers`.
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// Cuts every connection and refuses new ones, until [`Broker::up`].
    ///
    /// # Errors
    /// When the broker has ended.
    pub async fn down(&self) -> Result<()> {
        self.inject(Fault::Down).await
    }

    /// Accepts connections again, on the same port.
    ///
    /// # Errors
    /// When the broker has ended.
    pub async fn up(&self) -> Result<()> {
        self.inject(Fault::Up).await
    }

    /// The next requests of kind `api` are answered with `errors`, one each, in order.
    /// `RD_KAFKA_RESP_ERR__TRANSPORT` cuts the connection instead.
    ///
    /// # Errors
    /// When the broker has ended.
    pub async fn request_errors(
        &self,
        api: RDKafkaApiKey,
        errors: &[RDKafkaRespErr],
    ) -> Result<()> {
        self.inject(Fault::RequestErrors(api, errors.to_vec()))
            .await
    }

    /// Each answer comes this much later; zero ends it.
    ///
    /// # Errors
    /// When the broker has ended.
    pub async fn latency(&self, round_trip: Duration) -> Result<()> {
        self.inject(Fault::Latency(round_trip)).await
    }

    async fn inject(&self, fault: Fault) -> Result<()> {
        let (done, answer) = oneshot::channel();
        self.commands
            .send(Command { fault, done })
            .map_err(|_| anyhow!("the broker has ended"))?;
        Ok(answer.await.context("the broker has ended")??)
    }
}

type Cluster = MockCluster<'static, rdkafka::producer::DefaultProducerContext>;

fn open(topics: &[String]) -> rdkafka::error::KafkaResult<Cluster> {
    let cluster = MockCluster::new(1)?;
    for topic in topics {
        cluster.create_topic(topic, PARTITIONS, 1)?;
    }
    Ok(cluster)
}

/// Until the last sender is gone.
fn obey(cluster: &Cluster, inbox: &mpsc::Receiver<Command>) {
    for Command { fault, done } in inbox {
        let outcome = match fault {
            Fault::Down => cluster.broker_down(ALL_BROKERS),
            Fault::Up => cluster.broker_up(ALL_BROKERS),
            Fault::RequestErrors(api, errors) => {
                cluster.request_errors(api, &errors);
                Ok(())
            }
            Fault::Latency(round_trip) => cluster.broker_round_trip_time(ALL_BROKERS, round_trip),
        };
        let _ = done.send(outcome);
    }
}
