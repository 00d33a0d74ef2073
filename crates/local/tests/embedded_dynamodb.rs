//! The embedded engine through the SDK: what is acknowledged stays, also after kill -9, and writes stay quick.
#![allow(clippy::unwrap_used, reason = "a test may end here")]
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType, StreamSpecification, StreamViewType,
};
use tributary_local::embedded_dynamodb::EmbeddedDynamodb;
use tributary_local::emulator::sdk_config;

const TABLE: &str = "ledger";
const DIRECTORY: &str = "TRIBUTARY_TEST_DIRECTORY";

fn client(engine: &EmbeddedDynamodb) -> Client {
    Client::new(&sdk_config(engine.url()))
}

async fn create_table(client: &Client) {
    let key = AttributeDefinition::builder()
        .attribute_name("pk")
        .attribute_type(ScalarAttributeType::S);
    let hash = KeySchemaElement::builder()
        .attribute_name("pk")
        .key_type(KeyType::Hash);
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewImage);
    client
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

async fn put(client: &Client, pk: &str) {
    client
        .put_item()
        .table_name(TABLE)
        .item("pk", AttributeValue::S(pk.to_owned()))
        .item("filling", AttributeValue::S("x".repeat(1_000)))
        .send()
        .await
        .unwrap();
}

async fn is_there(client: &Client, pk: &str) -> bool {
    let get = client
        .get_item()
        .table_name(TABLE)
        .key("pk", AttributeValue::S(pk.to_owned()));
    get.send().await.unwrap().item.is_some()
}

#[tokio::test]
async fn items_outlive_the_engine() {
    let dir = tempfile::tempdir().unwrap();
    let engine = EmbeddedDynamodb::start(dir.path()).await.unwrap();
    create_table(&client(&engine)).await;
    put(&client(&engine), "kept").await;
    engine.stop().await;

    let engine = EmbeddedDynamodb::start(dir.path()).await.unwrap();
    assert!(is_there(&client(&engine), "kept").await);
    engine.stop().await;
}

/// Not a test by itself: the process that the next one kills.
#[tokio::test]
#[ignore = "runs as a child of acknowledged_writes_survive_kill_9"]
async fn write_until_killed() {
    let directory = std::env::var(DIRECTORY).unwrap();
    let engine = EmbeddedDynamodb::start(Path::new(&directory))
        .await
        .unwrap();
    let client = client(&engine);
    create_table(&client).await;
    for number in 0_u32.. {
        put(&client, &number.to_string()).await;
        println!("wrote {number}");
    }
}

#[tokio::test]
async fn acknowledged_writes_survive_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "write_until_killed", "--nocapture"])
        .env(DIRECTORY, dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut written = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        if let Some(number) = line.unwrap().strip_prefix("wrote ") {
            written.push(number.to_owned());
        }
        if written.len() == 100 {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(written.len() >= 100);

    let engine = EmbeddedDynamodb::start(dir.path()).await.unwrap();
    let client = client(&engine);
    for number in written {
        assert!(
            is_there(&client, &number).await,
            "item {number} was acknowledged"
        );
    }
    engine.stop().await;
}

#[tokio::test]
async fn a_long_stream_does_not_slow_writes_down() {
    let dir = tempfile::tempdir().unwrap();
    let engine = EmbeddedDynamodb::start(dir.path()).await.unwrap();
    create_table(&client(&engine)).await;
    let fresh = time_of_writes(&client(&engine)).await;
    fill_stream(dir.path(), 60_000, 0);
    let long = time_of_writes(&client(&engine)).await;
    engine.stop().await;
    assert!(
        long < fresh * 4 + Duration::from_millis(500),
        "{fresh:?}, then {long:?}"
    );
}

async fn time_of_writes(client: &Client) -> Duration {
    let start = Instant::now();
    for number in 0..50 {
        put(client, &format!("timed-{number}")).await;
    }
    start.elapsed()
}

#[tokio::test]
async fn stream_records_older_than_a_day_are_gone_after_a_start() {
    let dir = tempfile::tempdir().unwrap();
    let engine = EmbeddedDynamodb::start(dir.path()).await.unwrap();
    create_table(&client(&engine)).await;
    put(&client(&engine), "young").await;
    engine.stop().await;
    fill_stream(dir.path(), 10, 86_500);
    assert_eq!(stream_length(dir.path()), 11);

    let engine = EmbeddedDynamodb::start(dir.path()).await.unwrap();
    engine.stop().await;
    assert_eq!(stream_length(dir.path()), 1);
}

fn database(dir: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(dir.join("dynamodb.db")).unwrap()
}

fn stream_length(dir: &Path) -> u32 {
    let count = "SELECT count(*) FROM _stream_records";
    database(dir)
        .query_row(count, [], |row| row.get(0))
        .unwrap()
}

/// Adds copies of the first record, `age_s` seconds older than now.
fn fill_stream(dir: &Path, copies: u32, age_s: u32) {
    let copied = database(dir)
        .execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             INSERT INTO _stream_records (table_name, event_name, keys_json, new_image, sequence_number, shard_id, created_at, event_id)
             SELECT table_name, event_name, keys_json, new_image, CAST(CAST(sequence_number AS INTEGER) - i AS TEXT), shard_id,
                    CAST(strftime('%s', 'now') AS INTEGER) - ?2, hex(randomblob(16))
             FROM n, (SELECT * FROM _stream_records ORDER BY id LIMIT 1)",
            [copies, age_s],
        )
        .unwrap();
    assert_eq!(copied, copies as usize);
}
