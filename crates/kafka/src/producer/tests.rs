//! The producer against librdkafka's own broker, over the real protocol.

use rdkafka::ClientConfig;
use rdkafka::Message as _;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use serde_json::Value;
use tributary_domain::event::{EventMessage, EventType};
use tributary_domain::{
    Channel, CustomerId, EventId, MessageId, Priority, SenderType, Status, TicketId, Timestamp,
    Visibility,
};

use super::*;
use crate::settings::KafkaAuth;

const TICKETS: &str = "support-tickets";
const MESSAGES: &str = "support-messages";
const PARTITIONS: i32 = 3;
const PATIENCE: Duration = Duration::from_secs(30);
const BUDGET: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(250);

type Cluster = MockCluster<'static, DefaultProducerContext>;

fn cluster() -> Cluster {
    let cluster = MockCluster::new(1).expect("a broker");
    for topic in [TICKETS, MESSAGES] {
        cluster.create_topic(topic, PARTITIONS, 1).expect("a topic");
    }
    cluster
}

fn publisher(bootstrap: String) -> KafkaPublisher {
    let config = KafkaConfig {
        bootstrap,
        auth: KafkaAuth::None,
        tickets_topic: TICKETS.into(),
        messages_topic: MESSAGES.into(),
    };
    let breaker = Breaker::new(Duration::from_millis(300), Duration::from_secs(1));
    KafkaPublisher::with_breaker(config, breaker)
}

async fn connected(cluster: &Cluster) -> KafkaPublisher {
    let publisher = publisher(cluster.bootstrap_servers());
    assert!(publisher.connect(PATIENCE).await, "connects");
    publisher
}

fn event(ticket: u128, sequence: u64, event_type: EventType) -> Event {
    let at = Timestamp::from_millis(1_735_732_800_000);
    let message = EventMessage {
        message_id: MessageId::generate(at, u128::from(sequence)),
        sender_type: SenderType::Customer,
        visibility: Visibility::Public,
        delivery_state: None,
    };
    Event {
        event_type,
        ticket_id: TicketId::generate(at, ticket),
        customer_id: CustomerId::generate(at, ticket),
        status: Status::New,
        priority: Priority::Medium,
        source: Channel::WhatsApp,
        timestamp: at,
        event_id: EventId::generate(at, (ticket << 32) + u128::from(sequence)),
        sequence,
        message: (event_type == EventType::MessageReceived).then_some(message),
    }
}

/// Messages of one ticket with these sequences.
fn messages(sequences: std::ops::RangeInclusive<u64>) -> Vec<Event> {
    sequences
        .map(|s| event(1, s, EventType::MessageReceived))
        .collect()
}

fn all(events: &[Event]) -> Vec<&Event> {
    events.iter().collect()
}

/// What a topic holds: partition, key, and body of each record, by partition and offset.
fn records(cluster: &Cluster, topic: &str) -> Vec<(i32, String, Value)> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", cluster.bootstrap_servers())
        .set("group.id", "test")
        .create()
        .expect("a consumer");
    let mut assignment = TopicPartitionList::new();
    let mut expected = 0;
    for partition in 0..PARTITIONS {
        let (low, high) = consumer
            .fetch_watermarks(topic, partition, PATIENCE)
            .expect("watermarks");
        expected += high - low;
        assignment
            .add_partition_offset(topic, partition, Offset::Offset(low))
            .expect("an offset");
    }
    consumer.assign(&assignment).expect("assigned");
    let deadline = Instant::now() + PATIENCE;
    let mut records = Vec::new();
    while (records.len() as i64) < expected {
        assert!(Instant::now() < deadline, "the records come in time");
        // A poll also ends without a record when something else happened.
        let Some(record) = consumer.poll(SHORT) else {
            continue;
        };
        let record = record.expect("a record");
        let key = String::from_utf8(record.key().expect("a key").to_vec()).expect("text");
        let body = serde_json::from_slice(record.payload().expect("a body")).expect("JSON");
        records.push((record.partition(), key, body));
    }
    records.sort_by_key(|(partition, _, _)| *partition);
    records
}

fn sequences(cluster: &Cluster, topic: &str) -> Vec<u64> {
    let records = records(cluster, topic);
    records
        .iter()
        .map(|(_, _, body)| body["sequence"].as_u64().expect("a number"))
        .collect()
}

