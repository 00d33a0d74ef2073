//! The stream of a table played as Lambda would, and the schedule.
#![allow(clippy::unwrap_used, reason = "a test may end here")]
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType, StreamSpecification, StreamViewType,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tributary_local::embedded_dynamodb::EmbeddedDynamodb;
use tributary_local::emulator::sdk_config;
use tributary_local::stream_player::schedule::play_schedule;
use tributary_local::stream_player::{Player, StartAt, play_stream};

const TABLE: &str = "ledger";

/// A table with a stream, and the events that a function got.
struct World {
    engine: EmbeddedDynamodb,
    dynamodb: Client,
    events: UnboundedReceiver<Value>,
    sink: UnboundedSender<Value>,
    _dir: TempDir,
}

impl World {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let engine = EmbeddedDynamodb::start(dir.path()).await.unwrap();
        let dynamodb = Client::new(&sdk_config(engine.url()));
        let (sink, events) = unbounded_channel();
        let world = Self {
            engine,
            dynamodb,
            events,
            sink,
            _dir: dir,
        };
        world.create_table().await;
        world
    }

    async fn create_table(&self) {
        let key = AttributeDefinition::builder()
            .attribute_name("pk")
            .attribute_type(ScalarAttributeType::S);
        let hash = KeySchemaElement::builder()
            .attribute_name("pk")
            .key_type(KeyType::Hash);
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(StreamViewType::NewImage);
        self.dynamodb
            .create_table()
            .table_name(TABLE)
            .attribute_definitions(key.build().unwrap())
            .key_schema(hash.build().unwrap())
            .billing_mode(BillingMode::PayPerRequest)
            .stream_specification(stream.build().unwrap())
            .send()
            .await
            .unwrap();
    }

    async fn play<F>(&self, start: StartAt, answer: F) -> Player
    where
        F: Fn(&Value) -> Result<Value> + Send + Sync + 'static,
    {
        let sink = self.sink.clone();
        let streams = aws_sdk_dynamodbstreams::Client::new(&sdk_config(self.engine.url()));
        play_stream(&self.dynamodb, streams, TABLE, start, move |event| {
            let answer = answer(&event);
            sink.send(event).unwrap();
            async move { answer }
        })
        .await
        .unwrap()
    }

    async fn put(&self, pk: &str, pending: bool) {
        let mut put = self.dynamodb.put_item().table_name(TABLE);
        put = put.item("pk", AttributeValue::S(pk.to_owned()));
        if pending {
            put = put.item("pending", AttributeValue::S("pending#0".to_owned()));
        }
        put.send().await.unwrap();
    }

    async fn delete(&self, pk: &str) {
        let delete = self.dynamodb.delete_item().table_name(TABLE);
        delete
            .key("pk", AttributeValue::S(pk.to_owned()))
            .send()
            .await
            .unwrap();
    }

    async fn next_event(&mut self) -> Value {
        self.events.recv().await.unwrap()
    }

    /// The keys of the next `count` records, over as many batches as they come in.
    async fn next_keys(&mut self, count: usize) -> Vec<String> {
        let mut keys = Vec::new();
        while keys.len() < count {
            keys.extend(pks(&self.next_event().await));
        }
        keys
    }
}

