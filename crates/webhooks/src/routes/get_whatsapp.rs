//! `GET /api/webhooks/whatsapp`: Meta's handshake.

use std::sync::Arc;

use axum::extract::{Query, State};
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use tributary_edge::secrets::SecretKind;
use tributary_edge::{Problem, ProblemCode};
use utoipa::IntoParams;

use crate::Deps;
use crate::answer::unavailable;

/// What Meta asks with (Cloud API, "Create a webhook endpoint").
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HandshakeParams {
    /// `subscribe`
    #[serde(rename = "hub.mode")]
    #[param(rename = "hub.mode")]
    mode: Option<String>,
    /// The token set in the app's dashboard.
    #[serde(rename = "hub.verify_token")]
    #[param(rename = "hub.verify_token")]
    verify_token: Option<String>,
    /// What to answer with.
    #[serde(rename = "hub.challenge")]
    #[param(rename = "hub.challenge")]
    challenge: Option<String>,
}

/// Proves to Meta that this address is ours.
#[utoipa::path(
    get,
    path = "/api/webhooks/whatsapp",
    operation_id = "verify_whatsapp_subscription",
    tag = "webhooks",
    security(("verify_token" = [])),
    params(HandshakeParams),
    responses(
        (status = 200, description = "Exactly the challenge", body = String, content_type = "text/plain"),
        (status = 403, description = "`verify-token-mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`temporarily-unavailable`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn verify_subscription(
    State(deps): State<Arc<Deps>>,
    params: Result<Query<HandshakeParams>, axum::extract::rejection::QueryRejection>,
) -> Result<([(http::HeaderName, &'static str); 1], String), Problem> {
    let mismatch = || Problem::new(ProblemCode::VerifyTokenMismatch);
    let Query(HandshakeParams {
        mode,
        verify_token,
        challenge,
    }) = params.map_err(|_| mismatch())?;
    let (Some("subscribe"), Some(token), Some(challenge)) =
        (mode.as_deref(), verify_token, challenge)
    else {
        return Err(mismatch());
    };
    let matches = async || -> Result<bool, Problem> {
        let secret = deps.secrets.whatsapp().await.map_err(|_| unavailable())?;
        Ok(!secret.verify_token.is_empty()
            && bool::from(secret.verify_token.as_bytes().ct_eq(token.as_bytes())))
    };
    let mut proven = matches().await?;
    if !proven
        && deps
            .secrets
            .refresh_after_failed_proof(SecretKind::WhatsApp)
            .await
            .map_err(|_| unavailable())?
    {
        proven = matches().await?;
    }
    if proven {
        Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], challenge))
    } else {
        Err(mismatch())
    }
}
