//! The way that a deployment has chosen.

use std::time::Duration;

use tributary_domain::event::Event;
use tributary_domain::ports::{Blobs, Publisher};
use tributary_edge::settings::EventsSettings;
use tributary_kafka::{KafkaConfig, KafkaPublisher};
use tributary_telemetry::metrics::{self, PublishedBy};

use crate::EventArchive;

/// Where events go.
pub struct EventSink<B> {
    by: PublishedBy,
    way: Way<B>,
}

enum Way<B> {
    Kafka(KafkaPublisher),
    Archive(EventArchive<B>),
    /// Into the archive, by the relay.
    Later,
}

impl<B: Blobs> EventSink<B> {
    /// For a door, which publishes what it commits if the brokers are at hand, and leaves the archive to the relay: a
    /// request must not wait for the bucket. `region` is that of the brokers. Nothing is connected yet.
    #[must_use]
    pub fn of_a_door(settings: EventsSettings, region: &str) -> Self {
        let way = match settings {
            EventsSettings::Kafka(kafka) => Way::Kafka(KafkaPublisher::new(
                KafkaConfig::from_settings(kafka, region),
            )),
            EventsSettings::Archive => Way::Later,
        };
        Self {
            by: PublishedBy::Request,
            way,
        }
    }

    /// For the relay. `blobs` hold the archive.
    #[must_use]
    pub fn of_the_relay(settings: EventsSettings, region: &str, blobs: B) -> Self {
        let way = match settings {
            EventsSettings::Kafka(kafka) => Way::Kafka(KafkaPublisher::new(
                KafkaConfig::from_settings(kafka, region),
            )),
            EventsSettings::Archive => Way::Archive(EventArchive::new(blobs)),
        };
        Self {
            by: PublishedBy::Relay,
            way,
        }
    }

    /// Begins to connect in the background, if there is anything to connect to, and returns at once.
    pub fn warm(&self) {
        match &self.way {
            Way::Kafka(kafka) => kafka.warm(),
            Way::Archive(_) | Way::Later => {}
        }
    }

    /// Waits until publishing has a chance, `budget` at most. Returns whether it has.
    pub async fn connect(&self, budget: Duration) -> bool {
        match &self.way {
            Way::Kafka(kafka) => kafka.connect(budget).await,
            Way::Archive(_) => true,
            Way::Later => false,
        }
    }
}

impl<B: Blobs> Publisher for EventSink<B> {
    async fn publish(&self, events: &[&Event], budget: Duration) -> usize {
        let published = match &self.way {
            Way::Kafka(kafka) => kafka.publish(events, budget).await,
            Way::Archive(archive) => archive.publish(events, budget).await,
            Way::Later => 0,
        };
        metrics::published(self.by, published as u64);
        published
    }

    fn is_ready(&self) -> bool {
        match &self.way {
            Way::Kafka(kafka) => kafka.is_ready(),
            Way::Archive(archive) => archive.is_ready(),
            Way::Later => false,
        }
    }
}
