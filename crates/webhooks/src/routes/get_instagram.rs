//! `GET /api/webhooks/instagram`: Meta's handshake.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use tributary_edge::Problem;

use crate::Deps;
use crate::meta::{Challenge, HandshakeParams, Platform};

/// Proves to Meta that this address is ours.
#[utoipa::path(
    get,
    path = "/api/webhooks/instagram",
    operation_id = "verify_instagram_subscription",
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
    params: Result<Query<HandshakeParams>, QueryRejection>,
) -> Result<Challenge, Problem> {
    Platform::Instagram.verify_subscription(&deps, params).await
}
