//! What Meta's Graph API does for WhatsApp and Messenger, and for Instagram's tokens.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Behaviour, Provider};
use crate::facebook::PAGE;

/// What everybody is called who writes to a page.
pub const NAME: &str = "Ben Okafor";

pub(super) fn routes() -> Router<Provider> {
    Router::new()
        .route("/{version}/{account}/messages", post(whatsapp))
        .route("/{version}/{account}/media", post(whatsapp_media))
        .route("/{version}/{business}/message_templates", get(templates))
        .route(&format!("/{{version}}/{PAGE}/messages"), post(facebook))
        .route("/{version}/{node}", get(node))
        .route("/files/{id}", get(file))
        .route("/refresh_access_token", get(refreshed))
}

async fn whatsapp(
    State(provider): State<Provider>,
    Path((version, account)): Path<(String, String)>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let to = body["to"].clone();
    let path = format!("/{version}/{account}/messages");
    if let Some(answer) = provider.heard_typing(&path, &headers, &body) {
        return answer;
    }
    let (behaviour, id) = provider.take(path, &headers, &to, body);
    match behaviour {
        Behaviour::Accept => {
            Json(json!({"messaging_product": "whatsapp", "contacts": [{"input": to, "wa_id": to}], "messages": [{"id": id}]})).into_response()
        }
        Behaviour::AcceptAndHang | Behaviour::Hang => std::future::pending().await,
        Behaviour::Busy => graph_error(131_016, StatusCode::SERVICE_UNAVAILABLE),
        Behaviour::Refuse => graph_error(131_026, StatusCode::BAD_REQUEST),
        Behaviour::RefuseToken => graph_error(190, StatusCode::UNAUTHORIZED),
    }
}

/// Takes any file.
async fn whatsapp_media() -> Json<Value> {
    Json(json!({"id": "media-1"}))
}

fn graph_error(code: u32, status: StatusCode) -> Response {
    (status, Json(json!({"error": {"message": "no", "type": "OAuthException", "code": code, "fbtrace_id": "t"}}))).into_response()
}

async fn facebook(
    State(provider): State<Provider>,
    Path(version): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let to = body["recipient"]["id"].clone();
    let path = format!("/{version}/{PAGE}/messages");
    if let Some(answer) = provider.heard_typing(&path, &headers, &body) {
        return answer;
    }
    let (behaviour, id) = provider.take(path, &headers, &to, body);
    match behaviour {
        Behaviour::Accept => Json(json!({"recipient_id": to, "message_id": id})).into_response(),
        Behaviour::AcceptAndHang | Behaviour::Hang => std::future::pending().await,
        Behaviour::Busy => graph_error(2, StatusCode::SERVICE_UNAVAILABLE),
        Behaviour::Refuse => graph_error(551, StatusCode::BAD_REQUEST),
        Behaviour::RefuseToken => graph_error(190, StatusCode::UNAUTHORIZED),
    }
}

/// Tells pages what everybody is called, [`NAME`], and WhatsApp's numbers where a file is.
async fn node(
    State(provider): State<Provider>,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let is_kept = provider.told().files.contains_key(&id);
    if is_kept && bearer(&headers).is_some() {
        let url = format!("{}/files/{id}", provider.url);
        Json(json!({"messaging_product": "whatsapp", "id": id, "url": url})).into_response()
    } else if bearer(&headers) == Some("dev-facebook-token") {
        Json(json!({"id": id, "name": NAME})).into_response()
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

/// A file, to whom its address alone does not do.
async fn file(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let bytes = provider.told().files.get(&id).cloned();
    match bytes.filter(|_| bearer(&headers).is_some()) {
        Some(bytes) => bytes.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The templates that were approved.
async fn templates(
    State(provider): State<Provider>,
    Path((_, business)): Path<(String, String)>,
) -> Json<Value> {
    let approved = provider.told().templates.get(&business).cloned();
    Json(json!({"data": approved.unwrap_or_else(|| json!([]))}))
}

/// A token for another sixty days.
async fn refreshed(
    State(provider): State<Provider>,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    let old = asked.get("access_token").map_or("", String::as_str);
    match provider.told().fresh_tokens.get(old) {
        Some(fresh) => {
            let seconds = 60 * 24 * 3600;
            let token =
                json!({"access_token": fresh, "token_type": "bearer", "expires_in": seconds});
            Json(token).into_response()
        }
        None => graph_error(190, StatusCode::UNAUTHORIZED),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get("authorization")?.to_str().ok()?;
    value.strip_prefix("Bearer ")
}
