//! `POST /api/webhooks/instagram`: direct messages of Instagram.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use tributary_edge::Problem;

use crate::Deps;
use crate::answer::CountsView;
use crate::meta::Platform;

/// Takes a delivery. It is proven by `X-Hub-Signature-256` over the bytes as they came.
#[utoipa::path(
    post,
    path = "/api/webhooks/instagram",
    operation_id = "receive_instagram",
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
pub(crate) async fn receive_instagram(
    State(deps): State<Arc<Deps>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    Platform::Instagram.receive(&deps, &headers, body).await
}
