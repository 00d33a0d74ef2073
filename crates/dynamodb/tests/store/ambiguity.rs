//! What a commit says when DynamoDB's answers are lost, or when it is busy. The embedded engine never
//! is, so an interceptor of the SDK plays both.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextMut,
    FinalizerInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use tributary_domain::ports::{CommitError, Outbox, PortError, Tickets};
use tributary_dynamodb::DynamoTickets;

use crate::support::{
    BUDGET, blank, config, message, opened, opening, slot_key, slot_of, tables, world,
};

/// What befalls one attempt of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It arrives and is answered.
    Served,
    /// It arrives, but its answer does not.
    AnswerLost,
    /// It arrives, but is answered with a server error.
    ServerError,
    /// It never arrives.
    RequestLost,
    /// It is refused without effect, with this error code and these reasons.
    Refused(&'static str, &'static str),
}

const CONFLICT: Fate = Fate::Refused(
    "TransactionCanceledException",
    r#"[{"Code":"None"},{"Code":"TransactionConflict"},{"Code":"None"}]"#,
);
const BUSY: Fate = Fate::Refused(
    "TransactionCanceledException",
    r#"[{"Code":"ThrottlingError"},{"Code":"None"},{"Code":"ProvisionedThroughputExceeded"}]"#,
);
const THROTTLED: Fate = Fate::Refused("ThrottlingException", "[]");
const LIMITED: Fate = Fate::Refused("RequestLimitExceeded", "[]");
const IN_PROGRESS: Fate = Fate::Refused("TransactionInProgressException", "[]");

/// Plays fates to transactions, in order; those beyond them are served.
#[derive(Debug, Clone, Default)]
struct Weather {
    coming: Arc<Mutex<VecDeque<Fate>>>,
    now: Arc<Mutex<Option<Fate>>>,
    tokens: Arc<Mutex<Vec<String>>>,
}

impl Weather {
    fn now(&self) -> Option<Fate> {
        *self.now.lock().expect("a lock")
    }
}

impl Intercept for Weather {
    fn name(&self) -> &'static str {
        "Weather"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let is_transaction = request
            .headers()
            .get("x-amz-target")
            .is_some_and(|t| t.ends_with(".TransactWriteItems"));
        let fate = is_transaction.then(|| {
            self.coming
                .lock()
                .expect("a lock")
                .pop_front()
                .unwrap_or(Fate::Served)
        });
        *self.now.lock().expect("a lock") = fate;
        if is_transaction {
            let body: serde_json::Value =
                serde_json::from_slice(request.body().bytes().expect("a body"))?;
            let token = body["ClientRequestToken"]
                .as_str()
                .expect("a token")
                .to_owned();
            self.tokens.lock().expect("a lock").push(token);
        }
        match fate {
            Some(Fate::RequestLost | Fate::Refused(..)) => {
                request
                    .headers_mut()
                    .insert("x-amz-target", "DynamoDB_20120810.Nothing");
            }
            Some(Fate::Served | Fate::AnswerLost | Fate::ServerError) | None => {}
        }
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (status, body) = match self.now() {
            Some(Fate::ServerError) => (
                500,
                r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}"#.to_owned(),
            ),
            Some(Fate::Refused(code, reasons)) => (
                400,
                format!(
                    r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","CancellationReasons":{reasons}}}"#
                ),
            ),
            Some(Fate::Served | Fate::AnswerLost | Fate::RequestLost) | None => return Ok(()),
        };
        *context.response_mut() =
            HttpResponse::new(StatusCode::try_from(status)?, SdkBody::from(body));
        Ok(())
    }

    fn modify_before_attempt_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let (Some(Fate::AnswerLost | Fate::RequestLost), Some(answer)) =
            (self.now(), context.output_or_error_mut())
        {
            *answer = Err(OrchestratorError::timeout("the answer got lost".into()));
        }
        Ok(())
    }
}

async fn under_weather() -> (DynamoTickets, Weather) {
    let (_, names) = tables().await;
    let weather = Weather::default();
    let client = Client::from_conf(config().interceptor(weather.clone()).build());
    (DynamoTickets::new(client, names), weather)
}

