//! X's proofs: `x-twitter-webhooks-signature: sha256=<base64 HMAC-SHA256(consumer secret, raw body)>`, and our own
//! answer to its challenge. Source: docs.x.com, x-api/webhooks ("Securing webhooks", "Challenge-Response Checks").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{Problem, ProblemCode};

/// Name of the header, lower case.
pub const HEADER: &str = "x-twitter-webhooks-signature";

/// The header is absent, malformed or not made with our consumer secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not prove that X is the sender")]
pub struct InvalidSignature;

/// Whether the app's consumer secret signed exactly these bytes, in constant time; an empty secret proves nothing.
///
/// # Errors
/// [`InvalidSignature`]: refuse with 401 after the secret has been re-read once.
pub fn verify(
    header: Option<&str>,
    raw: &[u8],
    consumer_secret: &str,
) -> Result<(), InvalidSignature> {
    let given = header
        .and_then(|header| header.trim().strip_prefix("sha256="))
        .and_then(|text| STANDARD.decode(text).ok())
        .ok_or(InvalidSignature)?;
    if !consumer_secret.is_empty() && bool::from(mac(consumer_secret, raw).ct_eq(&given)) {
        Ok(())
    } else {
        Err(InvalidSignature)
    }
}

/// The header's value for these bytes, as X would send it (for tests and the local stack), which is also the
/// `response_token` that answers a `crc_token`.
pub fn sign(raw: &[u8], consumer_secret: &str) -> String {
    format!("sha256={}", STANDARD.encode(mac(consumer_secret, raw)))
}

fn mac(secret: &str, raw: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map(|mac| mac.chain_update(raw).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

impl From<InvalidSignature> for Problem {
    fn from(_: InvalidSignature) -> Self {
        Self::new(ProblemCode::InvalidSignature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::hub_signature;
    use proptest::prelude::*;
    use serde_json::Value;

    fn vector(name: &str) -> Value {
        let path = format!(
            "{}/../../tests/fixtures/vectors/{name}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let text = std::fs::read(path).expect("the vector is there");
        serde_json::from_slice(&text).expect("JSON")
    }

    #[test]
    fn the_challenge_of_the_published_vector_is_answered_as_x_expects() {
        let vector = vector("x_crc_vector");
        let secret = vector["consumer_secret"].as_str().expect("a secret");
        let request = vector["request"].as_str().expect("a request");
        let (_, token) = request.split_once("crc_token=").expect("a token");
        assert_eq!(
            sign(token.as_bytes(), secret),
            vector["response"]["response_token"]
        );
    }

    #[test]
    fn the_signature_of_the_published_vector_holds_for_its_bytes_only() {
        let vector = vector("x_webhook_signature_vector");
        let text = |name: &str| vector[name].as_str().expect("text");
        let body = std::fs::read(format!(
            "{}/../../tests/fixtures/{}",
            env!("CARGO_MANIFEST_DIR"),
            text("body_file").replace("x/", "twitter/")
        ))
        .expect("the body is there");
        let (header, secret) = (text(HEADER), text("consumer_secret"));
        assert_eq!(verify(Some(header), &body, secret), Ok(()));
        let parsed: Value = serde_json::from_slice(&body).expect("JSON");
        let again = serde_json::to_vec(&parsed).expect("JSON");
        assert_eq!(
            verify(Some(header), &again, secret),
            Err(InvalidSignature),
            "only the bytes received are signed"
        );
    }

    #[test]
    fn malformed_headers_and_empty_secrets_prove_nothing() {
        let good = sign(b"body", "s");
        let cut = &good[..good.len() - 4];
        let unprefixed = good.trim_start_matches("sha256=");
        let metas = hub_signature::sign(b"body", "s");
        for header in [
            None,
            Some(""),
            Some("sha256="),
            Some("sha256=%"),
            Some(cut),
            Some(unprefixed),
            Some(metas.as_str()),
        ] {
            assert_eq!(
                verify(header, b"body", "s"),
                Err(InvalidSignature),
                "{header:?}"
            );
        }
        let empty = sign(b"body", "");
        assert_eq!(verify(Some(&empty), b"body", ""), Err(InvalidSignature));
        assert_eq!(verify(Some(&good), b"body", "s"), Ok(()));
    }

    proptest! {
        #[test]
        fn no_header_or_body_makes_it_panic_or_passes(header in ".*", raw in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(verify(Some(&header), &raw, "s"), Err(InvalidSignature));
        }

        #[test]
        fn a_changed_bit_is_refused(raw in proptest::collection::vec(any::<u8>(), 1..64), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let header = sign(&raw, "s");
            let mut changed = raw.clone();
            changed[at.index(raw.len())] ^= 1 << bit;
            prop_assert_eq!(verify(Some(&header), &changed, "s"), Err(InvalidSignature));
        }
    }
}
