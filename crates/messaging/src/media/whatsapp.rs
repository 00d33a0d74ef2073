//! WhatsApp's files: an id leads to an address that is good for five minutes, and a digest proves the bytes
//! (Cloud API reference, media).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Url;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tributary_domain::ports::FetchError;
use tributary_domain::{AccountId, Channel};

use super::download::{Auth, Failure};
use super::{Media, Refused, WHATSAPP_CAP, not_now};
use crate::credentials::Credentials;

/// Answers about a file have some hundred bytes.
const ANSWER_CAP: usize = 64 * 1024;

/// What Meta says of a file.
#[derive(Debug, Deserialize)]
struct MediaBody {
    url: String,
    #[serde(default)]
    sha256: Option<String>,
}

impl Media {
    pub(super) async fn whatsapp_media(
        &self,
        account: &AccountId,
        id: &str,
        sha256: Option<&str>,
        credentials: &impl Credentials,
    ) -> Result<Vec<u8>, Refused> {
        match self.ask(account, id, sha256, credentials).await? {
            Err(Failure::TokenRefused) => {
                credentials.reread(Channel::WhatsApp).await;
                let again = self.ask(account, id, sha256, credentials).await?;
                Ok(again.map_err(Failure::plain)?)
            }
            first => Ok(first.map_err(Failure::plain)?),
        }
    }

    async fn ask(
        &self,
        account: &AccountId,
        id: &str,
        sha256: Option<&str>,
        credentials: &impl Credentials,
    ) -> Result<Result<Vec<u8>, Failure>, Refused> {
        let account = credentials.whatsapp(account).await?;
        let trusted = &self.origins.whatsapp;
        let mut url = trusted.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear()
                .extend([self.origins.graph_api_version.as_str(), id]);
        }
        url.query_pairs_mut()
            .append_pair("phone_number_id", &account.phone_number_id);
        let auth = Auth::Bearer(account.access_token);
        let get = |url, cap| {
            self.downloads
                .get(Channel::WhatsApp, trusted, url, &auth, cap)
        };
        let answer = match get(url, ANSWER_CAP).await {
            Ok(answer) => answer,
            Err(failure) => return Ok(Err(failure)),
        };
        let told: MediaBody =
            serde_json::from_slice(&answer).map_err(|_| not_now("an answer that is none"))?;
        let url = Url::parse(&told.url).map_err(|_| FetchError::Never("no address"))?;
        let bytes = match get(url, WHATSAPP_CAP).await {
            Ok(bytes) => bytes,
            Err(failure) => return Ok(Err(failure)),
        };
        let digest = Sha256::digest(&bytes);
        let proven = [sha256, told.sha256.as_deref()]
            .into_iter()
            .flatten()
            .all(|known| is_digest(known, &digest));
        if !proven {
            return Err(not_now("the bytes are not those that were sent").into());
        }
        Ok(Ok(bytes))
    }
}

/// Whether a text is this digest: in base64 as webhooks have it, or in hex as the API's samples do.
fn is_digest(text: &str, digest: &[u8]) -> bool {
    BASE64_STANDARD
        .decode(text)
        .is_ok_and(|bytes| bytes == digest)
        || hex::decode(text).is_ok_and(|bytes| bytes == digest)
}
