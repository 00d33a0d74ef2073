//! The embedded broker seen by a client, and its faults.
#![allow(clippy::unwrap_used, reason = "a test may end here")]
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::message::Message;
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use tributary_local::broker::Broker;

const TOPIC: &str = "support-tickets";

fn producer(broker: &Broker, timeout_ms: u32) -> FutureProducer {
    ClientConfig::new()
        .set("bootstrap.servers", broker.bootstrap())
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("message.timeout.ms", timeout_ms.to_string())
        .set("reconnect.backoff.max.ms", "200")
        .create()
        .unwrap()
}

async fn send(producer: &FutureProducer, payload: &str) -> bool {
    let record = FutureRecord::to(TOPIC).key("tkt_1").payload(payload);
    producer.send(record, Duration::from_secs(1)).await.is_ok()
}

#[tokio::test]
async fn what_is_produced_is_consumed() {
    let broker = Broker::start(&[TOPIC, "support-messages"]).await.unwrap();
    assert!(
        broker.bootstrap().starts_with("127.0.0.1:"),
        "{}",
        broker.bootstrap()
    );
    assert!(send(&producer(&broker, 10_000), "hello").await);
    let consumer: StreamConsumer = ClientConfig::new()
        .set("bootstrap.servers", broker.bootstrap())
        .set("group.id", "test")
        .set("auto.offset.reset", "earliest")
        .create()
        .unwrap();
    consumer.subscribe(&[TOPIC]).unwrap();
    let message = consumer.recv().await.unwrap();
    assert_eq!(message.payload(), Some("hello".as_bytes()));
    assert_eq!(message.key(), Some("tkt_1".as_bytes()));
}

#[tokio::test]
async fn a_broker_that_is_down_takes_nothing_until_it_is_up_again_on_the_same_port() {
    let broker = Broker::start(&[TOPIC]).await.unwrap();
    assert!(send(&producer(&broker, 10_000), "before").await);
    broker.down().await.unwrap();
    assert!(!send(&producer(&broker, 500), "lost").await);
    let waiting = producer(&broker, 20_000);
    let (sent, ()) = tokio::join!(send(&waiting, "after"), async {
        broker.up().await.unwrap()
    });
    assert!(sent);
}

#[tokio::test]
async fn a_request_fails_with_the_error_that_was_asked_for() {
    let broker = Broker::start(&[TOPIC]).await.unwrap();
    let errors = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE];
    broker
        .request_errors(RDKafkaApiKey::Produce, &errors)
        .await
        .unwrap();
    let producer: FutureProducer = ClientConfig::new()
        .set("bootstrap.servers", broker.bootstrap())
        .set("message.timeout.ms", "10000")
        .create()
        .unwrap();
    let record = FutureRecord::to(TOPIC).key("k").payload("refused");
    let (error, _) = producer
        .send(record, Duration::from_secs(1))
        .await
        .unwrap_err();
    let code = error.rdkafka_error_code();
    assert_eq!(
        code,
        Some(rdkafka::types::RDKafkaErrorCode::MessageSizeTooLarge)
    );
    assert!(
        send(&producer, "taken").await,
        "only one request was to fail"
    );
}

#[tokio::test]
async fn latency_delays_each_answer() {
    let broker = Broker::start(&[TOPIC]).await.unwrap();
    let producer = producer(&broker, 10_000);
    assert!(send(&producer, "warm").await);
    broker.latency(Duration::from_millis(300)).await.unwrap();
    let start = Instant::now();
    assert!(send(&producer, "slow").await);
    assert!(
        start.elapsed() >= Duration::from_millis(290),
        "{:?}",
        start.elapsed()
    );
}
