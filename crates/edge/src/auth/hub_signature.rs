//! Meta's proof of origin: `X-Hub-Signature-256: sha256=<hex HMAC-SHA256(app secret, raw body)>`.
//! Source: developers.facebook.com, Graph API webhooks, "Validating payloads".

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use crate::{Problem, ProblemCode};

/// Name of the header, lower case.
pub const HEADER: &str = "x-hub-signature-256";

/// The header is absent, malformed or made with none of our secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hub signature does not prove the sender")]
pub struct InvalidSignature;

/// Whether one of `secrets` signed exactly these bytes. Every secret is tried, in constant time; an empty one proves
/// nothing.
///
/// # Errors
/// [`InvalidSignature`]: refuse with 401 after the secret has been re-read once.
pub fn verify(
    header: Option<&str>,
    raw: &[u8],
    secrets: &[String],
) -> Result<(), InvalidSignature> {
    let given = header
        .and_then(|header| header.trim().strip_prefix("sha256="))
        .and_then(|digits| hex::decode(digits).ok())
        .ok_or(InvalidSignature)?;
    let mut proven = Choice::from(0);
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        proven |= mac(secret, raw).ct_eq(&given);
    }
    if bool::from(proven) {
        Ok(())
    } else {
        Err(InvalidSignature)
    }
}

/// The header's value for these bytes, as the platform would send it (for tests and the local stack).
pub fn sign(raw: &[u8], secret: &str) -> String {
    format!("sha256={}", hex::encode(mac(secret, raw)))
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
    use proptest::prelude::*;

    fn secrets(all: &[&str]) -> Vec<String> {
        all.iter().map(|&secret| secret.to_owned()).collect()
    }

    #[test]
    fn the_signature_of_rfc_4231_case_2_is_accepted() {
        let header = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let raw = b"what do ya want for nothing?";
        assert_eq!(verify(Some(header), raw, &secrets(&["Jefe"])), Ok(()));
        assert_eq!(sign(raw, "Jefe"), header);
    }

    #[test]
    fn any_secret_of_the_list_may_have_signed() {
        let header = sign(b"body", "old");
        assert_eq!(
            verify(Some(&header), b"body", &secrets(&["new", "old"])),
            Ok(())
        );
        assert_eq!(
            verify(Some(&header), b"body", &secrets(&["old", "new"])),
            Ok(())
        );
        assert_eq!(
            verify(Some(&header), b"body", &secrets(&["new"])),
            Err(InvalidSignature)
        );
    }

    #[test]
    fn an_empty_secret_or_no_secret_proves_nothing() {
        let header = sign(b"body", "");
        assert_eq!(
            verify(Some(&header), b"body", &secrets(&[""])),
            Err(InvalidSignature)
        );
        assert_eq!(verify(Some(&header), b"body", &[]), Err(InvalidSignature));
    }

    /// A body as Meta sends it, with escaped characters, and the signature made for it.
    #[test]
    fn a_body_with_escapes_is_proven_as_it_came() {
        let vectors = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/fixtures/vectors/meta_escaped_unicode_signed"
        );
        let body = std::fs::read(format!("{vectors}.body")).expect("the vector is there");
        let headers =
            std::fs::read_to_string(format!("{vectors}.headers")).expect("the vector is there");
        let of = |name: &str| {
            headers
                .lines()
                .find_map(|l| l.strip_prefix(name))
                .expect("the header is there")
        };
        let (signature, secret) = (of("X-Hub-Signature-256: "), of("X-Test-App-Secret: "));
        assert_eq!(
            verify(Some(signature), &body, &secrets(&["old", secret])),
            Ok(())
        );
        let parsed: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        let again = serde_json::to_vec(&parsed).expect("JSON");
        assert_ne!(
            verify(Some(signature), &again, &secrets(&[secret])),
            Ok(()),
            "only the bytes received are signed"
        );
    }

    #[test]
    fn malformed_headers_are_refused() {
        let good = sign(b"body", "s");
        let cut = &good[..good.len() - 2];
        let sha1 = good.replace("sha256=", "sha1=");
        for header in [
            None,
            Some(""),
            Some("sha256="),
            Some("sha256=zz"),
            Some(cut),
            Some(sha1.as_str()),
        ] {
            assert_eq!(
                verify(header, b"body", &secrets(&["s"])),
                Err(InvalidSignature),
                "{header:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_header_or_body_makes_it_panic_or_passes(header in ".*", raw in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(verify(Some(&header), &raw, &secrets(&["s"])), Err(InvalidSignature));
        }

        #[test]
        fn a_changed_bit_is_refused(raw in proptest::collection::vec(any::<u8>(), 1..64), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let header = sign(&raw, "s");
            let mut changed = raw.clone();
            changed[at.index(raw.len())] ^= 1 << bit;
            prop_assert_eq!(verify(Some(&header), &changed, &secrets(&["s"])), Err(InvalidSignature));
        }
    }
}
