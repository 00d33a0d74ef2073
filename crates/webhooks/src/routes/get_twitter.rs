//! `GET /api/webhooks/twitter`: X's challenge (CRC), at registration and every hour or so.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use tributary_edge::{Problem, ProblemCode};
use utoipa::{IntoParams, ToSchema};

use crate::{Deps, twitter};

/// Longest token answered, in bytes; X's have about 50.
const MAX_TOKEN_BYTES: usize = 512;

/// What X asks with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChallengeParams {
    /// The token to be signed.
    crc_token: Option<String>,
}

/// The signed token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChallengeAnswer {
    /// `sha256=` and the HMAC-SHA256 of the token under the consumer secret, in base64.
    response_token: String,
}

/// Proves to X that this address is ours.
#[utoipa::path(
    get,
    path = "/api/webhooks/twitter",
    operation_id = "answer_twitter_challenge",
    tag = "webhooks",
    params(ChallengeParams),
    responses(
        (status = 200, description = "The token, signed", body = ChallengeAnswer),
        (status = 400, description = "`invalid-parameter`: no `crc_token`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`temporarily-unavailable`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn answer_challenge(
    State(deps): State<Arc<Deps>>,
    params: Result<Query<ChallengeParams>, QueryRejection>,
) -> Result<Json<ChallengeAnswer>, Problem> {
    let token = params.ok().and_then(|Query(params)| params.crc_token);
    let token = token.filter(|token| (1..=MAX_TOKEN_BYTES).contains(&token.len()));
    let Some(token) = token else {
        let detail = format!("crc_token must have 1 to {MAX_TOKEN_BYTES} bytes.");
        return Err(Problem::new(ProblemCode::InvalidParameter).detail(detail));
    };
    let response_token = twitter::answer_challenge(&deps, &token).await?;
    Ok(Json(ChallengeAnswer { response_token }))
}
