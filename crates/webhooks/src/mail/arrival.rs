//! The door of mail in AWS: API Gateway put a mail into the bucket, and S3 told so through a queue. What is told twice
//! finds the mail gone; what fails is told again until the queue gives it up, and the mail stays where it is.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use tributary_blobs::{ArrivedMail, INBOX};
use tributary_domain::Channel;
use tributary_domain::ports::{Blobs as _, PortError};
use tributary_domain::surroundings::Deadline;
use tributary_edge::auth::sendgrid_signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER};
use tributary_telemetry::metrics;

use super::{Admitted, NotProven, receive_mail};
use crate::{Deps, answer};

/// How long one mail may take: no sender waits, but the function ends after a minute.
const MAIL_TIME: Duration = Duration::from_secs(40);

/// Why a mail is left in the bucket; being told of it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum Left {
    /// What told of it cannot be read.
    #[error("the event is none of S3's")]
    UnknownEvent,
    /// The secret does not say what proves a mail.
    #[error("what proves SendGrid's posts is not at hand")]
    ProofUnavailable,
    /// A store did not answer, or there was not enough time; the log says which.
    #[error("a mail could not be finished")]
    Unfinished,
    /// S3 did not answer.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// Receives every mail that an event tells of, one after the other, and takes it out of the bucket: to nowhere once
/// the desk has it, to quarantine when its signature is wrong. `event` is S3's `ObjectCreated`, or a batch of SQS
/// messages that hold such events.
///
/// # Errors
/// [`Left`] for the first mail that has to be told of again; those before it are done.
pub async fn take_arrived(deps: &Deps, event: &Value) -> Result<(), Left> {
    for key in keys(event).ok_or(Left::UnknownEvent)? {
        take(deps, &key).await?;
    }
    Ok(())
}

async fn take(deps: &Deps, key: &str) -> Result<(), Left> {
    if !key.starts_with(INBOX) {
        tracing::warn!("an object outside of the inbox is no mail");
        return Ok(());
    }
    let blobs = &deps.desk.blobs;
    let Some(arrived) = blobs.arrived_mail(key).await? else {
        tracing::info!(key, "a mail is gone: it was taken before");
        return Ok(());
    };
    let (headers, admitted) = (headers(&arrived), admitted(&arrived));
    let deadline = Deadline::after(&deps.desk.surroundings, MAIL_TIME);
    match receive_mail(deps, &headers, arrived.body, Some(admitted), deadline).await {
        Ok(outcome) => {
            answer::tell(Channel::Email, &outcome);
            if outcome.unfinished.is_some() {
                return Err(Left::Unfinished);
            }
            Ok(blobs.delete(key).await?)
        }
        Err(NotProven::Forged) => {
            blobs.quarantine_mail(key).await?;
            metrics::mail_quarantined();
            tracing::error!(key, "a mail is quarantined");
            Ok(())
        }
        Err(NotProven::Unavailable) => Err(Left::ProofUnavailable),
    }
}

/// What the post said of itself, as far as the gateway kept it.
fn headers(arrived: &ArrivedMail) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let kept = [
        (CONTENT_TYPE, &arrived.content_type),
        (
            HeaderName::from_static(SIGNATURE_HEADER),
            &arrived.signature,
        ),
        (
            HeaderName::from_static(TIMESTAMP_HEADER),
            &arrived.timestamp,
        ),
    ];
    for (name, value) in kept {
        if let Some(value) = value.as_deref().and_then(|v| HeaderValue::from_str(v).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

/// A mail of which the authorizer said nothing has to be signed.
fn admitted(arrived: &ArrivedMail) -> Admitted {
    match arrived.admitted.as_deref().and_then(Admitted::parse) {
        Some(admitted) => admitted,
        None => Admitted::ToBeSigned,
    }
}

/// The keys of the objects that an event tells of; none at all when it is no such event.
fn keys(event: &Value) -> Option<Vec<String>> {
    // S3 tries a new queue with this one.
    if event["Event"] == "s3:TestEvent" {
        return Some(Vec::new());
    }
    let mut keys = Vec::new();
    for record in event["Records"].as_array()? {
        if let Some(body) = record["body"].as_str() {
            let inner: Value = serde_json::from_str(body).ok()?;
            keys.extend(self::keys(&inner)?);
        } else {
            keys.push(decoded(record["s3"]["object"]["key"].as_str()?)?);
        }
    }
    Some(keys)
}

/// Keys are URL-encoded in events, blanks as `+` (Amazon S3, "Event message structure").
fn decoded(key: &str) -> Option<String> {
    let plain = key.replace('+', " ");
    let decoded = percent_decode_str(&plain).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(keys: &[&str]) -> Value {
        let record = |key: &&str| {
            json!({"eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
                "s3": {"bucket": {"name": "b"}, "object": {"key": key, "size": 1}}})
        };
        json!({"Records": keys.iter().map(record).collect::<Vec<_>>()})
    }

    #[test]
    fn an_event_of_s3_tells_its_keys_whether_it_came_through_the_queue_or_not() {
        let told = event(&["mail/inbox/JJbxmplHIAMFfZg%3D", "mail/inbox/a+b"]);
        let expected = ["mail/inbox/JJbxmplHIAMFfZg=", "mail/inbox/a b"];
        assert_eq!(keys(&told).expect("keys"), expected);
        let queued = json!({"Records": [{"eventSource": "aws:sqs", "messageId": "1", "body": told.to_string()}]});
        assert_eq!(keys(&queued).expect("keys"), expected);
    }

    #[test]
    fn the_try_of_a_new_queue_tells_of_nothing() {
        let tried = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"});
        assert_eq!(keys(&tried), Some(Vec::new()));
        let queued = json!({"Records": [{"body": tried.to_string()}]});
        assert_eq!(keys(&queued), Some(Vec::new()));
    }

    #[test]
    fn what_is_no_event_of_s3_is_none() {
        for event in [
            json!({}),
            json!({"Records": [{}]}),
            json!({"Records": [{"body": "hello"}]}),
            json!({"Records": [{"s3": {"object": {"key": "%ff"}}}]}),
        ] {
            assert_eq!(keys(&event), None, "{event}");
        }
    }
}
