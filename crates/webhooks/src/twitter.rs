//! X's door: the answer to its challenge, and deliveries proven over the raw bytes.
//! Source: docs.x.com, x-api/webhooks.

use axum::Json;
use axum::body::Body;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use tributary_domain::Channel;
use tributary_edge::auth::x_signature;
use tributary_edge::body::read_capped;
use tributary_edge::secrets::{SecretError, SecretKind};
use tributary_edge::{Problem, ProblemCode};
use utoipa::{IntoParams, ToSchema};

use crate::Deps;
use crate::answer::unavailable;
use crate::receive::receive_proven;

/// X's payloads are a few KiB; this leaves room for many events in one.
const BODY_CAP: usize = 1024 * 1024;
/// X's tokens have some fifty characters. Longer ones could only make us work.
const LONGEST_TOKEN: usize = 1024;

/// What X asks with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChallengeParams {
    /// What has to be signed, at most 1,024 bytes.
    #[param(required = true)]
    crc_token: Option<String>,
}

/// The answer to X's challenge.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeView {
    /// `sha256=` and the HMAC-SHA256 of the token under the app's consumer secret, in base64.
    response_token: String,
}

/// Proves to X that we hold the app's consumer secret.
pub(crate) async fn answer_challenge(
    deps: &Deps,
    params: Result<Query<ChallengeParams>, QueryRejection>,
) -> Result<Json<ChallengeView>, Problem> {
    let refused = |why: &'static str| {
        Problem::new(ProblemCode::InvalidParameter)
            .detail(why)
            .with("parameter", "crc_token")
    };
    let Query(ChallengeParams { crc_token }) =
        params.map_err(|_| refused("crc_token cannot be read, or is given more than once."))?;
    let token = crc_token
        .filter(|token| !token.is_empty())
        .ok_or_else(|| refused("crc_token is missing."))?;
    if token.len() > LONGEST_TOKEN {
        return Err(refused("crc_token has more than 1,024 bytes."));
    }
    let secret = deps.secrets.twitter().await.map_err(|_| unavailable())?;
    let response_token = x_signature::sign(token.as_bytes(), &secret.consumer_secret);
    Ok(Json(ChallengeView { response_token }))
}

/// Takes a delivery, proven by `x-twitter-webhooks-signature` over the bytes as they came.
pub(crate) async fn receive(
    deps: &Deps,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let deadline = deps.deadline();
    let raw = read_capped(body, BODY_CAP).await?;
    let signature = headers
        .get(x_signature::HEADER)
        .and_then(|v| v.to_str().ok());
    if !signed(deps, signature, &raw)
        .await
        .map_err(|_| unavailable())?
    {
        return Err(x_signature::InvalidSignature.into());
    }
    receive_proven(deps, Channel::Twitter, &raw, deadline).await
}

/// Whether our app signed the body; the secret is read again once before it is called false.
async fn signed(deps: &Deps, signature: Option<&str>, raw: &[u8]) -> Result<bool, SecretError> {
    let holds = async || {
        let secret = deps.secrets.twitter().await?;
        Ok(x_signature::verify(signature, raw, &secret.consumer_secret).is_ok())
    };
    if holds().await? {
        return Ok(true);
    }
    let changed = deps
        .secrets
        .refresh_after_failed_proof(SecretKind::Twitter)
        .await?;
    Ok(changed && holds().await?)
}
