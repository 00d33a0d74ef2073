//! What Meta's platforms share: the handshake, the proof over the raw bytes, and how a proven body is
//! received. Source: Graph API, webhooks, "Getting started"; Cloud API, "Create a webhook endpoint".

use axum::body::Body;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq;
use tributary_domain::AccountId;
use tributary_domain::channel::inbound::InboundBatch;
use tributary_domain::channel::{facebook, instagram, whatsapp};
use tributary_domain::receive::receive_messages;
use tributary_edge::auth::hub_signature;
use tributary_edge::body::read_capped;
use tributary_edge::secrets::{SecretError, SecretKind};
use tributary_edge::{Problem, ProblemCode};
use utoipa::IntoParams;

use crate::Deps;
use crate::answer::{self, unavailable};

/// Meta's payloads have up to 3 MB (Cloud API, webhooks overview).
const BODY_CAP: usize = 3 * 1024 * 1024;

/// What Meta asks with.
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

/// The challenge as it is answered.
pub(crate) type Challenge = ([(http::HeaderName, &'static str); 1], String);

/// One of Meta's platforms.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Platform {
    /// Messenger.
    Facebook,
    /// Instagram messaging.
    Instagram,
    /// WhatsApp Business Cloud API.
    WhatsApp,
}

/// What a platform's secret proves with, and the accounts it names.
struct Proofs {
    app_secrets: Vec<String>,
    verify_token: String,
    accounts: Vec<AccountId>,
}

impl Platform {
    fn secret(self) -> SecretKind {
        match self {
            Self::Facebook => SecretKind::Facebook,
            Self::Instagram => SecretKind::Instagram,
            Self::WhatsApp => SecretKind::WhatsApp,
        }
    }

    fn normalise(self, body: &Value) -> InboundBatch {
        match self {
            Self::Facebook => facebook::normalise(body),
            Self::Instagram => instagram::normalise(body),
            Self::WhatsApp => whatsapp::normalise(body),
        }
    }

    async fn proofs(self, deps: &Deps) -> Result<Proofs, SecretError> {
        let account = |id: &String| AccountId::parse(id).ok();
        Ok(match self {
            Self::Facebook => {
                let secret = deps.secrets.facebook().await?;
                let ids = secret.accounts.iter().map(|a| &a.page_id);
                Proofs {
                    app_secrets: secret.app_secrets.clone(),
                    verify_token: secret.verify_token.clone(),
                    accounts: ids.filter_map(account).collect(),
                }
            }
            Self::Instagram => {
                let secret = deps.secrets.instagram().await?;
                let ids = secret.accounts.iter().map(|a| &a.account_id);
                Proofs {
                    app_secrets: secret.app_secrets.clone(),
                    verify_token: secret.verify_token.clone(),
                    accounts: ids.filter_map(account).collect(),
                }
            }
            Self::WhatsApp => {
                let secret = deps.secrets.whatsapp().await?;
                let ids = secret.accounts.iter().map(|a| &a.phone_number_id);
                Proofs {
                    app_secrets: secret.app_secrets.clone(),
                    verify_token: secret.verify_token.clone(),
                    accounts: ids.filter_map(account).collect(),
                }
            }
        })
    }

    /// The proofs by which `holds` is true; the secret is read again once before a proof is called
    /// failed, and then there are none.
    async fn proven(
        self,
        deps: &Deps,
        holds: impl Fn(&Proofs) -> bool,
    ) -> Result<Option<Proofs>, Problem> {
        let read = async || self.proofs(deps).await.map_err(|_| unavailable());
        let proofs = read().await?;
        if holds(&proofs) {
            return Ok(Some(proofs));
        }
        let changed = deps
            .secrets
            .refresh_after_failed_proof(self.secret())
            .await
            .map_err(|_| unavailable())?;
        if !changed {
            return Ok(None);
        }
        Ok(Some(read().await?).filter(holds))
    }

    /// Answers Meta's question whether this address is ours.
    pub(crate) async fn verify_subscription(
        self,
        deps: &Deps,
        params: Result<Query<HandshakeParams>, QueryRejection>,
    ) -> Result<Challenge, Problem> {
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
        self.proven(deps, |proofs| {
            !proofs.verify_token.is_empty()
                && bool::from(proofs.verify_token.as_bytes().ct_eq(token.as_bytes()))
        })
        .await?
        .ok_or_else(mismatch)?;
        Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], challenge))
    }

    /// Takes a delivery, proven by `X-Hub-Signature-256` over the bytes as they came.
    pub(crate) async fn receive(
        self,
        deps: &Deps,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Response, Problem> {
        let deadline = deps.deadline();
        let raw = read_capped(body, BODY_CAP).await?;
        let signature = headers
            .get(hub_signature::HEADER)
            .and_then(|v| v.to_str().ok());
        let proofs = self
            .proven(deps, |proofs| {
                hub_signature::verify(signature, &raw, &proofs.app_secrets).is_ok()
            })
            .await?
            .ok_or(hub_signature::InvalidSignature)?;
        let body: Value = serde_json::from_slice(&raw).map_err(|_| {
            Problem::new(ProblemCode::InvalidBody).detail("The body is not valid JSON.")
        })?;
        let batch = self.normalise(&body);
        let outcome = receive_messages(&deps.desk, batch, &proofs.accounts, &raw, deadline).await;
        deps.publish(&outcome.received.events).await;
        Ok(answer::of(&outcome))
    }
}
