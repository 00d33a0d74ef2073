//! What is in a conversation, newest first: `GET /2/dm_conversations/with/{participant_id}/dm_events` (docs.x.com,
//! x-api/direct-messages/lookup), as far as our user wrote it through the double.
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, Uri};
use serde_json::{Value, json};
use tributary_domain::Timestamp;

use super::problem::Problem;
use super::{NAME, oauth};
use crate::provider_double::{Doubles, faults};
use crate::sandbox::clock::now_ms;
use crate::sandbox::model::Channel;

const KEPT: usize = 1_000;
/// What X returns when it is not told how much, and at most.
const PAGE: usize = 100;

/// A message that our user wrote.
#[derive(Debug, Clone)]
struct Event {
    participant: String,
    told: Value,
}

/// The last of them, oldest first.
#[derive(Debug, Clone, Default)]
pub(in crate::provider_double) struct Events(Arc<Mutex<VecDeque<Event>>>);

impl Events {
    /// Keeps a message.
    pub(super) fn keep(&self, participant: &str, id: &str, text: &str, media_id: Option<&str>) {
        let at = i64::try_from(now_ms()).unwrap_or_default();
        let mut told = json!({
            "id": id, "event_type": "MessageCreate", "text": text,
            "sender_id": Channel::Twitter.account_id(),
            "created_at": Timestamp::from_millis(at).to_string(),
        });
        if let Some(media_id) = media_id {
            told["attachments"] = json!({ "media_keys": [format!("3_{media_id}")] });
            told["text"] = json!(format!("{text} https://t.co/file").trim());
        }
        // A panic while the lock was held cannot have left a half-kept message.
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() == KEPT {
            events.pop_front();
        }
        events.push_back(Event {
            participant: participant.to_owned(),
            told,
        });
    }

    fn of(&self, participant: &str, count: usize) -> Vec<Value> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = events.iter().rev().filter(|e| e.participant == participant);
        of.take(count).map(|event| event.told.clone()).collect()
    }
}

pub(super) async fn list(
    State(doubles): State<Doubles>,
    Path(participant): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let fault = faults::take_for_upload(&doubles, Channel::Twitter).await;
    let is_signed = oauth::is_signed(&method, &uri, &headers);
    let told = Problem::of(fault).and_then(|()| {
        if !is_signed {
            return Err(Problem::unauthorized());
        }
        let count = match query.get("max_results").map(|n| n.parse()) {
            None => PAGE,
            Some(Ok(count)) if (1..=PAGE).contains(&count) => count,
            Some(_) => return Err(Problem::invalid("max_results must be between 1 and 100")),
        };
        Ok(doubles.events.of(&participant, count))
    });
    let (answer, note) = match told {
        Ok(events) if events.is_empty() => {
            let none = json!({ "meta": { "result_count": 0 } });
            (Json(none).into_response(), "Nothing there.".to_owned())
        }
        Ok(events) => {
            let meta = json!({ "result_count": events.len() });
            let told = json!({ "data": events, "meta": meta });
            (Json(told).into_response(), "Told what is there.".to_owned())
        }
        Err(problem) => {
            let note = problem.detail.clone();
            (problem.into_response(), note)
        }
    };
    faults::note(&doubles, NAME, &answer, &note);
    answer
}