/// Commits a message with a slot under `fates`; returns what commit said, and how often it was written.
async fn commit_under(
    fates: &[Fate],
    budget: Duration,
) -> (Result<(), CommitError>, u64, Vec<String>) {
    let (store, weather) = under_weather().await;
    let world = world();
    let ticket = opened(&store, &world).await;
    weather.tokens.lock().expect("a lock").clear();
    weather.coming.lock().expect("a lock").extend(fates);
    let mut commit = message(&world, &ticket, "once");
    commit.slots = vec![slot_of(&commit, "wamid.1", 0)];
    let said = store.commit(&commit, budget).await;
    weather.coming.lock().expect("a lock").clear();
    let stored = store
        .ticket(&ticket.id)
        .await
        .expect("reads")
        .expect("is there");
    let slot = store.slot(&slot_key("wamid.1")).await.expect("reads");
    let events = store
        .events_after(&ticket.id, 2, 10)
        .await
        .expect("reads")
        .len() as u64;
    let written = stored.message_count - 1;
    assert_eq!(
        (slot.is_some(), events),
        (written == 1, written),
        "all of it or nothing"
    );
    let tokens = weather.tokens.lock().expect("a lock").clone();
    (said, written, tokens)
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_token_and_written_once() {
    for fates in [
        &[Fate::AnswerLost][..],
        &[Fate::ServerError],
        &[Fate::RequestLost],
        &[Fate::AnswerLost, Fate::AnswerLost, Fate::ServerError],
        &[Fate::RequestLost, Fate::AnswerLost],
    ] {
        let (said, written, tokens) = commit_under(fates, BUDGET).await;
        assert!(said.is_ok(), "{fates:?}: {said:?}");
        assert_eq!(written, 1, "{fates:?}");
        assert_eq!(tokens.len(), fates.len() + 1);
        assert!(
            tokens
                .iter()
                .all(|t| *t == tokens[0] && (1..=36).contains(&t.len())),
            "one token"
        );
    }
}

#[tokio::test]
async fn a_busy_store_is_a_lost_race_and_nothing_is_written() {
    for fate in [CONFLICT, BUSY, THROTTLED, LIMITED, IN_PROGRESS] {
        let (said, written, tokens) = commit_under(&[fate], BUDGET).await;
        assert!(
            matches!(said, Err(CommitError::Raced)),
            "{fate:?}: {said:?}"
        );
        assert_eq!((written, tokens.len()), (0, 1), "{fate:?}");
    }
}

#[tokio::test]
async fn busy_after_a_lost_answer_says_nothing_of_the_first_request() {
    for fate in [CONFLICT, BUSY, THROTTLED, LIMITED, IN_PROGRESS] {
        for lost in [Fate::AnswerLost, Fate::RequestLost] {
            let (said, written, tokens) = commit_under(&[lost, fate, fate], BUDGET).await;
            assert!(said.is_ok(), "{lost:?} {fate:?}: {said:?}");
            assert_eq!((written, tokens.len()), (1, 4), "{lost:?} {fate:?}");
        }
    }
}

#[tokio::test]
async fn only_when_the_budget_has_passed_nobody_knows() {
    let lost = [Fate::AnswerLost; 100];
    let (said, written, tokens) = commit_under(&lost, Duration::from_millis(300)).await;
    assert!(
        matches!(said, Err(CommitError::Failed(PortError::Unavailable(_)))),
        "{said:?}"
    );
    assert_eq!(written, 1);
    assert!(tokens.len() > 2, "it was asked more than once");
    let (said, written, tokens) = commit_under(&[], Duration::ZERO).await;
    assert!(
        matches!(said, Err(CommitError::Failed(PortError::Unavailable(_)))),
        "{said:?}"
    );
    assert_eq!(
        (written, tokens.len()),
        (0, 0),
        "nothing is begun without time"
    );
}

#[tokio::test]
async fn a_race_lost_after_a_lost_answer_is_told_as_a_race() {
    let (store, weather) = under_weather().await;
    let world = world();
    let ticket = opened(&store, &world).await;
    let (mine, theirs) = (
        message(&world, &ticket, "mine"),
        message(&world, &ticket, "theirs"),
    );
    store.commit(&theirs, BUDGET).await.expect("commits");
    weather
        .coming
        .lock()
        .expect("a lock")
        .push_back(Fate::RequestLost);
    assert!(matches!(
        store.commit(&mine, BUDGET).await,
        Err(CommitError::Raced)
    ));
}

#[tokio::test]
async fn each_commit_has_a_token_of_its_own() {
    let (store, weather) = under_weather().await;
    let world = world();
    for _ in 0..3 {
        store
            .commit(&opening(&world, blank(&world)), BUDGET)
            .await
            .expect("commits");
    }
    let mut tokens = weather.tokens.lock().expect("a lock").clone();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 3);
}

#[tokio::test]
async fn a_store_that_refuses_us_is_unavailable_at_once() {
    let (said, written, tokens) =
        commit_under(&[Fate::Refused("AccessDeniedException", "[]")], BUDGET).await;
    assert!(
        matches!(said, Err(CommitError::Failed(PortError::Unavailable(_)))),
        "{said:?}"
    );
    assert_eq!((written, tokens.len()), (0, 1));
}