#[tokio::test]
async fn each_event_stands_once_on_its_topic_under_its_ticket_in_order() {
    let cluster = cluster();
    let publisher = connected(&cluster).await;
    let mut events = vec![event(1, 1, EventType::TicketCreated)];
    events.extend(messages(2..=40));
    events.push(event(1, 41, EventType::TicketResolved));
    assert_eq!(publisher.publish(&all(&events), BUDGET).await, 41);

    assert_eq!(sequences(&cluster, TICKETS), [1, 41]);
    assert_eq!(sequences(&cluster, MESSAGES), (2..=40).collect::<Vec<_>>());
    let records = records(&cluster, MESSAGES);
    for (partition, key, body) in &records {
        assert_eq!(key, events[0].ticket_id.as_str());
        assert_eq!(body["ticket_id"], key.as_str());
        assert_eq!(*partition, records[0].0, "one ticket, one partition");
    }
}

#[tokio::test]
async fn tickets_spread_over_the_partitions() {
    let cluster = cluster();
    let publisher = connected(&cluster).await;
    let events: Vec<Event> = (1..=60)
        .map(|ticket| event(ticket, 1, EventType::TicketCreated))
        .collect();
    assert_eq!(publisher.publish(&all(&events), BUDGET).await, 60);
    let mut used: Vec<i32> = records(&cluster, TICKETS)
        .into_iter()
        .map(|(p, _, _)| p)
        .collect();
    used.dedup();
    assert_eq!(used, [0, 1, 2]);
}

#[tokio::test]
async fn nothing_is_tried_before_it_is_connected() {
    let cluster = cluster();
    let publisher = publisher(cluster.bootstrap_servers());
    assert!(!publisher.is_ready());
    let started = Instant::now();
    assert_eq!(publisher.publish(&all(&messages(1..=1)), BUDGET).await, 0);
    assert!(
        started.elapsed() < SHORT,
        "it did not wait for a connection"
    );
    assert!(publisher.connect(PATIENCE).await, "but it began to connect");
    assert_eq!(sequences(&cluster, MESSAGES), [] as [u64; 0]);
}

#[tokio::test]
async fn without_a_broker_it_never_becomes_ready_and_gives_up_in_time() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let publisher = publisher(address);
    assert!(!publisher.connect(SHORT).await);
    assert!(!publisher.is_ready());
    assert_eq!(publisher.publish(&all(&messages(1..=1)), SHORT).await, 0);
}

#[tokio::test]
async fn an_event_that_was_given_up_never_appears_later() {
    let cluster = cluster();
    let publisher = connected(&cluster).await;
    assert_eq!(publisher.publish(&all(&messages(1..=1)), BUDGET).await, 1);

    refuse_for_now(&cluster);
    let given_up = Instant::now();
    assert_eq!(publisher.publish(&all(&messages(2..=4)), SHORT).await, 0);
    assert!(
        given_up.elapsed() < SHORT + Duration::from_millis(250),
        "within its budget"
    );

    cluster.clear_request_errors(RDKafkaApiKey::Produce);
    assert!(publish_until_taken(&publisher, &messages(5..=5)).await);
    assert_eq!(sequences(&cluster, MESSAGES), [1, 5]);
}

#[tokio::test]
async fn an_event_whose_caller_stopped_waiting_never_appears_later() {
    let cluster = cluster();
    let publisher = connected(&cluster).await;
    refuse_for_now(&cluster);
    let abandoned = messages(1..=3);
    let abandoned = all(&abandoned);
    let publish = publisher.publish(&abandoned, BUDGET);
    assert!(
        tokio::time::timeout(SHORT, publish).await.is_err(),
        "it is still waiting"
    );
    cluster.clear_request_errors(RDKafkaApiKey::Produce);
    assert!(publish_until_taken(&publisher, &messages(4..=4)).await);
    assert_eq!(sequences(&cluster, MESSAGES), [4]);
}

