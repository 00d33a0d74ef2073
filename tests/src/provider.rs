//! A provider's cloud that does as it is told: takes messages, refuses them, or takes them and never
//! answers. It plays WhatsApp, Messenger, X and SendGrid, and remembers every call.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::facebook::PAGE;

mod twitter;
mod typing;

/// What everybody is called who writes to a page.
pub const NAME: &str = "Ben Okafor";

/// How a call is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Taken.
    Accept,
    /// Taken, and the answer never comes.
    AcceptAndHang,
    /// Not taken, and the answer never comes.
    Hang,
    /// Not taken, with the platform's error body of a temporary fault.
    Busy,
    /// Not taken, for good.
    Refuse,
}

/// A call as the provider saw it.
#[derive(Debug, Clone)]
pub struct Call {
    /// The path.
    pub path: String,
    /// The authorization header.
    pub authorization: String,
    /// The body.
    pub body: Value,
    /// The id it was given, see [`message_id`].
    pub id: String,
    to: String,
}

#[derive(Debug, Default)]
struct Told {
    behaviours: VecDeque<Behaviour>,
    calls: Vec<Call>,
    typing: Vec<Call>,
    written_on_x: Vec<Value>,
    looks_on_x: usize,
}

/// The provider.
#[derive(Debug, Clone)]
pub struct Provider {
    told: Arc<Mutex<Told>>,
    count: watch::Sender<usize>,
    typing_count: watch::Sender<usize>,
    /// Its origin.
    pub url: String,
}

impl Provider {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start() -> anyhow::Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let provider = Self {
            told: Arc::default(),
            count: watch::Sender::new(0),
            typing_count: watch::Sender::new(0),
            url,
        };
        let router = Router::new()
            .route("/{version}/{account}/messages", post(whatsapp))
            .route("/{version}/{account}/media", post(whatsapp_media))
            .route(&format!("/{{version}}/{PAGE}/messages"), post(facebook))
            .route("/{version}/{person}", get(profile))
            .route("/v3/mail/send", post(sendgrid))
            .merge(twitter::routes())
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(provider)
    }

    /// The next calls are answered so; after that everything is accepted.
    pub fn behave(&self, behaviours: &[Behaviour]) {
        self.told().behaviours.extend(behaviours);
    }

    /// Every call so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.told().calls.clone()
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there were `count` calls, half a minute at most.
    ///
    /// # Errors
    /// When there were fewer.
    pub async fn called(&self, count: usize) -> anyhow::Result<Vec<Call>> {
        reached(&self.count, count).await;
        let calls = self.calls();
        anyhow::ensure!(
            calls.len() >= count,
            "the provider was called {} times and not {count}",
            calls.len()
        );
        Ok(calls)
    }

    fn take(
        &self,
        path: String,
        headers: &HeaderMap,
        to: &Value,
        body: Value,
    ) -> (Behaviour, String) {
        let to = to.as_str().unwrap_or_default().to_owned();
        let authorization = authorization(headers);
        let mut told = self.told();
        let before = told.calls.iter().filter(|call| call.to == to).count();
        let id = message_id(&to, before + 1);
        told.calls.push(Call {
            path,
            authorization,
            body,
            id: id.clone(),
            to,
        });
        let behaviour = told.behaviours.pop_front().unwrap_or(Behaviour::Accept);
        self.count.send_replace(told.calls.len());
        (behaviour, id)
    }
}

/// Waits until there were so many, half a minute at most.
async fn reached(counted: &watch::Sender<usize>, count: usize) {
    let mut counted = counted.subscribe();
    let _ = tokio::time::timeout(Duration::from_secs(30), counted.wait_for(|n| *n >= count)).await;
}

fn authorization(headers: &HeaderMap) -> String {
    let given = headers.get("authorization").and_then(|v| v.to_str().ok());
    given.unwrap_or_default().to_owned()
}

/// The id of the `number`th message that is handed over for `to`, counted from 1.
#[must_use]
pub fn message_id(to: &str, number: usize) -> String {
    format!("wamid.sent-{to}-{number}")
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
    }
}

/// Tells pages what everybody is called: [`NAME`]. Nobody else finds anything here.
async fn profile(Path((_, person)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let token = headers.get("authorization").and_then(|v| v.to_str().ok());
    if token == Some("Bearer dev-facebook-token") {
        Json(json!({"id": person, "name": NAME})).into_response()
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

async fn sendgrid(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let to = body["personalizations"][0]["to"][0]["email"].clone();
    let (behaviour, id) = provider.take("/v3/mail/send".to_owned(), &headers, &to, body);
    match behaviour {
        Behaviour::Accept => (StatusCode::ACCEPTED, [("x-message-id", id)]).into_response(),
        Behaviour::AcceptAndHang | Behaviour::Hang => std::future::pending().await,
        Behaviour::Busy => (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({"errors": [{"message": "later"}]})),
        )
            .into_response(),
        Behaviour::Refuse => (
            StatusCode::BAD_REQUEST,
            Json(json!({"errors": [{"message": "no", "field": "to"}]})),
        )
            .into_response(),
    }
}