fn pks(event: &Value) -> Vec<String> {
    let pk = |record: &Value| {
        record["dynamodb"]["Keys"]["pk"]["S"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    event["Records"]
        .as_array()
        .unwrap()
        .iter()
        .map(pk)
        .collect()
}

fn done() -> Value {
    json!({ "batchItemFailures": [] })
}

#[tokio::test]
async fn only_written_items_that_are_pending_are_played_in_their_order() {
    let mut world = World::new().await;
    let player = world.play(StartAt::TrimHorizon, |_| Ok(done())).await;
    world.put("finished", false).await;
    world.put("first", true).await;
    world.delete("first").await;
    world.put("second", true).await;
    world.put("second", false).await;
    world.put("third", true).await;
    assert_eq!(world.next_keys(3).await, ["first", "second", "third"]);
    player.stop().await;
    assert!(world.events.try_recv().is_err(), "nothing else was played");
}

#[tokio::test]
async fn a_record_has_the_shape_that_lambda_gives_it() {
    let mut world = World::new().await;
    world.put("one", true).await;
    let _player = world.play(StartAt::TrimHorizon, |_| Ok(done())).await;
    let event = world.next_event().await;
    let record = &event["Records"][0];
    assert_eq!(record["eventName"], "INSERT");
    assert_eq!(record["eventSource"], "aws:dynamodb");
    assert!(
        record["eventSourceARN"]
            .as_str()
            .unwrap()
            .contains("table/ledger/stream/")
    );
    assert!(record["eventID"].is_string() && record["awsRegion"].is_string());
    let change = &record["dynamodb"];
    assert_eq!(change["Keys"], json!({ "pk": { "S": "one" } }));
    assert_eq!(change["NewImage"]["pending"], json!({ "S": "pending#0" }));
    assert_eq!(change["StreamViewType"], "NEW_IMAGE");
    assert!(change["SequenceNumber"].is_string() && change["SizeBytes"].is_i64());
}

#[tokio::test]
async fn latest_leaves_out_what_was_written_before() {
    let mut world = World::new().await;
    world.put("before", true).await;
    let _player = world.play(StartAt::Latest, |_| Ok(done())).await;
    world.put("after", true).await;
    assert_eq!(world.next_keys(1).await, ["after"]);
}

#[tokio::test]
async fn a_failed_record_and_those_after_it_come_again_and_later_ones_wait() {
    let mut world = World::new().await;
    for pk in ["a", "b", "c"] {
        world.put(pk, true).await;
    }
    let failures = AtomicU32::new(2);
    let fails = move |event: &Value| {
        let bad = event["Records"]
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["dynamodb"]["Keys"]["pk"]["S"] == "b");
        match bad {
            Some(bad) if failures.load(Ordering::SeqCst) > 0 => {
                failures.fetch_sub(1, Ordering::SeqCst);
                let id = &bad["dynamodb"]["SequenceNumber"];
                Ok(json!({ "batchItemFailures": [{ "itemIdentifier": id }] }))
            }
            Some(_) | None => Ok(done()),
        }
    };
    let _player = world.play(StartAt::TrimHorizon, fails).await;
    assert_eq!(world.next_keys(3).await, ["a", "b", "c"]);
    world.put("d", true).await;
    assert_eq!(world.next_keys(2).await, ["b", "c"]);
    assert_eq!(world.next_keys(2).await, ["b", "c"]);
    assert_eq!(world.next_keys(1).await, ["d"]);
}

#[tokio::test]
async fn a_function_that_fails_gets_the_whole_batch_again() {
    let mut world = World::new().await;
    world.put("a", true).await;
    let failures = AtomicU32::new(1);
    let fails = move |_: &Value| match failures.swap(0, Ordering::SeqCst) {
        0 => Ok(done()),
        _ => bail!("no answer"),
    };
    let _player = world.play(StartAt::TrimHorizon, fails).await;
    assert_eq!(world.next_keys(2).await, ["a", "a"]);
}

#[tokio::test]
async fn a_batch_holds_at_most_a_hundred_records() {
    let mut world = World::new().await;
    for number in 0..105 {
        world.put(&number.to_string(), true).await;
    }
    let _player = world.play(StartAt::TrimHorizon, |_| Ok(done())).await;
    assert_eq!(pks(&world.next_event().await).len(), 100);
    assert_eq!(pks(&world.next_event().await).len(), 5);
}

#[tokio::test]
async fn a_write_is_played_within_a_quarter_of_a_second_of_idleness() {
    let mut world = World::new().await;
    let _player = world.play(StartAt::Latest, |_| Ok(done())).await;
    world.put("a", true).await;
    let written = Instant::now();
    world.next_event().await;
    assert!(
        written.elapsed() < Duration::from_millis(250),
        "{:?}",
        written.elapsed()
    );
}

#[tokio::test]
async fn the_schedule_goes_on_after_a_failed_call_and_ends_when_stopped() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let (sink, mut events) = unbounded_channel();
    let player = play_schedule(Duration::from_millis(5), move |event| {
        let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        sink.send(event).unwrap();
        async move {
            if first {
                bail!("not yet")
            } else {
                Ok(Value::Null)
            }
        }
    });
    let first = events.recv().await.unwrap();
    assert_eq!(first["source"], "aws.events");
    assert_eq!(first["detail-type"], "Scheduled Event");
    assert!(first["time"].as_str().unwrap().ends_with('Z'));
    assert_ne!(events.recv().await.unwrap()["id"], first["id"]);
    player.stop().await;
    while events.try_recv().is_ok() {}
    let stopped_at = calls.load(Ordering::SeqCst);
    assert!(
        events.recv().await.is_none(),
        "the function is dropped with the player"
    );
    assert_eq!(calls.load(Ordering::SeqCst), stopped_at);
}
