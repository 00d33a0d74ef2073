//! `POST /api/webhooks/chatbot`: a chatbot hands a conversation over.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tributary_domain::channel::web_chat::{Speaker, TranscriptLine};
use tributary_domain::handoff::{HandedOver, Handoff, HandoffError, HandoffKind, hand_off};
use tributary_domain::{Channel, ChannelIdentity, Priority, Timestamp, limits};
use tributary_edge::auth::standard_webhooks::{self, InvalidWebhook, WebhookId};
use tributary_edge::body::{read_capped, strict_json};
use tributary_edge::secrets::{ChatbotSecret, SecretKind};
use tributary_edge::{Problem, ProblemCode};
use tributary_telemetry::metrics::{Arrival, arrived};
use utoipa::ToSchema;

use crate::Deps;
use crate::answer::unavailable;
use crate::public_url::PublicUrl;

const BODY_CAP: usize = 256 * 1024;
/// Most lines of a transcript.
const MAX_LINES: usize = 2_000;

/// What a chatbot hands over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandoffBody {
    /// Always `web_chat`.
    source: SourceName,
    /// Where an agent's answers go by mail.
    customer_email: String,
    /// The visitor's name, up to 200 characters.
    #[serde(default)]
    customer_name: Option<String>,
    /// Up to 255 characters.
    subject: String,
    /// What the visitor wants.
    initial_message: String,
    /// Names the chat; the same session is the same conversation.
    session_id: String,
    /// `medium` if not given.
    #[serde(default)]
    priority: Option<PriorityName>,
    /// Up to 20 of 50 characters.
    #[serde(default)]
    tags: Option<Vec<String>>,
    /// What was said before.
    #[serde(default)]
    transcript: Option<Vec<LineBody>>,
}

/// Where the conversation took place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SourceName {
    WebChat,
}

/// How urgent a ticket is.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PriorityName {
    Low,
    Medium,
    High,
    Critical,
}

/// A line of what was said before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LineBody {
    /// Who said it.
    role: RoleName,
    /// What.
    text: String,
    /// When, RFC 3339.
    #[serde(default)]
    timestamp: Option<String>,
}

/// Who said a line.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RoleName {
    User,
    Bot,
}

/// The ticket a visitor got.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HandoffView {
    /// Always true.
    success: bool,
    /// The ticket.
    ticket_id: String,
    /// What to call it towards the visitor.
    reference: String,
    /// A sentence for the visitor.
    message: String,
    /// Where to poll the ticket's status.
    status_url: String,
    /// What to poll it with, as `Authorization: Bearer …`; good for 90 days.
    status_token: String,
}

