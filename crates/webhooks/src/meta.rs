//! What Meta's platforms share: the handshake, the proof over the raw bytes, and how a proven body is
//! received. Source: Graph API, webhooks, "Getting started"; Cloud API, "Create a webhook endpoint".

use axum::body::Body;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use tributary_domain::Channel;
use tributary_edge::auth::hub_signature;
use tributary_edge::body::read_capped;
use tributary_edge::secrets::{SecretError, SecretKind};
use tributary_edge::{Problem, ProblemCode};
use utoipa::IntoParams;

use crate::Deps;
use crate::answer::unavailable;
use crate::receive::receive_proven;

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

/// What a platform's secret proves with.
struct Proofs {
    app_secrets: Vec<String>,
    verify_token: String,
}

impl Platform {
    fn channel(self) -> Channel {
        match self {
            Self::Facebook => Channel::Facebook,
            Self::Instagram => Channel::Instagram,
            Self::WhatsApp => Channel::WhatsApp,
        }
    }

    fn secret(self) -> SecretKind {
        match self {
            Self::Facebook => SecretKind::Facebook,
            Self::Instagram => SecretKind::Instagram,
            Self::WhatsApp => SecretKind::WhatsApp,
        }
    }

    /// The platform whose app may sign for this one too: what comes from Instagram is signed by the
    /// Instagram app or by the Facebook app that it belongs to, depending on how it was connected.
    fn also_signed_by(self) -> Option<Self> {
        match self {
            Self::Instagram => Some(Self::Facebook),
            Self::Facebook | Self::WhatsApp => None,
        }
    }

    async fn proofs(self, deps: &Deps) -> Result<Proofs, SecretError> {
        let (app_secrets, verify_token) = match self {
            Self::Facebook => {
                let secret = deps.secrets.facebook().await?;
                (secret.app_secrets.clone(), secret.verify_token.clone())
            }
            Self::Instagram => {
                let secret = deps.secrets.instagram().await?;
                (secret.app_secrets.clone(), secret.verify_token.clone())
            }
            Self::WhatsApp => {
                let secret = deps.secrets.whatsapp().await?;
                (secret.app_secrets.clone(), secret.verify_token.clone())
            }
        };
        Ok(Proofs {
            app_secrets,
            verify_token,
        })
    }

    /// Whether `holds` is true of the platform's proofs; the secret is read again once before it is
    /// called false.
    async fn proves(
        self,
        deps: &Deps,
        holds: impl Fn(&Proofs) -> bool,
    ) -> Result<bool, SecretError> {
        if holds(&self.proofs(deps).await?) {
            return Ok(true);
        }
        let kind = self.secret();
        let changed = deps.secrets.refresh_after_failed_proof(kind).await?;
        Ok(changed && holds(&self.proofs(deps).await?))
    }

    /// Whether an app that may sign for this platform signed the body. That the other platform has no
    /// secret proves nothing and is no fault: many desks have only one of the two.
    async fn signed(
        self,
        deps: &Deps,
        signature: Option<&str>,
        raw: &[u8],
    ) -> Result<bool, SecretError> {
        let signed =
            |proofs: &Proofs| hub_signature::verify(signature, raw, &proofs.app_secrets).is_ok();
        if self.proves(deps, signed).await? {
            return Ok(true);
        }
        match self.also_signed_by() {
            Some(other) => Ok(other.proves(deps, signed).await.unwrap_or(false)),
            None => Ok(false),
        }
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
        let matches = |proofs: &Proofs| {
            !proofs.verify_token.is_empty()
                && bool::from(proofs.verify_token.as_bytes().ct_eq(token.as_bytes()))
        };
        if !self
            .proves(deps, matches)
            .await
            .map_err(|_| unavailable())?
        {
            return Err(mismatch());
        }
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
        if !self
            .signed(deps, signature, &raw)
            .await
            .map_err(|_| unavailable())?
        {
            return Err(hub_signature::InvalidSignature.into());
        }
        receive_proven(deps, self.channel(), &raw, deadline).await
    }
}
