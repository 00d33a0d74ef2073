//! `POST /api/webhooks/twitter`: direct messages of X.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use tributary_edge::Problem;

use crate::Deps;
use crate::answer::CountsView;
use crate::twitter;

/// Takes a delivery. It is proven by `x-twitter-webhooks-signature` over the bytes as they came.
#[utoipa::path(
    post,
    path = "/api/webhooks/twitter",
    operation_id = "receive_twitter",
    tag = "webhooks",
    security(("twitter_signature" = [])),
    params(("x-twitter-webhooks-signature" = String, Header, description = "`sha256=` and the HMAC-SHA256 of the body in base64")),
    request_body(content = Value, description = "As X sends it", content_type = "application/json"),
    responses(
        (status = 200, description = "Everything of the body is accounted for", body = CountsView),
        (status = 400, description = "`invalid-body`: proven, but no JSON", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`invalid-signature`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body-too-large`: over 1 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`temporarily-unavailable`: deliver it again", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn receive_twitter(
    State(deps): State<Arc<Deps>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    twitter::receive(&deps, &headers, body).await
}
