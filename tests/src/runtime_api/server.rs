//! The routes of the Runtime API, for one process.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::InvocationError;

type Answer = Result<Value, InvocationError>;

/// Lambda takes answers of up to 6 MB.
const LARGEST_ANSWER: usize = 6 * 1024 * 1024;

/// An event that waits for the process, and who waits for its answer.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) event: Value,
    pub(super) answer: oneshot::Sender<Answer>,
}

/// The API as one process sees it.
#[derive(Debug)]
pub(super) struct Api {
    queue: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    running: Mutex<Running>,
    timeout: Duration,
}

#[derive(Debug, Default)]
struct Running {
    count: u64,
    answers: HashMap<String, oneshot::Sender<Answer>>,
    initialisation_error: Option<InvocationError>,
}

impl Api {
    pub(super) fn new(queue: mpsc::UnboundedReceiver<Invocation>, timeout: Duration) -> Self {
        Self {
            queue: tokio::sync::Mutex::new(queue),
            running: Mutex::default(),
            timeout,
        }
    }

    /// What the process reported before its first invocation, if it did.
    pub(super) fn initialisation_error(&self) -> Option<InvocationError> {
        self.running().initialisation_error.take()
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, answer: oneshot::Sender<Answer>) -> String {
        let mut running = self.running();
        running.count += 1;
        let id = format!("00000000-0000-0000-0000-{:012}", running.count);
        running.answers.insert(id.clone(), answer);
        id
    }

    fn finish(&self, id: &str, answer: Answer) -> Response {
        match self.running().answers.remove(id) {
            Some(waiting) => {
                // Whoever waited may have given up.
                let _ = waiting.send(answer);
                StatusCode::ACCEPTED.into_response()
            }
            None => (StatusCode::BAD_REQUEST, "unknown request id").into_response(),
        }
    }
}

pub(super) fn serve(listener: TcpListener, api: Arc<Api>) -> JoinHandle<std::io::Result<()>> {
    let routes = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route(
            "/2018-06-01/runtime/invocation/{id}/response",
            post(response),
        )
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .layer(DefaultBodyLimit::max(LARGEST_ANSWER))
        .with_state(api);
    tokio::spawn(async move { axum::serve(listener, routes).await })
}

async fn next(State(api): State<Arc<Api>>) -> Response {
    let Some(invocation) = api.queue.lock().await.recv().await else {
        // The test has dropped the function; the process is killed in a moment.
        return std::future::pending().await;
    };
    let id = api.begin(invocation.answer);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let deadline = (now + api.timeout).as_millis().to_string();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:test".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1".to_owned(),
        ),
    ];
    (headers, invocation.event.to_string()).into_response()
}

async fn response(State(api): State<Arc<Api>>, Path(id): Path<String>, body: Bytes) -> Response {
    let answer = serde_json::from_slice(&body)
        .map_err(|error| InvocationError::Malformed(format!("no JSON: {error}")));
    api.finish(&id, answer)
}

async fn error(State(api): State<Arc<Api>>, Path(id): Path<String>, body: Bytes) -> Response {
    api.finish(&id, Err(reported(&body)))
}

async fn init_error(State(api): State<Arc<Api>>, body: Bytes) -> StatusCode {
    api.running().initialisation_error = Some(reported(&body));
    StatusCode::ACCEPTED
}

fn reported(body: &[u8]) -> InvocationError {
    let report: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| report[name].as_str().unwrap_or_default().to_owned();
    InvocationError::Failed {
        kind: text("errorType"),
        message: text("errorMessage"),
    }
}
