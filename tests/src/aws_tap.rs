//! Stands between a function and AWS's doubles and notes which calls it makes of which resources, so that what the
//! template allows can be compared with what is needed. It also answers for the one service that no double plays: the
//! relay's queue.

mod calls;

use std::collections::{BTreeSet, HashMap};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{Request, StatusCode};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use calls::Request as Seen;

/// Where calls are noted, a file for each function; unset = nowhere.
const RECORD_VARIABLE: &str = "RECORD_AWS_CALLS";

/// One function's way to AWS.
#[derive(Debug)]
pub struct AwsTap {
    /// What the function takes for AWS.
    pub url: String,
    server: JoinHandle<()>,
}

/// Which resource of the template a name stands for.
#[derive(Debug, Clone, Default)]
pub struct Resources(pub HashMap<String, &'static str>);

struct Tap {
    dynamodb_url: String,
    emulator_url: String,
    resources: Resources,
    record: PathBuf,
    noted: Mutex<BTreeSet<String>>,
    client: reqwest::Client,
}

impl AwsTap {
    /// A tap for the function `name`, if calls are to be recorded.
    ///
    /// # Errors
    /// When no port is free or the record cannot be written.
    pub async fn start(
        name: &str,
        dynamodb_url: &str,
        emulator_url: &str,
        resources: Resources,
    ) -> Result<Option<Self>> {
        let Some(directory) = std::env::var_os(RECORD_VARIABLE) else {
            return Ok(None);
        };
        let directory = PathBuf::from(directory);
        std::fs::create_dir_all(&directory)?;
        let tap = Arc::new(Tap {
            dynamodb_url: dynamodb_url.to_owned(),
            emulator_url: emulator_url.to_owned(),
            resources,
            record: directory.join(format!("{name}.tsv")),
            noted: Mutex::default(),
            client: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()?,
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = Router::new().fallback(pass).with_state(tap);
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Some(Self { url, server }))
    }
}

impl Drop for AwsTap {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Tap {
    fn note(&self, calls: BTreeSet<String>) -> Result<()> {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        for call in calls {
            if noted.insert(call.clone()) {
                let mut file = OpenOptions::new()
                    .create(true)
                    .append(true)
                    .open(&self.record)?;
                file.write_all(format!("{call}\n").as_bytes())?;
            }
        }
        Ok(())
    }

    async fn forward(&self, request: Request<Body>) -> Result<Response> {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await?;
        let seen = Seen {
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
            body: &body,
        };
        self.note(seen.calls(&self.resources)?)?;
        if seen.service() == Some("AmazonSQS") {
            let answer = r#"{"MessageId":"00000000-0000-0000-0000-000000000000"}"#;
            return Ok(([("content-type", "application/x-amz-json-1.0")], answer).into_response());
        }
        let upstream = if seen
            .service()
            .is_some_and(|service| service.starts_with("DynamoDB"))
        {
            &self.dynamodb_url
        } else {
            &self.emulator_url
        };
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        // With the host that was signed.
        let sent = self
            .client
            .request(parts.method.clone(), format!("{upstream}{path}"))
            .headers(parts.headers.clone())
            .body(body)
            .send()
            .await
            .context("the double does not answer")?;
        let mut answer = Response::builder().status(sent.status());
        for (name, value) in sent.headers() {
            if !matches!(name.as_str(), "transfer-encoding" | "connection") {
                answer = answer.header(name, value);
            }
        }
        Ok(answer.body(Body::from(sent.bytes().await?))?)
    }
}

async fn pass(State(tap): State<Arc<Tap>>, request: Request<Body>) -> Response {
    tap.forward(request).await.unwrap_or_else(|error| {
        // Shows as an unavailable service, and in the test's output why.
        eprintln!("the tap of AWS's doubles: {error:#}");
        StatusCode::BAD_GATEWAY.into_response()
    })
}
