//! `GET /api/webhooks/twitter`: X's challenge.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use tributary_edge::Problem;

use crate::Deps;
use crate::twitter::{self, ChallengeParams, ChallengeView};

/// Proves to X that this address is ours.
#[utoipa::path(
    get,
    path = "/api/webhooks/twitter",
    operation_id = "answer_twitter_challenge",
    tag = "webhooks",
    security(()),
    params(ChallengeParams),
    responses(
        (status = 200, description = "The token, signed with the app's consumer secret", body = ChallengeView),
        (status = 400, description = "`invalid-parameter`: `crc_token` is missing or too long", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`temporarily-unavailable`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn answer_challenge(
    State(deps): State<Arc<Deps>>,
    params: Result<Query<ChallengeParams>, QueryRejection>,
) -> Result<Json<ChallengeView>, Problem> {
    twitter::answer_challenge(&deps, params).await
}
