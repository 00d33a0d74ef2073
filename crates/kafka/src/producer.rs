//! The producer: created in the background, used only when connected, emptied after each use.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use futures::stream::FuturesOrdered;
use futures::{Stream, StreamExt};
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::producer::future_producer::DeliveryFuture;
use rdkafka::producer::{FutureProducer, FutureRecord, Producer, PurgeConfig};
use tokio::sync::watch;
use tokio::time::timeout_at;
use tributary_domain::event::{Event, Topic};
use tributary_domain::ports::Publisher;

use crate::breaker::Breaker;
use crate::connection::{Connection, Context};
use crate::settings::{KafkaConfig, client_config};
use crate::wire::EventBody;

/// How long a publish that failed keeps the next ones from trying, at first and at most.
const OPEN_FIRST: Duration = Duration::from_secs(5);
const OPEN_LONGEST: Duration = Duration::from_secs(60);
/// A connected producer that failed so many publishes in a row is replaced: when the brokers have
/// forgotten its id, librdkafka keeps to that id for ever.
const GIVEN_UP_AFTER: u32 = 2;
/// How long librdkafka may take to report what it purged.
const PURGE_GRACE: Duration = Duration::from_millis(50);
/// How long the first metadata may take, in the background.
const METADATA_PATIENCE: Duration = Duration::from_secs(5);

/// Publishes events on Kafka: acknowledged by all replicas, keyed by ticket, in order.
pub struct KafkaPublisher {
    shared: Arc<Shared>,
}

struct Shared {
    config: KafkaConfig,
    breaker: Breaker,
    connection: watch::Sender<Connection>,
    state: Mutex<State>,
}

enum State {
    Cold,
    Starting,
    Running(FutureProducer<Context>),
}

impl KafkaPublisher {
    /// A publisher that has not begun to connect; that is what [`warm`](Self::warm) is for.
    #[must_use]
    pub fn new(config: KafkaConfig) -> Self {
        Self::with_breaker(config, Breaker::new(OPEN_FIRST, OPEN_LONGEST))
    }

    fn with_breaker(config: KafkaConfig, breaker: Breaker) -> Self {
        let connection = watch::Sender::new(Connection::default());
        Self {
            shared: Arc::new(Shared {
                config,
                breaker,
                connection,
                state: Mutex::new(State::Cold),
            }),
        }
    }

    /// Begins to connect in the background unless that has happened, and returns at once. A producer
    /// that librdkafka has given up is replaced.
    pub fn warm(&self) {
        self.start_unless(|running| running.client().fatal_error().is_none());
    }

    /// Begins to connect in the background unless that happens already, or a running producer `is_good`.
    fn start_unless(&self, is_good: impl Fn(&FutureProducer<Context>) -> bool) {
        let mut state = self.shared.state();
        match &*state {
            State::Starting => return,
            State::Running(producer) if is_good(producer) => return,
            State::Running(_) | State::Cold => {}
        }
        let old = std::mem::replace(&mut *state, State::Starting);
        drop(state);
        let shared = Arc::clone(&self.shared);
        thread::spawn(move || {
            // Here, since taking a producer down waits for its threads.
            drop(old);
            shared.start();
        });
    }

    /// Waits until publishing has a chance, `budget` at most. Returns whether it has.
    pub async fn connect(&self, budget: Duration) -> bool {
        self.warm();
        let mut reports = self.shared.connection.subscribe();
        let ready = async {
            while !self.is_ready() {
                match self.shared.breaker.open_for(Instant::now()) {
                    Some(left) => tokio::time::sleep(left).await,
                    // The sender lives as long as `self`, so this only ever waits for a report.
                    None => drop(reports.changed().await),
                }
            }
        };
        tokio::time::timeout(budget, ready).await.is_ok()
    }
}

