//! The user pool's public keys: cached, fetched by one caller at once and, for an unknown key id, at a bounded rate.

use std::collections::HashMap;
use std::time::Duration;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, JwkSet, KeyAlgorithm, PublicKeyUse};

use crate::aws::Aws;
use crate::cached::{Cached, Lifetimes};

const FRESH_S: i64 = 3600;
/// Keys this old still prove tokens while Cognito cannot be asked.
const STALE_S: i64 = 24 * 3600;
const REST_S: i64 = 2;
/// A token may name any key id; this bounds how often one makes us ask.
const UNKNOWN_KEY_S: i64 = 30;
const TOTAL: Duration = Duration::from_secs(3);

/// RSA keys by key id.
type Keys = HashMap<String, DecodingKey>;

/// The keys cannot be fetched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unreachable;

/// The key set at one URL.
pub(super) struct Jwks {
    url: String,
    aws: Aws,
    keys: Cached<Keys, Unreachable>,
}

impl Jwks {
    pub(super) fn new(url: String, aws: Aws) -> Self {
        Self {
            url,
            aws,
            keys: Cached::new(Lifetimes {
                fresh_s: FRESH_S,
                stale_s: STALE_S,
                rest_s: REST_S,
            }),
        }
    }

    /// The key with this id; `None` if the pool has no such key, as far as may be asked.
    pub(super) async fn find(
        &self,
        kid: &str,
        now: i64,
    ) -> Result<Option<DecodingKey>, Unreachable> {
        let keys = self.keys.get(now, || self.fetch()).await?;
        if let Some(key) = keys.get(kid) {
            return Ok(Some(key.clone()));
        }
        // A failed reload leaves the cached keys, and they do not know this one.
        let keys = self.keys.reload(now, UNKNOWN_KEY_S, || self.fetch()).await;
        Ok(keys.ok().and_then(|keys| keys.get(kid).cloned()))
    }

    async fn fetch(&self) -> Result<Keys, Unreachable> {
        let set = self.download().await.map_err(|error| {
            tracing::warn!(error = %error.without_url(), "the signing keys cannot be fetched");
            Unreachable
        })?;
        Ok(set
            .keys
            .into_iter()
            .filter(|key| {
                matches!(
                    key.common.public_key_use,
                    None | Some(PublicKeyUse::Signature)
                )
            })
            .filter(|key| matches!(key.common.key_algorithm, None | Some(KeyAlgorithm::RS256)))
            .filter(|key| matches!(key.algorithm, AlgorithmParameters::RSA(_)))
            .filter_map(|key| {
                Some((
                    key.common.key_id.clone()?,
                    DecodingKey::from_jwk(&key).ok()?,
                ))
            })
            .collect())
    }

    async fn download(&self) -> Result<JwkSet, reqwest::Error> {
        self.aws
            .http()
            .get(&self.url)
            .timeout(TOTAL)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await
    }
}
