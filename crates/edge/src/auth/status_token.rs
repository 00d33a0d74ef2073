//! The token a handoff gives out: it opens the status of one ticket until it expires, and nothing else.
//! `base64url(JSON of ticket, expiry and key id) "." base64url(HMAC-SHA256 of the part before the dot)`.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Problem, ProblemCode};

/// How long a status token is good for, in seconds: 90 days.
pub const LIFETIME_S: i64 = 90 * 24 * 3600;

/// Longer than any token of ours; nothing longer is decoded.
const TOKEN_CAP: usize = 1024;

/// The keys, the current one first.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusTokenKeys {
    current: Key,
    older: Vec<Key>,
}

#[derive(Clone, PartialEq, Eq)]
struct Key {
    id: String,
    secret: String,
}

/// There is no key to issue tokens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no key for status tokens")]
pub struct NoKey;

/// What a verified token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusClaims {
    /// The ticket the token was issued for.
    pub ticket_id: String,
}

/// Why a token opens nothing. The same 401 outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatusTokenError {
    /// Not a token of ours by its form.
    #[error("the status token is malformed")]
    Malformed,
    /// Made with a key that is gone or never was.
    #[error("the status token names an unknown key")]
    UnknownKey,
    /// Changed or forged.
    #[error("the status token has the wrong signature")]
    WrongSignature,
    /// Genuine, but too old.
    #[error("the status token has expired")]
    Expired,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload<'a> {
    #[serde(rename = "t", borrow)]
    ticket_id: std::borrow::Cow<'a, str>,
    #[serde(rename = "e")]
    expires_at_unix_s: i64,
    #[serde(rename = "k", borrow)]
    key_id: std::borrow::Cow<'a, str>,
}

impl StatusTokenKeys {
    /// From pairs of key id and secret, the current one first.
    ///
    /// # Errors
    /// [`NoKey`] if there is none, or one has an empty secret.
    pub fn new(keys: Vec<(String, String)>) -> Result<Self, NoKey> {
        if keys.iter().any(|(_, secret)| secret.is_empty()) {
            return Err(NoKey);
        }
        let mut keys = keys.into_iter().map(|(id, secret)| Key { id, secret });
        let current = keys.next().ok_or(NoKey)?;
        Ok(Self {
            current,
            older: keys.collect(),
        })
    }

    /// From secrets alone, the current one first; a key's id is the first 8 hex digits of its SHA-256.
    ///
    /// # Errors
    /// As [`StatusTokenKeys::new`].
    pub fn from_secrets(secrets: &[String]) -> Result<Self, NoKey> {
        let id = |secret: &String| hex::encode(&Sha256::digest(secret)[..4]);
        Self::new(
            secrets
                .iter()
                .map(|secret| (id(secret), secret.clone()))
                .collect(),
        )
    }

    /// A token for one ticket, good before `expires_at_unix_s`.
    pub fn issue(&self, ticket_id: &str, expires_at_unix_s: i64) -> String {
        let payload = Payload {
            ticket_id: ticket_id.into(),
            expires_at_unix_s,
            key_id: self.current.id.as_str().into(),
        };
        // Two strings and a number always serialise.
        let payload =
            BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&payload).unwrap_or_default());
        let mac = self
            .current
            .mac(&payload)
            .map(|mac| mac.finalize().into_bytes().to_vec())
            .unwrap_or_default();
        format!("{payload}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac))
    }

    /// What the token says, if it is ours and `now_unix_s` is before its expiry.
    ///
    /// # Errors
    /// [`StatusTokenError`]: 401 in every case.
    pub fn verify(&self, token: &str, now_unix_s: i64) -> Result<StatusClaims, StatusTokenError> {
        use StatusTokenError::{Expired, Malformed, UnknownKey, WrongSignature};
        if token.len() > TOKEN_CAP {
            return Err(Malformed);
        }
        let (text, mac) = token.split_once('.').ok_or(Malformed)?;
        let json = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| Malformed)?;
        let mac = BASE64_URL_SAFE_NO_PAD.decode(mac).map_err(|_| Malformed)?;
        let payload: Payload<'_> = serde_json::from_slice(&json).map_err(|_| Malformed)?;
        let mut keys = std::iter::once(&self.current).chain(&self.older);
        let key = keys
            .find(|key| key.id == payload.key_id)
            .ok_or(UnknownKey)?;
        let expected = key.mac(text).ok_or(WrongSignature)?;
        expected.verify_slice(&mac).map_err(|_| WrongSignature)?;
        if now_unix_s >= payload.expires_at_unix_s {
            return Err(Expired);
        }
        Ok(StatusClaims {
            ticket_id: payload.ticket_id.into_owned(),
        })
    }
}

