//! The broker of a world: the embedded one, or Apache Kafka when the environment asks for it.

use anyhow::Result;
use tributary_local::broker::Broker;
use tributary_local::stack::{MESSAGES_TOPIC, TICKETS_TOPIC};

use crate::broker_process::{BrokerProcess, kafka_is_wanted};

/// A broker that can be gone for a while and keeps what it has.
#[derive(Debug)]
pub enum WorldBroker {
    /// In this process; it goes by cutting every connection.
    Embedded(Broker),
    /// Apache Kafka in a process of its own; it goes by being killed.
    Kafka(BrokerProcess),
}

impl WorldBroker {
    /// Starts it with the product's topics.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start() -> Result<Self> {
        if kafka_is_wanted()? {
            return Ok(Self::Kafka(BrokerProcess::start().await?));
        }
        let broker = Broker::start(&[TICKETS_TOPIC, MESSAGES_TOPIC]).await?;
        Ok(Self::Embedded(broker))
    }

    /// What clients set as `bootstrap.servers`.
    #[must_use]
    pub fn bootstrap(&self) -> &str {
        match self {
            Self::Embedded(broker) => broker.bootstrap(),
            Self::Kafka(broker) => broker.bootstrap(),
        }
    }

    /// Lets it be gone, until [`WorldBroker::up`].
    ///
    /// # Errors
    /// When it has ended.
    pub async fn down(&mut self) -> Result<()> {
        match self {
            Self::Embedded(broker) => broker.down().await,
            Self::Kafka(broker) => broker.kill().await,
        }
    }

    /// Lets it be there again, where it was.
    ///
    /// # Errors
    /// When it does not come back.
    pub async fn up(&mut self) -> Result<()> {
        match self {
            Self::Embedded(broker) => broker.up().await,
            Self::Kafka(broker) => broker.restart().await,
        }
    }
}
