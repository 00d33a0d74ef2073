//! X's proof of origin: `x-twitter-webhooks-signature: sha256=<base64 HMAC-SHA256(consumer secret, raw body)>`,
//! and the answer to its challenge. Source: X API, webhooks, "Securing webhooks".

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::hub_signature::InvalidSignature;

/// Name of the header, lower case.
pub const HEADER: &str = "x-twitter-webhooks-signature";

/// Whether `secret` signed exactly these bytes, in constant time; an empty secret proves nothing.
///
/// # Errors
/// [`InvalidSignature`]: refuse with 401 after the secret has been re-read once.
pub fn verify(header: Option<&str>, raw: &[u8], secret: &str) -> Result<(), InvalidSignature> {
    let given = header
        .and_then(|header| header.trim().strip_prefix("sha256="))
        .and_then(|digits| BASE64_STANDARD.decode(digits).ok())
        .ok_or(InvalidSignature)?;
    let proven = mac(secret, raw).ct_eq(&given);
    if !secret.is_empty() && bool::from(proven) {
        Ok(())
    } else {
        Err(InvalidSignature)
    }
}

/// The header's value for these bytes, and the `response_token` for a `crc_token`: both are made alike.
pub fn sign(raw: &[u8], secret: &str) -> String {
    format!("sha256={}", BASE64_STANDARD.encode(mac(secret, raw)))
}

fn mac(secret: &str, raw: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map(|mac| mac.chain_update(raw).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::*;

    fn read(name: &str) -> Vec<u8> {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
        std::fs::read(tests.join(name)).expect("the fixture")
    }

    fn vector(name: &str) -> Value {
        serde_json::from_slice(&read(name)).expect("JSON")
    }

    #[test]
    fn the_challenge_of_the_vector_is_answered_as_x_expects() {
        let vector = vector("vectors/x_crc_vector.json");
        let secret = vector["consumer_secret"].as_str().expect("a secret");
        let answer = sign(b"challenge_string", secret);
        assert_eq!(vector["response"]["response_token"], answer);
    }

    #[test]
    fn the_signature_of_the_vector_is_accepted_over_its_bytes_and_no_others() {
        let vector = vector("vectors/x_webhook_signature_vector.json");
        let secret = vector["consumer_secret"].as_str().expect("a secret");
        let header = vector[HEADER].as_str();
        let mut raw = read("twitter/aaa_dm_text.json");
        assert_eq!(verify(header, &raw, secret), Ok(()));
        raw.push(b' ');
        assert_eq!(verify(header, &raw, secret), Err(InvalidSignature));
    }

    #[test]
    fn what_proves_nothing_is_refused() {
        let good = sign(b"body", "secret");
        let unprefixed = good.trim_start_matches("sha256=");
        let of_nothing = sign(b"body", "");
        for (header, secret) in [
            (None, "secret"),
            (Some(""), "secret"),
            (Some(unprefixed), "secret"),
            (Some("sha256="), "secret"),
            (Some("sha256=!!"), "secret"),
            (Some(good.as_str()), "other"),
            (Some(of_nothing.as_str()), ""),
        ] {
            assert_eq!(verify(header, b"body", secret), Err(InvalidSignature));
        }
    }
}
