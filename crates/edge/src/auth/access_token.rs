//! Cognito access tokens, checked in the backend whatever the gateway has checked already.
//! Source: docs.aws.amazon.com, Cognito user pools, "Verifying JSON web tokens".

mod claims;

use jsonwebtoken::{Algorithm, Validation, decode, decode_header};

use super::jwks::{Jwks, Unreachable};
use crate::aws::Aws;
use crate::settings::CognitoSettings;
use crate::{Problem, ProblemCode};
use claims::Claims;

/// Checks access tokens of one user pool and one app client.
pub struct AccessTokens {
    issuer: String,
    client_id: String,
    jwks: Jwks,
}

/// Who a valid token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    /// The user's permanent id.
    pub sub: String,
    /// The user name in the pool.
    pub username: String,
    /// Names of the user's groups, possibly none.
    pub groups: Vec<String>,
}

/// What the caller of [`AccessTokens::verify`] can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessTokenError {
    /// Answer 401.
    #[error("the access token is refused: {0:?}")]
    Refused(Refusal),
    /// Answer 503: the pool's keys cannot be fetched and none are cached.
    #[error("the signing keys cannot be fetched")]
    Unavailable,
}

/// Why a token is refused, for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No JWT, or without the claims of an access token.
    Malformed,
    /// Not RS256.
    Algorithm,
    /// No key id, or one the pool does not have.
    UnknownKey,
    /// Changed or forged.
    Signature,
    /// Of another pool.
    Issuer,
    /// Not an access token, such as an ID token.
    Use,
    /// Of another app client.
    Client,
    /// Too old.
    Expired,
}

impl AccessTokens {
    /// For the pool and client of these settings, whose keys are fetched over the HTTP client of `aws`. Nothing is
    /// fetched, and no HTTP client is made, before the first token is checked.
    pub fn new(settings: CognitoSettings, aws: Aws) -> Self {
        Self {
            issuer: settings.issuer,
            client_id: settings.client_id,
            jwks: Jwks::new(settings.jwks_url, aws),
        }
    }

    /// Checks algorithm (RS256 alone), key, signature, issuer, use, client and expiry (10 s of leeway).
    ///
    /// # Errors
    /// [`AccessTokenError::Refused`] → 401, [`AccessTokenError::Unavailable`] → 503.
    pub async fn verify(
        &self,
        bearer: &str,
        now_unix_s: i64,
    ) -> Result<VerifiedToken, AccessTokenError> {
        let header = decode_header(bearer).map_err(|_| Refusal::Malformed)?;
        if header.alg != Algorithm::RS256 {
            return Err(Refusal::Algorithm.into());
        }
        let kid = header.kid.ok_or(Refusal::UnknownKey)?;
        let key = self
            .jwks
            .find(&kid, now_unix_s)
            .await?
            .ok_or(Refusal::UnknownKey)?;
        let token = decode::<serde_json::Value>(bearer, &key, &signature_only())
            .map_err(|_| Refusal::Signature)?;
        let claims: Claims =
            serde_json::from_value(token.claims).map_err(|_| Refusal::Malformed)?;
        Ok(claims.check(&self.issuer, &self.client_id, now_unix_s)?)
    }
}

/// The claims are checked by [`Claims::check`], which takes the time as an argument.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    validation
}

impl From<Refusal> for AccessTokenError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Unreachable> for AccessTokenError {
    fn from(_: Unreachable) -> Self {
        Self::Unavailable
    }
}

impl From<AccessTokenError> for Problem {
    fn from(error: AccessTokenError) -> Self {
        match error {
            AccessTokenError::Refused(refusal) => {
                tracing::info!(?refusal, "access token refused");
                Self::new(ProblemCode::Unauthenticated)
            }
            AccessTokenError::Unavailable => Self::new(ProblemCode::TemporarilyUnavailable),
        }
    }
}

#[cfg(test)]
mod tests;