#[tokio::test]
async fn with_the_broker_gone_a_publish_ends_in_time_and_works_again_when_it_is_back() {
    let cluster = cluster();
    let publisher = connected(&cluster).await;
    assert_eq!(publisher.publish(&all(&messages(1..=1)), BUDGET).await, 1);
    cluster.broker_down(-1).expect("down");
    let started = Instant::now();
    assert_eq!(publisher.publish(&all(&messages(2..=2)), SHORT).await, 0);
    assert!(
        started.elapsed() < SHORT + Duration::from_millis(250),
        "within its budget"
    );
    cluster.broker_up(-1).expect("up");
    assert!(publish_until_taken(&publisher, &messages(3..=3)).await);
    assert_eq!(sequences(&cluster, MESSAGES), [1, 3]);
}

#[tokio::test]
async fn a_connection_that_ended_while_nothing_was_published_comes_back_by_itself() {
    let cluster = cluster();
    let publisher = connected(&cluster).await;
    let mut reports = publisher.shared.connection.subscribe();
    cluster.broker_down(-1).expect("down");
    let noticed = async {
        while publisher.is_ready() {
            reports.changed().await.expect("a report");
        }
    };
    tokio::time::timeout(PATIENCE, noticed)
        .await
        .expect("noticed");
    cluster.broker_up(-1).expect("up");
    assert!(publisher.connect(PATIENCE).await);
    assert_eq!(publisher.publish(&all(&messages(1..=1)), BUDGET).await, 1);
}

#[tokio::test]
async fn acknowledgements_count_only_up_to_the_first_that_is_missing() {
    let until = tokio::time::Instant::now() + PATIENCE;
    let mut acknowledged = Prefix::default();
    let mut reports = futures::stream::iter([true, false, true]);
    acknowledged.count(&mut reports, until).await;
    assert_eq!(acknowledged.length, 1);
    let mut late = futures::stream::iter([true]);
    acknowledged.count(&mut late, until).await;
    assert_eq!(acknowledged.length, 1, "nothing behind a gap counts");
}

#[tokio::test]
async fn after_a_failure_nothing_is_tried_until_the_breaker_closes() {
    let cluster = cluster();
    let publisher = connected(&cluster).await;
    cluster
        .broker_round_trip_time(-1, Duration::from_secs(5))
        .expect("slow");
    assert_eq!(publisher.publish(&all(&messages(1..=1)), SHORT).await, 0);
    assert!(!publisher.is_ready(), "the breaker is open");
    let started = Instant::now();
    assert_eq!(publisher.publish(&all(&messages(2..=2)), BUDGET).await, 0);
    assert!(started.elapsed() < SHORT, "not even tried");

    cluster
        .broker_round_trip_time(-1, Duration::ZERO)
        .expect("quick");
    assert!(publish_until_taken(&publisher, &messages(3..=3)).await);
    assert!(publisher.is_ready());
}

#[tokio::test]
async fn a_producer_that_gets_nothing_through_though_connected_is_replaced() {
    let cluster = cluster();
    let publisher = connected(&cluster).await;
    let current = || match &*publisher.shared.state() {
        State::Running(producer) => Some(producer.client().native_ptr() as usize),
        State::Cold | State::Starting => None,
    };
    let first = current();
    let forgotten = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID; 1000];
    cluster.request_errors(RDKafkaApiKey::Produce, &forgotten);
    assert_eq!(publisher.publish(&all(&messages(1..=2)), SHORT).await, 0);
    assert_eq!(current(), first, "once may be chance");
    assert!(publisher.connect(PATIENCE).await);
    assert_eq!(publisher.publish(&all(&messages(1..=2)), SHORT).await, 0);
    assert_ne!(current(), first);

    cluster.clear_request_errors(RDKafkaApiKey::Produce);
    assert!(publish_until_taken(&publisher, &messages(1..=2)).await);
    assert_eq!(sequences(&cluster, MESSAGES), [1, 2]);
}

/// The broker takes nothing and asks for everything again, so that it waits in the client.
fn refuse_for_now(cluster: &Cluster) {
    let again = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS; 1000];
    cluster.request_errors(RDKafkaApiKey::Produce, &again);
}

/// Publishes as the relay does: connected first, and again until it is taken.
async fn publish_until_taken(publisher: &KafkaPublisher, events: &[Event]) -> bool {
    let events = all(events);
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if publisher.connect(PATIENCE).await
            && publisher.publish(&events, BUDGET).await == events.len()
        {
            return true;
        }
    }
    false
}
