//! The claims of an access token and what they must say.

use serde::Deserialize;

use super::{Refusal, VerifiedToken};

/// Our clock and Cognito's may differ by this much.
const LEEWAY_S: i64 = 10;

#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    token_use: String,
    /// Absent from ID tokens, which carry `aud` instead.
    client_id: Option<String>,
    exp: i64,
    /// Absent from ID tokens, which carry `cognito:username` instead.
    username: Option<String>,
    #[serde(rename = "cognito:groups", default)]
    groups: Vec<String>,
}

impl Claims {
    pub(super) fn check(
        self,
        issuer: &str,
        client_id: &str,
        now_unix_s: i64,
    ) -> Result<VerifiedToken, Refusal> {
        if self.iss != issuer {
            return Err(Refusal::Issuer);
        }
        if self.token_use != "access" {
            return Err(Refusal::Use);
        }
        if self.client_id.as_deref() != Some(client_id) {
            return Err(Refusal::Client);
        }
        if now_unix_s >= self.exp.saturating_add(LEEWAY_S) {
            return Err(Refusal::Expired);
        }
        let username = self.username.ok_or(Refusal::Malformed)?;
        Ok(VerifiedToken {
            sub: self.sub,
            username,
            groups: self.groups,
        })
    }
}
