//! A door on a desk in memory, and calls to it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use tributary_domain::memory::{FakePublisher, MemoryBlobs, MemoryStore, SimulatedSurroundings};
use tributary_domain::ports::Blobs;
use tributary_domain::receive::{Desk, Lanes, PointerCache, Policy};
use tributary_domain::{Channel, Ticket};
use tributary_edge::agents::AgentDirectory;
use tributary_edge::auth::access_token::AccessTokens;
use tributary_edge::layers::door;
use tributary_edge::secrets::{SECRET_TTL, Secrets};
use tributary_tickets::{Deps, router};
use wiremock::MockServer;

use crate::platform::{self, SUPERVISOR, token};

/// The door, and what stands behind it.
pub(crate) struct Scene {
    router: Router,
    pub(crate) store: MemoryStore,
    pub(crate) blobs: MemoryBlobs,
    pub(crate) publisher: FakePublisher,
    pub(crate) surroundings: SimulatedSurroundings,
    services: MockServer,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

/// A call being made; an agent's unless told.
pub(crate) struct Call {
    request: http::request::Builder,
    body: Body,
}

impl Scene {
    pub(crate) async fn open() -> Self {
        let services = platform::start().await;
        let aws = platform::aws(&services);
        let surroundings = SimulatedSurroundings::new(1);
        let store = MemoryStore::new(&surroundings);
        let blobs = MemoryBlobs::default();
        let publisher = FakePublisher::new(&surroundings);
        let cognito = platform::cognito(&services);
        let deps = Deps {
            desk: Desk {
                tickets: store.clone(),
                blobs: blobs.clone(),
                surroundings: surroundings.clone(),
                policy: Policy {
                    reopen_window: Duration::from_secs(72 * 3600),
                    auto_close: Duration::from_secs(7 * 24 * 3600),
                    inbox_shards: 4,
                    greetings: std::collections::BTreeMap::new(),
                },
                pointers: PointerCache::default(),
                lanes: Lanes::default(),
            },
            publisher: publisher.clone(),
            agents: AgentDirectory::new(aws.clone(), cognito.user_pool_id.clone()),
            access_tokens: AccessTokens::new(cognito, aws.clone()),
            secrets: Arc::new(Secrets::new(aws, "test", SECRET_TTL)),
            typing_indicators: [Channel::WhatsApp].into(),
        };
        Self {
            router: door(
                router(Arc::new(deps)),
                &["https://desk.example.com".to_owned()],
            ),
            store,
            blobs,
            publisher,
            surroundings,
            services,
        }
    }

    /// The emulated Cognito and Secrets Manager.
    pub(crate) fn services(&self) -> &MockServer {
        &self.services
    }

    pub(crate) async fn send(&self, call: Call) -> Answer {
        let request = call.request.body(call.body).expect("a request");
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let json = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).expect("JSON")
        };
        Answer {
            status: parts.status,
            headers: parts.headers,
            json,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Call::new(Method::GET, path)).await
    }

    pub(crate) async fn put(&self, id: &str, body: Value) -> Answer {
        self.send(Call::new(Method::PUT, &format!("/api/tickets/{id}")).json(body))
            .await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Call::new(Method::POST, path).json(body)).await
    }

    pub(crate) async fn message(&self, id: &str, body: Value) -> Answer {
        self.post(&format!("/api/tickets/{id}/message"), body).await
    }

    /// Keeps JSON in the blob store.
    pub(crate) async fn keep(&self, key: &str, value: &Value) {
        self.keep_bytes(key, value.to_string().into_bytes()).await;
    }

    /// Keeps bytes in the blob store.
    pub(crate) async fn keep_bytes(&self, key: &str, bytes: Vec<u8>) {
        let put = self.blobs.put(key, "application/json", bytes);
        put.await.expect("stored");
    }

    /// A new ticket of this WhatsApp user; its id.
    pub(crate) async fn ticket_of(&self, user: &str) -> String {
        let answer = self.post("/api/tickets/create", new_ticket(user)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.json);
        answer.text("ticket_id")
    }

    pub(crate) fn stored(&self, id: &str) -> Ticket {
        let tickets = self.store.all_tickets();
        let found = tickets.into_iter().find(|ticket| ticket.id.as_str() == id);
        found.expect("the ticket is stored")
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.surroundings.advance(Duration::from_secs(seconds));
    }
}

/// What an agent sends to open a ticket for a WhatsApp user.
pub(crate) fn new_ticket(user: &str) -> Value {
    json!({
        "source": {"channel": "whatsapp", "origin_platform_id": user},
        "customer": {"name": "Ann Example"},
        "subject": "Where is my order?",
        "initial_message": "It was due yesterday.",
    })
}

impl Call {
    pub(crate) fn new(method: Method, path: &str) -> Self {
        let call = Self {
            request: Request::builder().method(method).uri(path),
            body: Body::empty(),
        };
        call.bearer(&token(json!({})))
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.anonymous()
            .header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    pub(crate) fn anonymous(mut self) -> Self {
        if let Some(headers) = self.request.headers_mut() {
            headers.remove(AUTHORIZATION);
        }
        self
    }

    pub(crate) fn supervisor(self) -> Self {
        self.bearer(&token(
            json!({"sub": SUPERVISOR, "cognito:groups": ["Supervisors"]}),
        ))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn json(self, body: Value) -> Self {
        self.header(CONTENT_TYPE.as_str(), "application/json")
            .raw(body.to_string())
    }

    pub(crate) fn raw(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }
}

impl Answer {
    /// A field that is text.
    pub(crate) fn text(&self, name: &str) -> String {
        self.json[name].as_str().expect("text").to_owned()
    }

    /// The body with ids and references numbered in order of appearance, so that how they were made
    /// does not matter.
    pub(crate) fn numbered(&self) -> Value {
        let mut seen = Vec::new();
        let mut json = self.json.clone();
        number(&mut json, &mut seen);
        json
    }

    pub(crate) fn etag(&self) -> String {
        self.headers["etag"].to_str().expect("text").to_owned()
    }

    /// That this is a problem of this code, and its status.
    pub(crate) fn is_problem(&self, status: u16, code: &str) {
        let given = (
            self.status.as_u16(),
            self.json["code"].as_str().unwrap_or_default(),
        );
        assert_eq!(given, (status, code), "{}", self.json);
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json");
        assert_eq!(self.json["status"], status);
    }

    /// That this is 422 naming exactly this field.
    pub(crate) fn names_field(&self, pointer: &str) {
        self.is_problem(422, "invalid-field");
        let errors = self.json["errors"].as_array().expect("errors");
        let pointers: Vec<&str> = errors
            .iter()
            .filter_map(|e| e["pointer"].as_str())
            .collect();
        assert_eq!(pointers, [pointer]);
    }
}

fn number(value: &mut Value, seen: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| number(item, seen)),
        Value::Object(fields) => {
            if let Some(reference @ Value::String(_)) = fields.get_mut("reference") {
                assert_eq!(reference.as_str().map(str::len), Some(8));
                *reference = json!("a reference");
            }
            fields.values_mut().for_each(|field| number(field, seen));
        }
        Value::String(text) => {
            let (prefix, rest) = text.split_once('_').unwrap_or_default();
            if ["tkt", "cust", "msg", "att"].contains(&prefix) && rest.len() == 26 {
                let known = seen.iter().position(|id| id == text);
                let index = known.unwrap_or_else(|| {
                    seen.push(text.clone());
                    seen.len() - 1
                });
                *text = format!("{prefix}_{index}");
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
