//! One commit as one transaction, asked for until it is known whether it was written.
//!
//! A request carries a token made for this commit. When its answer is lost, the same request with the
//! same token is sent again: DynamoDB answers the repetition of a written transaction with success
//! (TransactWriteItems, API reference, ClientRequestToken, good for ten minutes). Every condition, once
//! broken, stays broken, so a refusal of the repetition tells of the first request too.

use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, TransactWriteItem};
use tokio::time::Instant;
use tributary_domain::ports::{Cause, CommitError, PortError};

use crate::client::DynamoTickets;

mod identities;
pub(crate) mod people;
mod plan;
mod verdict;

use plan::Step;
pub(crate) use plan::plan;
pub(crate) use verdict::Told;
use verdict::Verdict;

/// Most items of a transaction (TransactWriteItems, API reference).
const MAX_ITEMS: usize = 100;
/// How long one answer is waited for; a transaction takes tens of milliseconds.
const ATTEMPT: Duration = Duration::from_secs(2);
/// The longest first wait before a request is repeated, and the longest of all.
const FIRST_WAIT: Duration = Duration::from_millis(20);
const LONGEST_WAIT: Duration = Duration::from_millis(640);

impl DynamoTickets {
    /// Writes all steps of a transaction or nothing, within `budget`.
    pub(crate) async fn write(
        &self,
        steps: Vec<Step>,
        told: Told<'_>,
        budget: Duration,
    ) -> Result<(), CommitError> {
        let (parts, items): (Vec<_>, Vec<_>) = steps.into_iter().unzip();
        if items.len() > MAX_ITEMS {
            return Err(PortError::Corrupt(format!(
                "{} items are too many for a transaction",
                items.len()
            ))
            .into());
        }
        let token = token()?;
        let end = Instant::now() + budget;
        let mut lost: Option<Cause> = None;
        let mut limit = FIRST_WAIT;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(out_of_time(lost));
            }
            let Err(error) = self.transact(&items, &token, left.min(ATTEMPT)).await else {
                return Ok(());
            };
            match (verdict::of(error, told, &parts)?, &lost) {
                (Verdict::Refused(refusal), _) => return Err(refusal),
                (Verdict::NotNow(_), None) => return Err(CommitError::Raced),
                (Verdict::NotNow(cause) | Verdict::Lost(cause), _) => lost = Some(cause),
            }
            tokio::time::sleep(jitter(limit).min(end.saturating_duration_since(Instant::now())))
                .await;
            limit = (limit * 2).min(LONGEST_WAIT);
        }
    }

    async fn transact(
        &self,
        items: &[TransactWriteItem],
        token: &str,
        timeout: Duration,
    ) -> Result<(), verdict::TransactError> {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(timeout)
            .operation_timeout(timeout)
            .build();
        // The SDK's own retries would hide that an answer was lost.
        let once = aws_sdk_dynamodb::Config::builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts);
        let answer = self
            .client()
            .await
            .transact_write_items()
            .set_transact_items(Some(items.to_vec()))
            .client_request_token(token)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .customize()
            .config_override(once)
            .send()
            .await?;
        self.capacity.wrote(answer.consumed_capacity());
        Ok(())
    }
}

fn out_of_time(lost: Option<Cause>) -> CommitError {
    PortError::Unavailable(lost.unwrap_or_else(|| "no time was left to commit".into())).into()
}

/// A request's token: 32 hexadecimal digits of randomness, where DynamoDB allows 36 characters.
fn token() -> Result<String, PortError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| PortError::Unavailable(Box::new(error)))?;
    Ok(hex::encode(bytes))
}

/// A random wait up to `limit`; the whole limit where there is no randomness.
fn jitter(limit: Duration) -> Duration {
    let share = getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX));
    limit.mul_f64(share)
}
