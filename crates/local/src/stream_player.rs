//! Plays a table's stream to a function, as the event source mapping of Lambda does: batches, a filter, and
//! retries from the failed record on. The schedule of EventBridge is played beside it.
use std::time::Duration;

use anyhow::{Context, Result};
use aws_sdk_dynamodbstreams::types::ShardIteratorType;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

mod batch;
mod record;
pub mod schedule;
pub(crate) mod timers;

const BATCH: i32 = 100;
const POLL_BUSY: Duration = Duration::from_millis(20);
const POLL_IDLE: Duration = Duration::from_millis(200);
/// How many polls in a row may find nothing before the stream counts as idle.
const BUSY_POLLS: u32 = 50;
const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_LAST: Duration = Duration::from_secs(10);

/// Where in the stream to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartAt {
    /// The oldest record that is kept.
    TrimHorizon,
    /// The first record after now.
    Latest,
}

/// A stream or schedule that is being played. Dropping it cuts it off; [`Player::stop`] lets a running call
/// of the function finish.
#[derive(Debug)]
pub struct Player {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Player {
    fn spawn<F, Played>(play: F) -> Self
    where
        F: FnOnce(Stopping) -> Played,
        Played: Future<Output = ()> + Send + 'static,
    {
        let (stop, stopping) = watch::channel(false);
        Self {
            stop,
            task: tokio::spawn(play(Stopping(stopping))),
        }
    }

    /// Makes no further call, and waits for the running one.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let _ = (&mut self.task).await;
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Tells the playing task to end.
#[derive(Debug, Clone)]
struct Stopping(watch::Receiver<bool>);

impl Stopping {
    fn asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for `pause`, or less when the player is stopped. True when it is.
    async fn pause(&mut self, pause: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(pause) => false,
            // An error means that the player is gone, which stops as well.
            _ = self.0.wait_for(|stop| *stop) => true,
        }
    }
}

/// Plays the stream of `table` to `function`, which takes a DynamoDB event and answers
/// `{"batchItemFailures":[{"itemIdentifier":"<sequence number>"}]}`, or fails as a whole.
/// Both clients point at the embedded engine.
///
/// Only records that insert or modify an item with the attribute `pending` are played, in batches of at most
/// 100. A batch is repeated from its first failed record on, with growing pauses and without end; later
/// records wait, as they do in Lambda.
///
/// # Errors
/// When the table or its stream is not there.
pub async fn play_stream<F, Call>(
    dynamodb: &aws_sdk_dynamodb::Client,
    streams: aws_sdk_dynamodbstreams::Client,
    table: &str,
    start: StartAt,
    function: F,
) -> Result<Player>
where
    F: Fn(Value) -> Call + Send + Sync + 'static,
    Call: Future<Output = Result<Value>> + Send + 'static,
{
    let described = dynamodb.describe_table().table_name(table).send().await?;
    let arn = described
        .table
        .and_then(|table| table.latest_stream_arn)
        .with_context(|| format!("table {table} has no stream"))?;
    let stream = streams.describe_stream().stream_arn(&arn).send().await?;
    let shard = stream
        .stream_description()
        .and_then(|stream| stream.shards().first())
        .and_then(|shard| shard.shard_id())
        .context("the stream has no shard")?;
    let first = streams
        .get_shard_iterator()
        .stream_arn(&arn)
        .shard_id(shard)
        .shard_iterator_type(match start {
            StartAt::TrimHorizon => ShardIteratorType::TrimHorizon,
            StartAt::Latest => ShardIteratorType::Latest,
        })
        .send()
        .await?
        .shard_iterator
        .context("the stream gives no iterator")?;
    Ok(Player::spawn(move |stopping| {
        follow(streams, arn, first, function, stopping)
    }))
}

async fn follow<F, Call>(
    streams: aws_sdk_dynamodbstreams::Client,
    arn: String,
    mut iterator: String,
    function: F,
    mut stopping: Stopping,
) where
    F: Fn(Value) -> Call,
    Call: Future<Output = Result<Value>>,
{
    let mut empty_polls = 0;
    let mut backoff = BACKOFF_FIRST;
    while !stopping.asked() {
        let page = streams
            .get_records()
            .shard_iterator(&iterator)
            .limit(BATCH)
            .send()
            .await;
        let page = match page {
            Ok(page) => page,
            // The iterators of the embedded engine do not run out, so the same one is asked again.
            Err(error) => {
                tracing::warn!(error = %error.into_service_error(), "the stream cannot be read");
                stopping.pause(backoff).await;
                backoff = (backoff * 2).min(BACKOFF_LAST);
                continue;
            }
        };
        backoff = BACKOFF_FIRST;
        let found = page.records().len();
        let batch: Vec<Value> = page
            .records()
            .iter()
            .filter(|record| record::is_pending(record))
            .map(|record| record::event_record(record, &arn))
            .collect();
        batch::deliver(batch, &function, &mut stopping).await;
        // A full page has more behind it.
        if found < 100 {
            empty_polls = if found == 0 { empty_polls + 1 } else { 0 };
            let idle = empty_polls > BUSY_POLLS;
            stopping
                .pause(if idle { POLL_IDLE } else { POLL_BUSY })
                .await;
        }
        match page.next_shard_iterator {
            Some(next) => iterator = next,
            None => return,
        }
    }
}

/// The event that Lambda makes of a batch.
fn event(records: &[Value]) -> Value {
    json!({ "Records": records })
}
