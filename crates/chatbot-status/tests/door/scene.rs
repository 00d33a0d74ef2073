//! A door on tickets in memory, and calls to it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;
use tributary_chatbot_status::{Deps, router};
use tributary_domain::create_ticket::{Created, NewTicketRequest, create_ticket};
use tributary_domain::memory::{MemoryBlobs, MemoryStore, SimulatedSurroundings};
use tributary_domain::receive::{Desk, Lanes, PointerCache, Policy};
use tributary_domain::reply::{NewMessage, post_message};
use tributary_domain::surroundings::Deadline;
use tributary_domain::{
    AccountId, AgentId, Channel, ChannelIdentity, Principal, Priority, Role, Surroundings,
    TicketId, Visibility,
};
use tributary_edge::auth::access_token::AccessTokens;
use tributary_edge::auth::status_token::StatusTokenKeys;
use tributary_edge::layers::door;
use tributary_edge::secrets::{SECRET_TTL, Secrets};
use wiremock::MockServer;

use crate::platform;

/// The door, and what stands behind it.
pub(crate) struct Scene {
    router: Router,
    desk: Desk<MemoryStore, MemoryBlobs, SimulatedSurroundings>,
    pub(crate) services: MockServer,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

impl Scene {
    pub(crate) async fn open() -> Self {
        let services = platform::start().await;
        let aws = platform::aws(&services);
        let surroundings = SimulatedSurroundings::new(1);
        let store = MemoryStore::new(&surroundings);
        let blobs = MemoryBlobs::default();
        let deps = Deps {
            tickets: store.clone(),
            blobs: blobs.clone(),
            surroundings: surroundings.clone(),
            access_tokens: AccessTokens::new(platform::cognito(&services), aws.clone()),
            secrets: Arc::new(Secrets::new(aws, "test", SECRET_TTL)),
        };
        let desk = Desk {
            tickets: store,
            blobs,
            surroundings,
            policy: Policy {
                reopen_window: Duration::ZERO,
                auto_close: Duration::from_secs(3600),
                inbox_shards: 4,
                greetings: std::collections::BTreeMap::new(),
            },
            pointers: PointerCache::default(),
            lanes: Lanes::default(),
        };
        Self {
            router: door(router(Arc::new(deps)), &[]),
            desk,
            services,
        }
    }

    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        let mut request = Request::builder().uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            json: serde_json::from_slice(&bytes).expect("JSON"),
        }
    }

    pub(crate) async fn status(&self, id: &TicketId, token: &str) -> Answer {
        self.get(&format!("/api/tickets/{id}/status"), Some(token))
            .await
    }

    fn deadline(&self) -> Deadline {
        Deadline::after(&self.desk.surroundings, Duration::from_secs(8))
    }

    /// A new ticket of this chat session.
    pub(crate) async fn ticket(&self, session: &str) -> TicketId {
        let request = NewTicketRequest {
            identity: ChannelIdentity::new(Channel::WebChat, session).expect("an identity"),
            account: AccountId::constant(Channel::WebChat),
            is_bot_handoff: true,
            name: None,
            email: None,
            subject: "Help".to_owned(),
            initial_message: "Please".to_owned(),
            priority: Priority::Medium,
            tags: Vec::new(),
            idempotency_key: None,
        };
        let created =
            create_ticket(&self.desk, &Principal::Chatbot, &request, self.deadline()).await;
        match created {
            Ok(Created::New(ticket, _)) => ticket.id,
            other => panic!("not created: {other:?}"),
        }
    }

    pub(crate) async fn write(&self, id: &TicketId, content: &str, visibility: Visibility) {
        let agent = Principal::Agent {
            id: AgentId::parse("agent-1").expect("an agent"),
            role: Role::Agent,
        };
        let message = NewMessage {
            content: content.to_owned(),
            is_note: visibility == Visibility::Internal,
            ..NewMessage::default()
        };
        let posted = post_message(&self.desk, &agent, id, message, self.deadline()).await;
        posted.expect("written");
    }

    pub(crate) fn merge(&self, id: &TicketId, into: &TicketId) {
        let store = &self.desk.tickets;
        let found = store
            .all_tickets()
            .into_iter()
            .find(|ticket| ticket.id == *id);
        let mut ticket = found.expect("stored");
        ticket.merged_into = Some(into.clone());
        store.replace_ticket(ticket);
    }

    pub(crate) fn lose_store(&self) {
        self.desk.tickets.set_gone(true);
    }

    /// A status token for a ticket, good for so many seconds from now on.
    pub(crate) fn token(&self, id: &TicketId, seconds: i64, key: &str) -> String {
        let keys = StatusTokenKeys::from_secrets(&[key.to_owned()]).expect("keys");
        keys.issue(
            id.as_str(),
            self.desk.surroundings.now().as_seconds() + seconds,
        )
    }
}

impl Answer {
    /// That this is a problem of this code, and its status.
    pub(crate) fn is_problem(&self, status: u16, code: &str) {
        let given = (
            self.status.as_u16(),
            self.json["code"].as_str().unwrap_or_default(),
        );
        assert_eq!(given, (status, code), "{}", self.json);
        assert_eq!(self.headers["content-type"], "application/problem+json");
    }
}
