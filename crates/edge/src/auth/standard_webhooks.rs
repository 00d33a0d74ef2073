//! The chatbot's proof of origin: Standard Webhooks, `v1` signatures.
//! Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use crate::{Problem, ProblemCode};

/// Header with the idempotency key.
pub const ID: &str = "webhook-id";
/// Header with the time of sending, Unix seconds.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// Header with the signatures, separated by spaces.
pub const SIGNATURE: &str = "webhook-signature";

const TOLERANCE_S: u64 = 300;
const ID_CAP: usize = 256;
const SECRET_PREFIX: &str = "whsec_";

/// The proven idempotency key of a call: 1 to 256 characters, opaque.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WebhookId(pub String);

/// Why a call is not proven. The same 401 outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebhook {
    /// A header is absent, repeated or not text.
    #[error("a webhook header is missing")]
    MissingHeader,
    /// The id is empty or longer than 256 characters.
    #[error("the webhook id has no usable length")]
    InvalidId,
    /// The timestamp is no number, or more than 300 s away from now.
    #[error("the webhook timestamp is out of tolerance")]
    OutOfTolerance,
    /// None of the signatures was made with one of our secrets.
    #[error("no webhook signature matches")]
    WrongSignature,
}

/// Proves that one of `secrets` (`whsec_<base64>`) signed this call at most 300 s from `now_unix_s`. Unknown signature
/// versions are skipped; a secret that cannot be decoded proves nothing.
///
/// # Errors
/// [`InvalidWebhook`]: refuse with 401, after re-reading the secret once if the signature is what is wrong.
pub fn verify(
    headers: &HeaderMap,
    raw: &[u8],
    secrets: &[String],
    now_unix_s: i64,
) -> Result<WebhookId, InvalidWebhook> {
    let (id, timestamp) = (only(headers, ID)?, only(headers, TIMESTAMP)?);
    if id.is_empty() || id.len() > ID_CAP {
        return Err(InvalidWebhook::InvalidId);
    }
    let sent_at: i64 = timestamp
        .parse()
        .map_err(|_| InvalidWebhook::OutOfTolerance)?;
    if sent_at.abs_diff(now_unix_s) > TOLERANCE_S {
        return Err(InvalidWebhook::OutOfTolerance);
    }
    let given: Vec<Vec<u8>> = only(headers, SIGNATURE)?
        .split(' ')
        .filter_map(|one| BASE64_STANDARD.decode(one.strip_prefix("v1,")?).ok())
        .collect();
    let mut proven = Choice::from(0);
    for secret in secrets {
        let Some(expected) = key(secret).and_then(|key| mac(&key, id, timestamp, raw)) else {
            continue;
        };
        for signature in &given {
            proven |= expected.ct_eq(signature);
        }
    }
    if bool::from(proven) {
        Ok(WebhookId(id.to_owned()))
    } else {
        Err(InvalidWebhook::WrongSignature)
    }
}

/// The `webhook-signature` for a call (for tests and the local stack); `None` if the secret cannot be decoded.
pub fn sign(secret: &str, id: &str, timestamp_unix_s: i64, raw: &[u8]) -> Option<String> {
    let mac = mac(&key(secret)?, id, &timestamp_unix_s.to_string(), raw)?;
    Some(format!("v1,{}", BASE64_STANDARD.encode(mac)))
}

/// Whether a secret has the form `whsec_<base64>`.
pub(crate) fn is_secret(secret: &str) -> bool {
    key(secret).is_some()
}

fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, InvalidWebhook> {
    let mut values = headers.get_all(name).iter();
    values
        .next()
        .filter(|_| values.next().is_none())
        .and_then(|value| value.to_str().ok())
        .ok_or(InvalidWebhook::MissingHeader)
}

fn key(secret: &str) -> Option<Vec<u8>> {
    let key = BASE64_STANDARD
        .decode(secret.strip_prefix(SECRET_PREFIX)?)
        .ok()?;
    (!key.is_empty()).then_some(key)
}

fn mac(key: &[u8], id: &str, timestamp: &str, raw: &[u8]) -> Option<Vec<u8>> {
    let mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    let mac = mac
        .chain_update(id)
        .chain_update(".")
        .chain_update(timestamp)
        .chain_update(".")
        .chain_update(raw);
    Some(mac.finalize().into_bytes().to_vec())
}

