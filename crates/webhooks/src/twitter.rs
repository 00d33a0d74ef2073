//! X's door: its challenge, and the proof over the raw bytes. Source: X API, webhooks.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::HeaderMap;
use serde_json::Value;
use tributary_domain::AccountId;
use tributary_domain::channel::twitter;
use tributary_domain::receive::receive_messages;
use tributary_edge::auth::{hub_signature, x_signature};
use tributary_edge::body::read_capped;
use tributary_edge::secrets::{SecretKind, TwitterSecret};
use tributary_edge::{Problem, ProblemCode};

use crate::Deps;
use crate::answer::{self, unavailable};

/// A body holds few events of some kilobytes each.
const BODY_CAP: usize = 1024 * 1024;

async fn secret(deps: &Deps) -> Result<Arc<TwitterSecret>, Problem> {
    deps.secrets.twitter().await.map_err(|_| unavailable())
}

/// The answer to X's question whether this address is ours.
pub(crate) async fn answer_challenge(deps: &Deps, crc_token: &str) -> Result<String, Problem> {
    let secret = secret(deps).await?;
    Ok(x_signature::sign(
        crc_token.as_bytes(),
        &secret.consumer_secret,
    ))
}

/// The secret that proves the bytes; it is read again once before a proof is called failed.
async fn proven(
    deps: &Deps,
    headers: &HeaderMap,
    raw: &[u8],
) -> Result<Arc<TwitterSecret>, Problem> {
    let signature = headers
        .get(x_signature::HEADER)
        .and_then(|value| value.to_str().ok());
    let holds = |secret: &TwitterSecret| {
        x_signature::verify(signature, raw, &secret.consumer_secret).is_ok()
    };
    let first = secret(deps).await?;
    if holds(&first) {
        return Ok(first);
    }
    let changed = deps
        .secrets
        .refresh_after_failed_proof(SecretKind::Twitter)
        .await
        .map_err(|_| unavailable())?;
    if changed {
        let second = secret(deps).await?;
        if holds(&second) {
            return Ok(second);
        }
    }
    Err(hub_signature::InvalidSignature.into())
}

/// Takes a delivery, proven by `x-twitter-webhooks-signature` over the bytes as they came.
pub(crate) async fn receive(
    deps: &Deps,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let deadline = deps.deadline();
    let raw = read_capped(body, BODY_CAP).await?;
    let secret = proven(deps, headers, &raw).await?;
    let body: Value = serde_json::from_slice(&raw).map_err(|_| {
        Problem::new(ProblemCode::InvalidBody).detail("The body is not valid JSON.")
    })?;
    let accounts: Vec<AccountId> = secret
        .accounts
        .iter()
        .filter_map(|account| AccountId::parse(&account.user_id).ok())
        .collect();
    let batch = twitter::normalise(&body);
    let outcome = receive_messages(&deps.desk, batch, &accounts, &raw, deadline).await;
    deps.publish(&outcome.received.events).await;
    Ok(answer::of(&outcome))
}