/// Takes a conversation over. The call is proven after the Standard Webhooks specification; the same
/// `webhook-id` again gets the same answer and does nothing.
#[utoipa::path(
    post,
    path = "/api/webhooks/chatbot",
    operation_id = "receive_chatbot",
    tag = "webhooks",
    security(("chatbot" = [])),
    params(
        ("webhook-id" = String, Header, description = "Idempotency key, up to 256 characters"),
        ("webhook-timestamp" = i64, Header, description = "Seconds since the epoch, at most 300 s off"),
        ("webhook-signature" = String, Header, description = "`v1,` and the base64 HMAC-SHA256 of id, timestamp and body, joined by dots"),
    ),
    request_body = HandoffBody,
    responses(
        (status = 200, description = "Appended to the session's open ticket, or done before", body = HandoffView),
        (status = 201, description = "A new ticket", body = HandoffView),
        (status = 400, description = "`invalid-body`, `unknown-field`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`invalid-signature`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body-too-large`: over 256 KiB", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid-field`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`temporarily-unavailable`: send it again", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn receive_chatbot(
    State(deps): State<Arc<Deps>>,
    public_url: PublicUrl,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<HandoffView>), Problem> {
    let deadline = deps.deadline();
    let raw = read_capped(body, BODY_CAP).await?;
    let (secret, WebhookId(webhook_id)) = prove(&deps, &headers, &raw).await?;
    let handoff = parse(strict_json(&raw)?, webhook_id)?;
    let handed = hand_off(&deps.desk, &handoff, deadline)
        .await
        .map_err(|error| {
            match &error {
                HandoffError::Port(cause) => {
                    tracing::error!(error = cause as &dyn std::error::Error, "a handoff failed")
                }
                HandoffError::OutOfTime => tracing::warn!("a handoff ran out of time"),
            }
            unavailable()
        })?;
    let arrival = if handed.events.is_empty() {
        Arrival::Duplicate
    } else {
        Arrival::Stored
    };
    arrived(Channel::WebChat.as_str(), arrival, 1);
    deps.publish(&handed.events).await;
    view(&secret, &public_url, &handed)
}

async fn prove(
    deps: &Deps,
    headers: &HeaderMap,
    raw: &[u8],
) -> Result<(Arc<ChatbotSecret>, WebhookId), Problem> {
    let secret = deps.secrets.chatbot().await.map_err(|_| unavailable())?;
    match standard_webhooks::verify(headers, raw, &secret.secrets, deps.now_unix_s()) {
        Ok(id) => return Ok((secret, id)),
        Err(InvalidWebhook::WrongSignature) => {}
        Err(
            error @ (InvalidWebhook::MissingHeader
            | InvalidWebhook::InvalidId
            | InvalidWebhook::OutOfTolerance),
        ) => {
            return Err(error.into());
        }
    }
    if deps
        .secrets
        .refresh_after_failed_proof(SecretKind::Chatbot)
        .await
        .map_err(|_| unavailable())?
    {
        let secret = deps.secrets.chatbot().await.map_err(|_| unavailable())?;
        let id = standard_webhooks::verify(headers, raw, &secret.secrets, deps.now_unix_s())?;
        return Ok((secret, id));
    }
    Err(InvalidWebhook::WrongSignature.into())
}

fn invalid(pointer: &str, why: impl std::fmt::Display) -> Problem {
    Problem::new(ProblemCode::InvalidField).pointer(pointer.to_owned(), why.to_string())
}

fn parse(body: HandoffBody, webhook_id: String) -> Result<Handoff, Problem> {
    let HandoffBody {
        source: SourceName::WebChat,
        customer_email,
        customer_name,
        subject,
        initial_message,
        session_id,
        priority,
        tags,
        transcript,
    } = body;
    let session = ChannelIdentity::new(Channel::WebChat, &session_id)
        .map_err(|e| invalid("/session_id", e.to_string()))?;
    let transcript = transcript.unwrap_or_default();
    if transcript.len() > MAX_LINES {
        return Err(invalid(
            "/transcript",
            format!("has more than {MAX_LINES} lines"),
        ));
    }
    if initial_message.trim().is_empty() {
        return Err(invalid("/initial_message", "is empty"));
    }
    Ok(Handoff {
        session,
        email: limits::email(&customer_email).map_err(|why| invalid("/customer_email", why))?,
        name: customer_name
            .map(|n| limits::name(&n))
            .transpose()
            .map_err(|why| invalid("/customer_name", why))?,
        subject: limits::subject(&subject).map_err(|why| invalid("/subject", why))?,
        initial_message,
        priority: priority.map_or(Priority::Medium, PriorityName::priority),
        tags: limits::tags(&tags.unwrap_or_default()).map_err(|why| invalid("/tags", why))?,
        transcript: transcript
            .into_iter()
            .enumerate()
            .map(|(i, line)| line.parse(i))
            .collect::<Result<_, _>>()?,
        webhook_id,
    })
}

impl PriorityName {
    fn priority(self) -> Priority {
        match self {
            Self::Low => Priority::Low,
            Self::Medium => Priority::Medium,
            Self::High => Priority::High,
            Self::Critical => Priority::Critical,
        }
    }
}

impl LineBody {
    fn parse(self, index: usize) -> Result<TranscriptLine, Problem> {
        let Self {
            role,
            text,
            timestamp,
        } = self;
        let at = timestamp.as_deref().map(Timestamp::parse).transpose();
        Ok(TranscriptLine {
            speaker: match role {
                RoleName::User => Speaker::Visitor,
                RoleName::Bot => Speaker::Bot,
            },
            text,
            at: at
                .map_err(|e| invalid(&format!("/transcript/{index}/timestamp"), e.to_string()))?,
        })
    }
}

fn view(
    secret: &ChatbotSecret,
    public_url: &PublicUrl,
    handed: &HandedOver,
) -> Result<(StatusCode, Json<HandoffView>), Problem> {
    let keys = secret.status_tokens().map_err(|_| unavailable())?;
    let HandedOver {
        kind,
        ticket,
        token_expires_at,
        events: _,
    } = handed;
    let id = ticket.id.as_str();
    let status = match kind {
        HandoffKind::Created => StatusCode::CREATED,
        HandoffKind::Appended | HandoffKind::Repeated => StatusCode::OK,
    };
    let answer = HandoffView {
        success: true,
        ticket_id: id.to_owned(),
        reference: ticket.reference.as_str().to_owned(),
        message: format!(
            "Ticket {} created. An agent will email you.",
            ticket.reference
        ),
        status_url: public_url.of(&format!("/api/tickets/{id}/status")),
        status_token: keys.issue(id, token_expires_at.as_seconds()),
    };
    Ok((status, Json(answer)))
}
