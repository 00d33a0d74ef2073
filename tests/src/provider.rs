//! A provider's cloud that does as it is told: takes messages, refuses them, or takes them and never
//! answers. It plays WhatsApp, Messenger, X and SendGrid, and remembers every call.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::sync::watch;

mod graph;

mod twitter;
mod typing;

pub use graph::NAME;

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
    /// Not taken, since the token is none.
    RefuseToken,
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
    withdrawn: BTreeSet<String>,
    files: HashMap<String, Vec<u8>>,
    templates: HashMap<String, Value>,
    fresh_tokens: HashMap<String, String>,
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
        let router = graph::routes()
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

    /// From now on nothing is taken with this token.
    pub fn withdraw(&self, token: &str) {
        self.told().withdrawn.insert(format!("Bearer {token}"));
    }

    /// Keeps what a customer sent on WhatsApp, for whoever asks for it by this id.
    pub fn keep_file(&self, id: &str, bytes: &[u8]) {
        self.told().files.insert(id.to_owned(), bytes.to_vec());
    }

    /// Gives this token for another one of Instagram's that is about to run out.
    pub fn renew(&self, old: &str, fresh: &str) {
        let fresh_tokens = &mut self.told().fresh_tokens;
        fresh_tokens.insert(old.to_owned(), fresh.to_owned());
    }

    /// Approves these templates of a WhatsApp business.
    pub fn approve(&self, business: &str, templates: Value) {
        self.told().templates.insert(business.to_owned(), templates);
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
        let is_withdrawn = told.withdrawn.contains(&authorization);
        let before = told.calls.iter().filter(|call| call.to == to).count();
        let id = message_id(&to, before + 1);
        told.calls.push(Call {
            path,
            authorization,
            body,
            id: id.clone(),
            to,
        });
        let behaviour = if is_withdrawn {
            Behaviour::RefuseToken
        } else {
            told.behaviours.pop_front().unwrap_or(Behaviour::Accept)
        };
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
        Behaviour::RefuseToken => (
            StatusCode::UNAUTHORIZED,
            Json(json!({"errors": [{"message": "authorization required"}]})),
        )
            .into_response(),
    }
}
