//! One batch until all of it is done: what Lambda does with `ReportBatchItemFailures`
//! (docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html).
use anyhow::Result;
use serde_json::Value;

use super::{BACKOFF_FIRST, BACKOFF_LAST, Stopping, event};

/// Calls `function` with `records`, and again with what is left of them, until nothing is left or the player
/// is stopped.
pub(super) async fn deliver<F, Call>(mut records: Vec<Value>, function: &F, stopping: &mut Stopping)
where
    F: Fn(Value) -> Call,
    Call: Future<Output = Result<Value>>,
{
    let mut backoff = BACKOFF_FIRST;
    while !records.is_empty() && !stopping.asked() {
        let answer = function(event(&records)).await;
        let done = match &answer {
            Ok(answer) => done(&records, answer),
            Err(error) => {
                tracing::warn!(%error, records = records.len(), "the function failed");
                0
            }
        };
        records.drain(..done);
        if !records.is_empty() {
            tracing::info!(
                records = records.len(),
                "records of the stream are played again"
            );
            stopping.pause(backoff).await;
            backoff = if done > 0 {
                BACKOFF_FIRST
            } else {
                (backoff * 2).min(BACKOFF_LAST)
            };
        }
    }
}

/// How many records at the start of the batch need not come again: those before the first one reported as
/// failed. A report that names no record of the batch means the whole batch.
fn done(records: &[Value], answer: &Value) -> usize {
    let failures = match answer.get("batchItemFailures") {
        Some(Value::Array(failures)) => failures.as_slice(),
        Some(_) | None => &[],
    };
    let position = |failure: &Value| {
        let id = failure.get("itemIdentifier").and_then(Value::as_str);
        records
            .iter()
            .position(|record| record["dynamodb"]["SequenceNumber"].as_str() == id && id.is_some())
            .unwrap_or(0)
    };
    failures.iter().map(position).min().unwrap_or(records.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn records() -> Vec<Value> {
        ["1", "2", "3"]
            .map(|number| json!({ "dynamodb": { "SequenceNumber": number } }))
            .to_vec()
    }

    fn done_after(answer: Value) -> usize {
        done(&records(), &answer)
    }

    #[test]
    fn an_answer_without_failures_finishes_the_batch() {
        assert_eq!(done_after(json!({ "batchItemFailures": [] })), 3);
        assert_eq!(done_after(json!({ "batchItemFailures": null })), 3);
        assert_eq!(done_after(json!({})), 3);
        assert_eq!(done_after(Value::Null), 3);
    }

    #[test]
    fn the_batch_is_repeated_from_the_first_failed_record() {
        let answer =
            json!({ "batchItemFailures": [{ "itemIdentifier": "3" }, { "itemIdentifier": "2" }] });
        assert_eq!(done_after(answer), 1);
    }

    #[test]
    fn a_failure_that_names_no_record_repeats_the_whole_batch() {
        for id in [json!(""), json!("9"), Value::Null] {
            let answer = json!({ "batchItemFailures": [{ "itemIdentifier": id }] });
            assert_eq!(done_after(answer), 0);
        }
    }
}