impl Publisher for KafkaPublisher {
    /// Returns 0 at once when it is not connected or has just failed.
    #[tracing::instrument(name = "Kafka", skip_all)]
    async fn publish(&self, events: &[&Event], budget: Duration) -> usize {
        let deadline = tokio::time::Instant::now() + budget;
        if events.is_empty() {
            return 0;
        }
        let Some(producer) = self.shared.usable_producer() else {
            self.warm();
            return 0;
        };
        let leftovers = Leftovers {
            producer: &producer,
        };
        let mut reports = self
            .shared
            .enqueue(&producer, events)
            .map(|report| matches!(report, Ok(Ok(_))));
        let mut acknowledged = Prefix::default();
        acknowledged.count(&mut reports, deadline).await;
        if acknowledged.length < events.len() {
            leftovers.purge();
            acknowledged
                .count(&mut reports, tokio::time::Instant::now() + PURGE_GRACE)
                .await;
        }
        leftovers.are_gone();
        if acknowledged.length == events.len() {
            self.shared.breaker.succeeded();
        } else {
            let failures = self.shared.breaker.failed(Instant::now());
            tracing::warn!(
                events = events.len(),
                acknowledged = acknowledged.length,
                failures,
                "events are left to the relay"
            );
            if failures < GIVEN_UP_AFTER {
                self.warm();
            } else {
                self.start_unless(|_| false);
            }
        }
        acknowledged.length
    }

    fn is_ready(&self) -> bool {
        self.shared.usable_producer().is_some()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Creates the producer and asks for the topics, so that the first event need not. Blocks.
    fn start(&self) {
        let context = Context {
            auth: self.config.auth.clone(),
            connection: self.connection.clone(),
        };
        let producer =
            match FutureProducer::from_config_and_context(&client_config(&self.config), context) {
                Ok(producer) => producer,
                Err(error) => {
                    tracing::error!(%error, "the Kafka producer cannot be created");
                    *self.state() = State::Cold;
                    return;
                }
            };
        // The one before may just have been connected.
        self.connection.send_replace(Connection::default());
        *self.state() = State::Running(producer.clone());
        for topic in [&self.config.tickets_topic, &self.config.messages_topic] {
            if let Err(error) = producer
                .client()
                .fetch_metadata(Some(topic), METADATA_PATIENCE)
            {
                tracing::warn!(%error, topic, "the topic is not known yet");
            }
        }
    }

    fn usable_producer(&self) -> Option<FutureProducer<Context>> {
        let now = Instant::now();
        if self.breaker.open_for(now).is_some() || !self.connection.borrow().is_up(now) {
            return None;
        }
        match &*self.state() {
            State::Running(producer) => Some(producer.clone()),
            State::Cold | State::Starting => None,
        }
    }

    /// Queues events in order, up to the first that cannot be.
    fn enqueue(
        &self,
        producer: &FutureProducer<Context>,
        events: &[&Event],
    ) -> FuturesOrdered<DeliveryFuture> {
        let mut reports = FuturesOrdered::new();
        for event in events {
            let topic = match event.topic() {
                Topic::Tickets => &self.config.tickets_topic,
                Topic::Messages => &self.config.messages_topic,
            };
            let payload = match serde_json::to_vec(&EventBody::from(*event)) {
                Ok(payload) => payload,
                Err(error) => {
                    tracing::error!(%error, event_id = %event.event_id, "the event cannot be written");
                    break;
                }
            };
            let record = FutureRecord::to(topic)
                .key(event.ticket_id.as_str())
                .payload(&payload);
            match producer.send_result(record) {
                Ok(report) => reports.push_back(report),
                Err((error, _)) => {
                    tracing::warn!(%error, event_id = %event.event_id, "the event cannot be queued");
                    break;
                }
            }
        }
        reports
    }
}

/// How many events from the start were acknowledged.
#[derive(Default)]
struct Prefix {
    length: usize,
    broken: bool,
}

impl Prefix {
    /// Takes reports, each whether its event was acknowledged, until there are none or `until`.
    async fn count(
        &mut self,
        reports: &mut (impl Stream<Item = bool> + Unpin),
        until: tokio::time::Instant,
    ) {
        while let Ok(Some(taken)) = timeout_at(until, reports.next()).await {
            self.broken |= !taken;
            if !self.broken {
                self.length += 1;
            }
        }
    }
}

/// What a publish leaves in the producer goes with it, even when its caller stops waiting: a frozen
/// function must not send old events when it thaws.
struct Leftovers<'p> {
    producer: &'p FutureProducer<Context>,
}

impl Leftovers<'_> {
    fn are_gone(self) {
        std::mem::forget(self);
    }

    /// Does not wait for librdkafka's broker threads, which may be looking up a name.
    fn purge(&self) {
        self.producer
            .purge(PurgeConfig::default().queue().inflight().non_blocking());
    }
}

impl Drop for Leftovers<'_> {
    fn drop(&mut self) {
        self.purge();
    }
}

#[cfg(test)]
mod tests;
