//! X's direct messages: `POST /2/dm_conversations/with/{participant_id}/messages`, and what our user wrote there, newest
//! first: `GET /2/dm_conversations/with/{participant_id}/dm_events` (docs.x.com, x-api/direct-messages).

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tributary_domain::Timestamp;

use super::{Behaviour, Provider};
use crate::facebook::now_millis;
use crate::twitter::USER;

pub(super) fn routes() -> Router<Provider> {
    const CONVERSATION: &str = "/2/dm_conversations/with/{participant}";
    Router::new()
        .route(&format!("{CONVERSATION}/messages"), post(send))
        .route(&format!("{CONVERSATION}/dm_events"), get(events))
}

impl Provider {
    /// What X has of ours, oldest first.
    #[must_use]
    pub fn written_on_x(&self) -> Vec<Value> {
        self.told().written_on_x.clone()
    }

    /// How often X was asked what was written.
    #[must_use]
    pub fn looks_on_x(&self) -> usize {
        self.told().looks_on_x
    }
}

async fn send(
    State(provider): State<Provider>,
    Path(participant): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let path = format!("/2/dm_conversations/with/{participant}/messages");
    let text = body["text"].clone();
    let (behaviour, id) = provider.take(path, &headers, &json!(participant), body);
    if let Behaviour::Accept | Behaviour::AcceptAndHang = behaviour {
        let at = Timestamp::from_millis(i64::try_from(now_millis()).unwrap_or_default());
        provider.told().written_on_x.push(
            json!({"id": id, "event_type": "MessageCreate", "text": text,
            "sender_id": USER, "created_at": at.to_string()}),
        );
    }
    match behaviour {
        Behaviour::Accept => {
            let data =
                json!({"dm_conversation_id": format!("{USER}-{participant}"), "dm_event_id": id});
            (StatusCode::CREATED, Json(json!({"data": data}))).into_response()
        }
        Behaviour::AcceptAndHang | Behaviour::Hang => std::future::pending().await,
        Behaviour::Busy => problem(StatusCode::SERVICE_UNAVAILABLE),
        Behaviour::Refuse => problem(StatusCode::FORBIDDEN),
        Behaviour::RefuseToken => problem(StatusCode::UNAUTHORIZED),
    }
}

async fn events(State(provider): State<Provider>) -> Json<Value> {
    let mut told = provider.told();
    told.looks_on_x += 1;
    let newest_first: Vec<&Value> = told.written_on_x.iter().rev().collect();
    match newest_first.len() {
        0 => Json(json!({"meta": {"result_count": 0}})),
        count => Json(json!({"data": newest_first, "meta": {"result_count": count}})),
    }
}

fn problem(status: StatusCode) -> Response {
    let body = json!({"title": "no", "type": "about:blank", "status": status.as_u16()});
    (status, Json(body)).into_response()
}
