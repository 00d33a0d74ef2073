//! What invokes the relay: the ledger's stream, the schedule, its own queue, or somebody who runs the desk.

use aws_lambda_events::event::dynamodb::EventRecord;
use serde_json::Value;
use tributary_domain::ports::DueWork;
use tributary_dynamodb::keys::LedgerKey;

use crate::operations::{InvalidOperation, Operation};

/// An invocation.
#[derive(Debug)]
pub enum Trigger {
    /// Records of the ledger changed.
    Stream(Vec<StreamRecord>),
    /// A minute has passed.
    Schedule,
    /// It is time to look again.
    Wake,
    /// Somebody who runs the desk asks for something.
    Operation(Operation),
}

/// A changed record of the ledger.
#[derive(Debug, PartialEq, Eq)]
pub struct StreamRecord {
    /// Its place in the stream, by which it is asked for again.
    pub stream_sequence: String,
    /// The work it stands for, if it stands for any.
    pub work: Option<DueWork>,
    /// The event's sequence, if it is an event.
    pub sequence: Option<u64>,
}

/// The event is nothing that the relay does.
#[derive(Debug, thiserror::Error)]
pub enum UnknownTrigger {
    /// It is neither a batch of a DynamoDB stream or a queue nor a scheduled event nor an operation.
    #[error(
        "expected a batch of the ledger's stream or of its queue, a scheduled event or an operation"
    )]
    Event,
    /// It is an operation that cannot be read.
    #[error(transparent)]
    Operation(#[from] InvalidOperation),
}

impl Trigger {
    /// Reads an invocation's event.
    ///
    /// # Errors
    /// [`UnknownTrigger`] for anything else.
    pub fn parse(event: &Value) -> Result<Self, UnknownTrigger> {
        if event.get("detail-type").and_then(Value::as_str) == Some("Scheduled Event") {
            return Ok(Self::Schedule);
        }
        if event.get("operation").is_some() {
            return Ok(Self::Operation(Operation::parse(event)?));
        }
        let records = event
            .get("Records")
            .and_then(Value::as_array)
            .ok_or(UnknownTrigger::Event)?;
        let is_of_queue = |record: &Value| record["eventSource"] == "aws:sqs";
        if records.first().is_some_and(is_of_queue) {
            return Ok(Self::Wake);
        }
        records
            .iter()
            .map(record)
            .collect::<Option<Vec<_>>>()
            .map(Self::Stream)
            .ok_or(UnknownTrigger::Event)
    }
}

fn record(value: &Value) -> Option<StreamRecord> {
    let EventRecord { change, .. } = serde_json::from_value(value.clone()).ok()?;
    let stream_sequence = change.sequence_number?;
    let keys: Value = value.pointer("/dynamodb/Keys").cloned().unwrap_or_default();
    let key = |name: &str| keys.pointer(&format!("/{name}/S")).and_then(Value::as_str);
    let parsed = match (key("pk"), key("sk")) {
        (Some(pk), Some(sk)) => LedgerKey::parse(pk, sk),
        (_, _) => None,
    };
    let (work, sequence) = match parsed {
        Some(LedgerKey::Event {
            ticket_id,
            sequence,
        }) => (Some(DueWork::Events(ticket_id)), Some(sequence)),
        Some(LedgerKey::Send {
            ticket_id,
            position: _,
        }) => (Some(DueWork::Sends(ticket_id)), None),
        Some(LedgerKey::Fetch {
            ticket_id,
            position: _,
        }) => (Some(DueWork::Fetches(ticket_id)), None),
        Some(LedgerKey::Errand {
            ticket_id,
            kind: _,
            version: _,
        }) => (Some(DueWork::Errands(ticket_id)), None),
        Some(LedgerKey::Typing { ticket_id }) => (Some(DueWork::Typing(ticket_id)), None),
        Some(LedgerKey::Gate { channel, account }) => (Some(DueWork::Gate(channel, account)), None),
        Some(_) | None => (None, None),
    };
    Some(StreamRecord {
        stream_sequence,
        work,
        sequence,
    })
}
