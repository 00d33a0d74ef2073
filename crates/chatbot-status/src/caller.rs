//! Who calls: the holder of a status token, or an agent.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use tributary_domain::permission::{Action, Principal, may};
use tributary_domain::{AgentId, Surroundings, TicketId};
use tributary_edge::auth::bearer;
use tributary_edge::auth::status_token::{StatusClaims, StatusTokenError};
use tributary_edge::secrets::{SecretKind, Secrets};
use tributary_edge::{Problem, ProblemCode};

use crate::deps::Deps;

/// Somebody who may read the status of some ticket. Anyone else is refused before anything else is
/// looked at; whether it is this ticket is the use case's to say.
#[derive(Debug, Clone)]
pub(crate) struct Reader(pub(crate) Principal);

impl<T, B, S> FromRequestParts<Arc<Deps<T, B, S>>> for Reader
where
    T: Send + Sync,
    B: Send + Sync,
    S: Surroundings,
{
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        deps: &Arc<Deps<T, B, S>>,
    ) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or_else(unauthenticated)?;
        let now = deps.surroundings.now().as_seconds();
        // A JWT has three parts, a status token two.
        let principal = if token.split('.').count() == 3 {
            let verified = deps.access_tokens.verify(token, now).await?;
            let id = AgentId::parse(&verified.sub).map_err(|_| unauthenticated())?;
            Principal::signed_in(id, &verified.groups)
        } else {
            let ticket_id = verify(&deps.secrets, token, now).await?;
            Principal::StatusHolder { ticket_id }
        };
        if may(&principal, Action::ReadStatus, None) {
            Ok(Self(principal))
        } else {
            Err(Problem::new(ProblemCode::Forbidden)
                .detail("You are in none of the groups that may use the desk."))
        }
    }
}

fn unauthenticated() -> Problem {
    Problem::new(ProblemCode::Unauthenticated)
}

/// The ticket a status token was made for. A token that no key made has the keys read again once.
async fn verify(secrets: &Secrets, token: &str, now_unix_s: i64) -> Result<TicketId, Problem> {
    let verify = async || -> Result<Result<StatusClaims, StatusTokenError>, Problem> {
        let keys = secrets.chatbot().await?.status_tokens();
        let keys = keys.map_err(|_| Problem::new(ProblemCode::TemporarilyUnavailable))?;
        Ok(keys.verify(token, now_unix_s))
    };
    let mut outcome = verify().await?;
    let of_a_new_key = match outcome {
        Err(StatusTokenError::UnknownKey | StatusTokenError::WrongSignature) => true,
        Ok(_) | Err(StatusTokenError::Malformed | StatusTokenError::Expired) => false,
    };
    if of_a_new_key
        && secrets
            .refresh_after_failed_proof(SecretKind::Chatbot)
            .await?
    {
        outcome = verify().await?;
    }
    let claims = outcome.inspect_err(|refusal| tracing::info!(%refusal, "status token refused"))?;
    TicketId::parse(&claims.ticket_id).map_err(|_| unauthenticated())
}
