//! Woken by the ledger's stream: the work that its records stand for, and which of them have to come again.

use futures::StreamExt;
use serde_json::Value;
use tributary_domain::ports::{DueWork, MediaFetcher, Messenger};

use crate::Relay;
use crate::errands::{Sorted, sort};
use crate::trigger::StreamRecord;
use crate::work::{PARALLEL, Run};

impl<M: Messenger + MediaFetcher> Relay<M> {
    /// Does the work of a batch. The answer names the first record that has to come again, if one does.
    pub(crate) async fn work_of_stream(&self, records: &[StreamRecord], run: &Run) -> Value {
        let mut works: Vec<DueWork> = records.iter().filter_map(|r| r.work.clone()).collect();
        works.sort();
        works.dedup();
        let Sorted {
            hurried,
            files,
            errands,
        } = sort(works);
        let attempt = async |work: DueWork| {
            let sequences = sequences_of(records, &work);
            let error = Box::pin(self.work(&work, &sequences, run)).await.err()?;
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the relay could not finish a ticket's work; it comes again"
            );
            Some(work)
        };
        let mut failed: Vec<DueWork> = futures::stream::iter(hurried)
            .map(&attempt)
            .buffer_unordered(PARALLEL)
            .filter_map(std::future::ready)
            .collect()
            .await;
        let fetching = async {
            let mut failed = Vec::new();
            for work in files {
                failed.extend(attempt(work).await);
            }
            failed
        };
        let (unfetched, ()) = futures::join!(fetching, self.finish_all(errands, run));
        failed.extend(unfetched);
        let first = records
            .iter()
            .find(|r| r.work.as_ref().is_some_and(|w| failed.contains(w)));
        let failures: Vec<Value> = first
            .iter()
            .map(|r| serde_json::json!({"itemIdentifier": r.stream_sequence}))
            .collect();
        serde_json::json!({ "batchItemFailures": failures })
    }
}

/// The events of this work among the records.
fn sequences_of(records: &[StreamRecord], work: &DueWork) -> Vec<u64> {
    records
        .iter()
        .filter(|r| r.work.as_ref() == Some(work))
        .filter_map(|r| r.sequence)
        .collect()
}
