//! What a transaction's failure says of what was written.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::CancellationReason;
use tributary_domain::ports::{
    Cause, Commit, CommitError, IdempotencyRecord, PortError, Slot, SlotKey, SlotWrite,
};

use crate::commit::plan::Part;
use crate::fault;
use crate::record;

/// How the SDK fails a transaction.
pub(super) type TransactError = SdkError<TransactWriteItemsError, HttpResponse>;

/// What a failure means.
pub(super) enum Verdict {
    /// Nothing was written, and the same request never will be.
    Refused(CommitError),
    /// This request wrote nothing, but the same request may.
    NotNow(Cause),
    /// Nobody can say whether it was written.
    Lost(Cause),
}

/// Of which items a refusal tells what is there instead.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Told<'a> {
    idempotency: Option<&'a IdempotencyRecord>,
    slots: &'a [SlotWrite],
}

impl<'a> Told<'a> {
    /// Those of a commit.
    pub(crate) fn of(commit: &'a Commit) -> Self {
        Self {
            idempotency: commit.idempotency.as_ref(),
            slots: &commit.slots,
        }
    }
}

/// Judges a failure.
pub(super) fn of(
    error: TransactError,
    told: Told<'_>,
    parts: &[Part],
) -> Result<Verdict, PortError> {
    let status = error.raw_response().map(|r| r.status().as_u16());
    let Some(service) = error.as_service_error() else {
        return Ok(Verdict::Lost(fault::cause(error)));
    };
    if let TransactWriteItemsError::TransactionCanceledException(cancelled) = service {
        return match refusal(cancelled.cancellation_reasons(), told, parts)? {
            Some(refusal) => Ok(Verdict::Refused(refusal)),
            None => Ok(Verdict::NotNow(fault::cause(error))),
        };
    }
    match service.code() {
        Some(
            "TransactionInProgressException"
            | "TransactionConflictException"
            | "ProvisionedThroughputExceededException"
            | "ThrottlingException"
            | "ThrottlingError"
            | "RequestLimitExceeded"
            | "LimitExceededException",
        ) => Ok(Verdict::NotNow(fault::cause(error))),
        Some("ValidationException" | "IdempotentParameterMismatchException") => {
            Ok(Verdict::Refused(
                PortError::Corrupt(format!(
                    "DynamoDB refused a transaction: {}",
                    service.code().unwrap_or_default()
                ))
                .into(),
            ))
        }
        Some(_) | None if status.is_some_and(|s| s >= 500) => {
            Ok(Verdict::Lost(fault::cause(error)))
        }
        Some(_) | None => Ok(Verdict::Refused(fault::unavailable(error).into())),
    }
}

/// Why DynamoDB cancelled a transaction, or none when it was only busy. What was done before is told
/// first, then slots, since both stay true; then races.
fn refusal(
    reasons: &[CancellationReason],
    told: Told<'_>,
    parts: &[Part],
) -> Result<Option<CommitError>, PortError> {
    let mut taken: Vec<(SlotKey, Slot)> = Vec::new();
    let mut raced = false;
    for (reason, part) in reasons.iter().zip(parts) {
        match (reason.code().unwrap_or("None"), part) {
            (
                "None"
                | "TransactionConflict"
                | "ThrottlingError"
                | "ProvisionedThroughputExceeded"
                | "RequestLimitExceeded",
                _,
            ) => {}
            ("ConditionalCheckFailed", Part::Idempotency) => {
                if let (Some(ours), Some(item)) = (told.idempotency, &reason.item) {
                    let done = record::idempotency::from_item(item, &ours.scope, &ours.key)?;
                    return Ok(Some(CommitError::AlreadyDone(Box::new(done))));
                }
                raced = true;
            }
            ("ConditionalCheckFailed", Part::Slot(index)) => {
                let key = told.slots[*index].key.clone();
                let held = reason
                    .item
                    .as_ref()
                    .map_or(Ok(Slot::Waiting(Vec::new())), record::slot::from_item)?;
                taken.push((key, held));
            }
            ("ConditionalCheckFailed", Part::Other) => raced = true,
            (code, _) => {
                return Err(PortError::Corrupt(format!(
                    "DynamoDB refused an item of a transaction: {code}"
                )));
            }
        }
    }
    if !taken.is_empty() {
        return Ok(Some(CommitError::SlotsTaken(taken)));
    }
    Ok(raced.then_some(CommitError::Raced))
}
