//! Replaying what is parked in the running stack: `POST /local/replay`, which hands the relay its operation,
//! and what `make replay` does with it.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tributary_domain::ports::{MediaFetcher, Messenger};
use tributary_relay::{Relay, RelayError};

use crate::sandbox::guard::guard;

/// The route: `{"channel":…,"cursor":…}`, both optional, answered as the relay answers. For this machine only.
pub fn routes<M: Messenger + MediaFetcher + 'static>(relay: Arc<Relay<M>>) -> Router {
    Router::new()
        .route("/local/replay", post(replay::<M>))
        .layer(middleware::from_fn(guard))
        .with_state(relay)
}

async fn replay<M: Messenger + MediaFetcher>(
    State(relay): State<Arc<Relay<M>>>,
    Json(asked): Json<Value>,
) -> Response {
    let mut event = match asked {
        Value::Object(fields) => Value::Object(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            json!({})
        }
    };
    event["operation"] = json!("replay_parked");
    match relay.handle(&event).await {
        Ok(report) => Json(report).into_response(),
        Err(error) => {
            let status = match &error {
                RelayError::Unknown(_) => StatusCode::BAD_REQUEST,
                RelayError::Port(_) => StatusCode::SERVICE_UNAVAILABLE,
            };
            (status, Json(json!({"detail": error.to_string()}))).into_response()
        }
    }
}

/// Replays until nothing is left; `progress` is told each step. Returns a sentence for the end.
///
/// # Errors
/// When the stack does not answer or refuses, with what to do.
pub async fn run(address: &str, channel: Option<&str>, progress: impl Fn(&str)) -> Result<String> {
    let client = reqwest::Client::new();
    let mut total = [0_u64; 5];
    let mut left: Vec<String> = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let answer = client
            .post(format!("{address}/local/replay"))
            .json(&json!({"channel": channel, "cursor": cursor}))
            .send()
            .await
            .with_context(|| {
                format!("nothing answers at {address}: start it with `make run`, or name its PORT")
            })?;
        let status = answer.status();
        let report: Value = answer
            .json()
            .await
            .context("the stack's answer is no JSON")?;
        anyhow::ensure!(
            status.is_success() && report["stopped"].is_null(),
            "the stack stopped the replay: {}",
            report["detail"]
                .as_str()
                .or(report["stopped"].as_str())
                .unwrap_or("no reason given")
        );
        for (sum, name) in
            total
                .iter_mut()
                .zip(["bodies", "stored", "duplicates", "ignored", "parked"])
        {
            *sum += report[name].as_u64().unwrap_or_default();
        }
        for body in ["still_parked", "not_replayed"]
            .iter()
            .flat_map(|n| report[n].as_array().into_iter().flatten())
        {
            let reason = |value: &Value| value.as_str().map(str::to_owned);
            let mut reasons: Vec<String> = body["reasons"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(reason)
                .collect();
            reasons.extend(reason(&body["reason"]));
            left.push(format!(
                "{}: {}",
                body["key"].as_str().unwrap_or_default(),
                reasons.join(", ")
            ));
        }
        progress(&format!("{} bodies, {} events stored", total[0], total[1]));
        cursor = report["cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    for line in &left {
        progress(line);
    }
    let [bodies, stored, duplicates, ignored, parked] = total;
    Ok(format!(
        "Replayed {bodies} bodies: {stored} events stored, {duplicates} known before, {ignored} of no use, {parked} parked still."
    ))
}
