//! What the platforms know of the app's webhooks, and Instagram's renewal of tokens: what the desk checks its
//! accounts with. A page and an Instagram account begin with messages only, so that the first check mends them.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::graph::{Refusal, is_version};
use super::{Doubles, FACEBOOK_TOKEN, INSTAGRAM_TOKEN, TWITTER_BEARER, WHATSAPP_TOKEN, is_bearer};

/// A long-lived token lasts 60 days.
const TOKEN_SECONDS: u64 = 60 * 24 * 3600;

/// The fields each account is subscribed to.
#[derive(Debug, Clone, Default)]
pub(super) struct Subscriptions(Arc<Mutex<BTreeMap<String, Vec<String>>>>);

impl Subscriptions {
    fn change<T>(&self, account: &str, change: impl FnOnce(&mut Vec<String>) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let usual = || vec!["messages".to_owned()];
        change(all.entry(account.to_owned()).or_insert_with(usual))
    }
}

pub(super) fn routes() -> Router<Doubles> {
    Router::new()
        .route(
            "/{version}/{account}/subscribed_apps",
            get(list).post(subscribe),
        )
        .route("/refresh_access_token", get(renew))
        .route("/2/webhooks", get(webhooks))
        .route("/2/webhooks/{id}", put(validate))
}

/// Whether this is a token of Instagram's; a renewed one says itself that it is one.
pub(super) fn is_instagram(headers: &HeaderMap) -> bool {
    let renewed = format!("{INSTAGRAM_TOKEN}-renewed");
    is_bearer(headers, INSTAGRAM_TOKEN) || is_bearer(headers, &renewed)
}

/// Which tokens may ask.
fn may_ask(headers: &HeaderMap, version: &str) -> Result<(), Refusal> {
    let known = [FACEBOOK_TOKEN, WHATSAPP_TOKEN];
    if !is_instagram(headers) && !known.iter().any(|token| is_bearer(headers, token)) {
        return Err(Refusal::token());
    }
    if is_version(version) {
        Ok(())
    } else {
        Err(Refusal::unknown_object())
    }
}

async fn list(
    State(doubles): State<Doubles>,
    Path((version, account)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Err(refusal) = may_ask(&headers, &version) {
        return refusal.into_response();
    }
    let fields = doubles.subscriptions.change(&account, |had| had.clone());
    let app = json!({"id": "500001", "name": "Tributary", "subscribed_fields": fields});
    Json(json!({"data": [app]})).into_response()
}

async fn subscribe(
    State(doubles): State<Doubles>,
    Path((version, account)): Path<(String, String)>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if let Err(refusal) = may_ask(&headers, &version) {
        return refusal.into_response();
    }
    if let Some(fields) = query.get("subscribed_fields") {
        let fields = fields.split(',').map(str::to_owned).collect();
        doubles.subscriptions.change(&account, |had| *had = fields);
    }
    Json(json!({"success": true})).into_response()
}

async fn renew(Query(query): Query<BTreeMap<String, String>>) -> Response {
    let given = |name: &str| query.get(name).map_or("", String::as_str);
    let is_ours = given("access_token").starts_with(INSTAGRAM_TOKEN);
    if given("grant_type") != "ig_refresh_token" || !is_ours {
        return Refusal::token().into_response();
    }
    let token = format!("{INSTAGRAM_TOKEN}-renewed");
    let answer =
        json!({"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS});
    Json(answer).into_response()
}

async fn webhooks(State(doubles): State<Doubles>, headers: HeaderMap) -> Response {
    if !is_bearer(&headers, TWITTER_BEARER) {
        return unauthorized();
    }
    let url = doubles.sandbox.webhook_url("/api/webhooks/twitter");
    let webhook = json!({"id": "600001", "url": url, "valid": true, "created_at": "2026-01-01T12:00:00.000Z"});
    Json(json!({"data": [webhook], "meta": {"result_count": 1}})).into_response()
}

async fn validate(headers: HeaderMap) -> Response {
    if !is_bearer(&headers, TWITTER_BEARER) {
        return unauthorized();
    }
    Json(json!({"data": {"valid": true}})).into_response()
}

fn unauthorized() -> Response {
    let problem = json!({"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"});
    (StatusCode::UNAUTHORIZED, Json(problem)).into_response()
}
