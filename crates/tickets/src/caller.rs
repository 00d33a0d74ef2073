//! Who calls: an agent by an access token, or, where that is enough, a chatbot by a signature.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;
use tributary_domain::permission::{Action, Principal, may};
use tributary_domain::{AgentId, Surroundings};
use tributary_edge::auth::standard_webhooks::{self, InvalidWebhook, WebhookId};
use tributary_edge::auth::{access_token::VerifiedToken, bearer};
use tributary_edge::secrets::SecretKind;
use tributary_edge::{Problem, ProblemCode};

use crate::deps::Door;

/// A signed-in member of one of our groups. Anyone else is refused before anything else is looked at.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// As the domain knows them.
    pub(crate) principal: Principal,
    /// Their id.
    pub(crate) id: AgentId,
    /// The groups the token names.
    pub(crate) groups: Vec<String>,
}

impl<D: Door> FromRequestParts<Arc<D>> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, door: &Arc<D>) -> Result<Self, Problem> {
        Self::from_headers(&parts.headers, door.as_ref()).await
    }
}

impl SignedIn {
    /// From `Authorization: Bearer <access token>`: 401 without a valid one, 403 in neither group.
    pub(crate) async fn from_headers(
        headers: &HeaderMap,
        door: &impl Door,
    ) -> Result<Self, Problem> {
        let token = bearer(headers).ok_or_else(|| Problem::new(ProblemCode::Unauthenticated))?;
        let now = door.desk().surroundings.now().as_seconds();
        let VerifiedToken {
            sub,
            username: _,
            groups,
        } = door.deps().access_tokens.verify(token, now).await?;
        let id = AgentId::parse(&sub).map_err(|_| Problem::new(ProblemCode::Unauthenticated))?;
        let principal = Principal::signed_in(id.clone(), &groups);
        if !may(&principal, Action::Read, None) {
            return Err(Problem::new(ProblemCode::Forbidden)
                .detail("You are in none of the groups that may use the desk."));
        }
        Ok(Self {
            principal,
            id,
            groups,
        })
    }
}

/// Whether a call means to be proven by a signature: no token, and a header of Standard Webhooks.
pub(crate) fn is_signed(headers: &HeaderMap) -> bool {
    use standard_webhooks::{ID, SIGNATURE, TIMESTAMP};
    !headers.contains_key(http::header::AUTHORIZATION)
        && [ID, SIGNATURE, TIMESTAMP]
            .into_iter()
            .any(|name| headers.contains_key(name))
}

/// Proves that the chatbot signed `raw`. A signature that matches no secret has the secret read again once.
pub(crate) async fn chatbot(
    headers: &HeaderMap,
    raw: &[u8],
    door: &impl Door,
) -> Result<WebhookId, Problem> {
    let now = door.desk().surroundings.now().as_seconds();
    let secrets = &door.deps().secrets;
    let verify = async || -> Result<Result<WebhookId, InvalidWebhook>, Problem> {
        let secret = secrets.chatbot().await?;
        Ok(standard_webhooks::verify(
            headers,
            raw,
            &secret.secrets,
            now,
        ))
    };
    let mut outcome = verify().await?;
    if outcome == Err(InvalidWebhook::WrongSignature)
        && secrets
            .refresh_after_failed_proof(SecretKind::Chatbot)
            .await?
    {
        outcome = verify().await?;
    }
    outcome.map_err(|refusal| {
        tracing::info!(%refusal, "chatbot signature refused");
        Problem::new(ProblemCode::InvalidSignature)
    })
}
