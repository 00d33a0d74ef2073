//! `POST /api/webhooks/whatsapp`: messages and statuses of the WhatsApp Business Cloud API.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde_json::Value;
use tributary_domain::AccountId;
use tributary_domain::channel::whatsapp;
use tributary_domain::receive::receive_messages;
use tributary_edge::auth::hub_signature;
use tributary_edge::body::read_capped;
use tributary_edge::secrets::{SecretKind, WhatsAppSecret};
use tributary_edge::{Problem, ProblemCode};

use crate::Deps;
use crate::answer::{self, CountsView, unavailable};

/// Meta's payloads have up to 3 MB (Cloud API, webhooks overview).
const BODY_CAP: usize = 3 * 1024 * 1024;

/// Takes a delivery. It is proven by `X-Hub-Signature-256` over the bytes as they came.
#[utoipa::path(
    post,
    path = "/api/webhooks/whatsapp",
    operation_id = "receive_whatsapp",
    tag = "webhooks",
    security(("hub_signature" = [])),
    params(("X-Hub-Signature-256" = String, Header, description = "`sha256=` and the HMAC-SHA256 of the body in hex")),
    request_body(content = Value, description = "As Meta sends it", content_type = "application/json"),
    responses(
        (status = 200, description = "Everything of the body is accounted for", body = CountsView),
        (status = 400, description = "`invalid-body`: proven, but no JSON", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`invalid-signature`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body-too-large`: over 3 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`temporarily-unavailable`: deliver it again", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn receive_whatsapp(
    State(deps): State<Arc<Deps>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let deadline = deps.deadline();
    let raw = read_capped(body, BODY_CAP).await?;
    let secret = prove(&deps, &headers, &raw).await?;
    let body: Value = serde_json::from_slice(&raw).map_err(|_| {
        Problem::new(ProblemCode::InvalidBody).detail("The body is not valid JSON.")
    })?;
    let accounts: Vec<AccountId> = secret
        .accounts
        .iter()
        .filter_map(|a| AccountId::parse(&a.phone_number_id).ok())
        .collect();
    let outcome = receive_messages(
        &deps.desk,
        whatsapp::normalise(&body),
        &accounts,
        &raw,
        deadline,
    )
    .await;
    deps.publish(&outcome.received.events).await;
    Ok(answer::of(&outcome))
}

/// The secret that the body is proven by; it is read again once before a proof is called failed.
async fn prove(
    deps: &Deps,
    headers: &HeaderMap,
    raw: &[u8],
) -> Result<Arc<WhatsAppSecret>, Problem> {
    let signature = headers
        .get(hub_signature::HEADER)
        .and_then(|v| v.to_str().ok());
    let secret = deps.secrets.whatsapp().await.map_err(|_| unavailable())?;
    if hub_signature::verify(signature, raw, &secret.app_secrets).is_ok() {
        return Ok(secret);
    }
    if deps
        .secrets
        .refresh_after_failed_proof(SecretKind::WhatsApp)
        .await
        .map_err(|_| unavailable())?
    {
        let secret = deps.secrets.whatsapp().await.map_err(|_| unavailable())?;
        hub_signature::verify(signature, raw, &secret.app_secrets)?;
        return Ok(secret);
    }
    Err(hub_signature::InvalidSignature.into())
}
