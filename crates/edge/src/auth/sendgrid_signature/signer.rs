//! Signing as SendGrid does, for tests.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A key of SendGrid's.
#[derive(Debug)]
pub struct Signer(EcdsaKeyPair);

impl Signer {
    /// A new key.
    ///
    /// # Errors
    /// When the system gives no randomness. The same for the others.
    pub fn generate() -> Result<Self, Unspecified> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map(Self)
    }

    /// The public key as SendGrid shows it and our secret holds it. Errors as [`Signer::generate`].
    pub fn public_key(&self) -> Result<String, Unspecified> {
        Ok(STANDARD.encode(self.0.public_key().as_der()?.as_ref()))
    }

    /// The signature header's value for a body sent with this timestamp header. Errors as [`Signer::generate`].
    pub fn sign(&self, timestamp: &str, raw: &[u8]) -> Result<String, Unspecified> {
        let signed = [timestamp.as_bytes(), raw].concat();
        let signature = self.0.sign(&SystemRandom::new(), &signed)?;
        Ok(STANDARD.encode(signature))
    }
}
