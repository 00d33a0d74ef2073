//! SendGrid's proof: ECDSA P-256 with SHA-256 over the timestamp header's bytes and the raw body. Inbound Parse and
//! the Event Webhook use the same headers with different keys. Source: twilio.com/docs/sendgrid, "Securing your
//! Parse Webhooks" and "Getting Started with the Event Webhook Security Features". Neither names how old a
//! timestamp may be, and a mail is tried for three days, so none is too old: what is stored is stored once.

use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;

use crate::{Problem, ProblemCode};

mod signer;

pub use signer::Signer;

/// Base64 of the DER signature.
pub const SIGNATURE_HEADER: &str = "x-twilio-email-event-webhook-signature";
/// What is signed before the body.
pub const TIMESTAMP_HEADER: &str = "x-twilio-email-event-webhook-timestamp";

/// Why a body is not proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// A header is absent, given more than once or malformed, or the signature was made with another key or for
    /// other bytes: refuse with 401 after the secret has been re-read once.
    #[error("the signature does not prove that SendGrid is the sender")]
    InvalidSignature,
    /// The key in our secret is none: ours to mend, so 503.
    #[error("the public key in the secret is not the base64 of a P-256 SubjectPublicKeyInfo")]
    UnusableKey,
}

/// Whether the owner of `public_key`, base64 of a DER SubjectPublicKeyInfo as SendGrid shows it, signed exactly these
/// bytes. They are hashed where they are, without a copy.
///
/// # Errors
/// [`Unproven`] says whose fault it is.
pub fn verify(headers: &HeaderMap, raw: &[u8], public_key: &str) -> Result<(), Unproven> {
    let key = STANDARD
        .decode(public_key.trim())
        .ok()
        .and_then(|der| ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, der).ok())
        .ok_or(Unproven::UnusableKey)?;
    let signature = only(headers, SIGNATURE_HEADER)
        .and_then(|text| STANDARD.decode(text.trim_ascii()).ok())
        .ok_or(Unproven::InvalidSignature)?;
    let timestamp = only(headers, TIMESTAMP_HEADER).ok_or(Unproven::InvalidSignature)?;
    let mut digest = Context::new(&SHA256);
    digest.update(timestamp);
    digest.update(raw);
    key.verify_digest_sig(&digest.finish(), &signature)
        .map_err(|_| Unproven::InvalidSignature)
}

fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h [u8]> {
    let mut values = headers.get_all(name).iter();
    let only = values.next().filter(|_| values.next().is_none())?;
    (!only.is_empty()).then_some(only.as_bytes())
}

impl From<Unproven> for Problem {
    fn from(error: Unproven) -> Self {
        match error {
            Unproven::InvalidSignature => Self::new(ProblemCode::InvalidSignature),
            Unproven::UnusableKey => Self::new(ProblemCode::TemporarilyUnavailable),
        }
    }
}

#[cfg(test)]
mod tests;