impl Key {
    fn mac(&self, text: &str) -> Option<Hmac<Sha256>> {
        Hmac::<Sha256>::new_from_slice(self.secret.as_bytes())
            .ok()
            .map(|mac| mac.chain_update(text))
    }
}

impl fmt::Debug for StatusTokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusTokenKeys").finish_non_exhaustive()
    }
}

impl From<StatusTokenError> for Problem {
    fn from(_: StatusTokenError) -> Self {
        Self::new(ProblemCode::Unauthenticated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(secrets: &[&str]) -> StatusTokenKeys {
        let secrets: Vec<String> = secrets.iter().map(|&secret| secret.to_owned()).collect();
        StatusTokenKeys::from_secrets(&secrets).expect("keys")
    }

    #[test]
    fn a_token_opens_its_ticket_until_the_second_it_expires() {
        let keys = keys(&["one"]);
        let token = keys.issue("tkt_1", 100);
        let claims = StatusClaims {
            ticket_id: "tkt_1".to_owned(),
        };
        assert_eq!(keys.verify(&token, 99), Ok(claims));
        assert_eq!(keys.verify(&token, 100), Err(StatusTokenError::Expired));
    }

    #[test]
    fn tokens_outlive_a_rotation_as_long_as_their_key_is_listed() {
        let token = keys(&["old"]).issue("tkt_1", 100);
        assert!(keys(&["new", "old"]).verify(&token, 0).is_ok());
        assert_eq!(
            keys(&["new"]).verify(&token, 0),
            Err(StatusTokenError::UnknownKey)
        );
    }

    #[test]
    fn a_token_made_with_another_secret_under_the_same_key_id_is_refused() {
        let named = |secret: &str| {
            StatusTokenKeys::new(vec![("k".to_owned(), secret.to_owned())]).expect("keys")
        };
        let token = named("theirs").issue("tkt_1", 100);
        assert_eq!(
            named("ours").verify(&token, 0),
            Err(StatusTokenError::WrongSignature)
        );
    }

    #[test]
    fn a_signature_moved_to_another_ticket_is_refused() {
        let keys = keys(&["one"]);
        let (mine, other) = (keys.issue("tkt_1", 100), keys.issue("tkt_2", 100));
        let payload = other.split_once('.').expect("a dot").0;
        let mac = mine.split_once('.').expect("a dot").1;
        assert_eq!(
            keys.verify(&format!("{payload}.{mac}"), 0),
            Err(StatusTokenError::WrongSignature)
        );
        assert_eq!(
            keys.verify(&format!("{payload}."), 0),
            Err(StatusTokenError::WrongSignature)
        );
    }

    #[test]
    fn without_a_key_there_are_no_tokens() {
        assert_eq!(StatusTokenKeys::from_secrets(&[]), Err(NoKey));
        assert_eq!(StatusTokenKeys::from_secrets(&[String::new()]), Err(NoKey));
    }

    #[test]
    fn the_secret_is_not_shown() {
        assert!(!format!("{:?}", keys(&["hidden"])).contains("hidden"));
    }

    proptest! {
        #[test]
        fn every_issued_token_verifies_to_its_ticket(ticket_id in ".{0,100}", secret in ".+") {
            let keys = keys(&[&secret]);
            let token = keys.issue(&ticket_id, 100);
            prop_assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
            prop_assert_eq!(keys.verify(&token, 0), Ok(StatusClaims { ticket_id }));
        }

        #[test]
        fn no_text_passes_or_panics(token in ".*") {
            prop_assert!(keys(&["one"]).verify(&token, 0).is_err());
        }

        #[test]
        fn a_changed_character_is_refused(at in any::<prop::sample::Index>(), with in "[A-Za-z0-9_-]") {
            let keys = keys(&["one"]);
            let token = keys.issue("tkt_01arz3ndektsv4rrffq69g5fav", 100);
            let at = at.index(token.len());
            let mut changed = token.clone();
            changed.replace_range(at..=at, &with);
            prop_assume!(changed != token);
            prop_assert!(keys.verify(&changed, 0).is_err());
        }
    }
}