impl From<InvalidWebhook> for Problem {
    fn from(_: InvalidWebhook) -> Self {
        Self::new(ProblemCode::InvalidSignature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Key, id, timestamp, body and signature of the published test of the Standard Webhooks libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const NOW: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn call(id: &str, timestamp: &str, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ID, id.parse().expect("a header"));
        headers.insert(TIMESTAMP, timestamp.parse().expect("a header"));
        headers.insert(SIGNATURE, signature.parse().expect("a header"));
        headers
    }

    fn check(headers: &HeaderMap, raw: &[u8], now: i64) -> Result<WebhookId, InvalidWebhook> {
        verify(
            headers,
            raw,
            &["whsec_b2xk".to_owned(), SECRET.to_owned()],
            now,
        )
    }

    const PUBLISHED: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";

    #[test]
    fn the_published_example_is_accepted_and_signed_alike() {
        let headers = call(PUBLISHED, "1614265330", SIGNED);
        assert_eq!(
            check(&headers, BODY, NOW),
            Ok(WebhookId(PUBLISHED.to_owned()))
        );
        assert_eq!(sign(SECRET, PUBLISHED, NOW, BODY).as_deref(), Some(SIGNED));
    }

    #[test]
    fn one_right_signature_among_others_is_enough() {
        let several = format!("v1a,xx v2,AAAA v1,AAAA {SIGNED}");
        assert!(check(&call(PUBLISHED, "1614265330", &several), BODY, NOW).is_ok());
        let unversioned = SIGNED.replace("v1,", "v2,");
        assert_eq!(
            check(&call(PUBLISHED, "1614265330", &unversioned), BODY, NOW),
            Err(InvalidWebhook::WrongSignature)
        );
    }

    #[test]
    fn five_minutes_either_way_are_tolerated_and_no_more() {
        let headers = call(PUBLISHED, "1614265330", SIGNED);
        for (now, right) in [
            (NOW + 300, true),
            (NOW - 300, true),
            (NOW + 301, false),
            (NOW - 301, false),
        ] {
            assert_eq!(check(&headers, BODY, now).is_ok(), right, "{now}");
        }
        for timestamp in ["", "soon", "99999999999999999999", "-9223372036854775808"] {
            let headers = call(PUBLISHED, timestamp, SIGNED);
            assert_eq!(
                check(&headers, BODY, NOW),
                Err(InvalidWebhook::OutOfTolerance),
                "{timestamp}"
            );
        }
    }

    #[test]
    fn an_id_has_1_to_256_characters() {
        for (length, right) in [(0, false), (1, true), (256, true), (257, false)] {
            let id = "a".repeat(length);
            let signed = sign(SECRET, &id, NOW, BODY).expect("a good secret");
            let outcome = check(&call(&id, "1614265330", &signed), BODY, NOW);
            assert_eq!(outcome.is_ok(), right, "{length}");
        }
    }

    #[test]
    fn id_time_and_body_are_all_signed() {
        let wrong = Err(InvalidWebhook::WrongSignature);
        assert_eq!(
            check(&call("other", "1614265330", SIGNED), BODY, NOW),
            wrong
        );
        assert_eq!(
            check(&call(PUBLISHED, "1614265331", SIGNED), BODY, NOW),
            wrong
        );
        assert_eq!(
            check(&call(PUBLISHED, "1614265330", SIGNED), b"{}", NOW),
            wrong
        );
        assert_eq!(
            verify(&call(PUBLISHED, "1614265330", SIGNED), BODY, &[], NOW),
            wrong
        );
    }

    #[test]
    fn a_missing_or_repeated_header_is_refused() {
        for name in [ID, TIMESTAMP, SIGNATURE] {
            let mut headers = call(PUBLISHED, "1614265330", SIGNED);
            headers.remove(name);
            assert_eq!(
                check(&headers, BODY, NOW),
                Err(InvalidWebhook::MissingHeader),
                "{name}"
            );
            let mut headers = call(PUBLISHED, "1614265330", SIGNED);
            headers.append(name, http::HeaderValue::from_static("1"));
            assert_eq!(
                check(&headers, BODY, NOW),
                Err(InvalidWebhook::MissingHeader),
                "{name}"
            );
        }
    }

    #[test]
    fn a_secret_that_cannot_be_decoded_or_is_empty_proves_nothing() {
        for secret in [
            "",
            "whsec_",
            "whsec_***",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ] {
            assert!(!is_secret(secret), "{secret}");
            assert_eq!(sign(secret, PUBLISHED, NOW, BODY), None);
        }
    }

    proptest! {
        #[test]
        fn what_is_signed_verifies_and_nothing_panics(id in "[!-~]{1,256}", raw in proptest::collection::vec(any::<u8>(), 0..64), junk in "[ -~]*") {
            let signed = sign(SECRET, &id, NOW, &raw).expect("a good secret");
            prop_assert!(check(&call(&id, "1614265330", &signed), &raw, NOW).is_ok());
            prop_assert!(check(&call(&id, "1614265330", &junk), &raw, NOW).is_err());
        }
    }
}
