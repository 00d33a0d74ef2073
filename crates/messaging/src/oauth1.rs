//! Signing requests as a user of X: OAuth 1.0a with HMAC-SHA1 (RFC 5849, 3.4.2; X API, "Creating a signature").
//! A JSON body is not signed.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;
use sha1::Sha1;

use crate::credentials::TwitterAccount;

/// Everything but the unreserved characters (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The value of `Authorization` for one request; none where there is no randomness.
pub(crate) fn authorization(method: &str, url: &Url, account: &TwitterAccount) -> Option<String> {
    let mut nonce = [0_u8; 16];
    getrandom::fill(&mut nonce).ok()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(signed(
        method,
        url,
        account,
        &hex::encode(nonce),
        now.as_secs(),
    ))
}

fn signed(method: &str, url: &Url, account: &TwitterAccount, nonce: &str, now_s: u64) -> String {
    let now = now_s.to_string();
    let parameters = [
        ("oauth_consumer_key", account.consumer_key.as_str()),
        ("oauth_nonce", nonce),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", now.as_str()),
        ("oauth_token", account.access_token.as_str()),
        ("oauth_version", "1.0"),
    ];
    let signature = signature(method, url, &parameters, account);
    let header: Vec<String> = parameters
        .into_iter()
        .chain([("oauth_signature", signature.as_str())])
        .map(|(name, value)| format!("{name}=\"{}\"", encoded(value)))
        .collect();
    format!("OAuth {}", header.join(", "))
}

fn signature(
    method: &str,
    url: &Url,
    parameters: &[(&str, &str)],
    account: &TwitterAccount,
) -> String {
    let key = format!(
        "{}&{}",
        encoded(account.consumer_secret.reveal()),
        encoded(account.access_token_secret.reveal())
    );
    let base = base_string(method, url, parameters);
    Hmac::<Sha1>::new_from_slice(key.as_bytes())
        .map(|mac| BASE64_STANDARD.encode(mac.chain_update(base).finalize().into_bytes()))
        .unwrap_or_default()
}

/// Method, address without its query, and all parameters in order (RFC 5849, 3.4.1).
fn base_string(method: &str, url: &Url, parameters: &[(&str, &str)]) -> String {
    let query = url.query_pairs().into_owned();
    let mut all: Vec<(String, String)> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .chain(query)
        .map(|(name, value)| (encoded(&name), encoded(&value)))
        .collect();
    all.sort();
    let all: Vec<String> = all
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut bare = url.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    format!(
        "{method}&{}&{}",
        encoded(bare.as_str()),
        encoded(&all.join("&"))
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::*;
    use crate::credentials::Secret;

    fn vectors() -> Value {
        let path = "../../tests/fixtures/vectors/x_oauth1_signature.json";
        let file = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
        serde_json::from_slice(&file.expect("the vectors")).expect("JSON")
    }

    #[test]
    fn both_vectors_are_signed_as_x_signs_them() {
        let vectors = vectors();
        let example = &vectors["doc_example"];
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let account = TwitterAccount {
            consumer_key: text(&example["params"]["oauth_consumer_key"]),
            consumer_secret: Secret::new(text(&example["consumer_secret"])),
            access_token: text(&example["params"]["oauth_token"]),
            access_token_secret: Secret::new(text(&example["token_secret"])),
        };
        for (vector, parameters) in [
            (example, &example["params"]),
            (
                &vectors["dm_send_json_body"],
                &vectors["dm_send_json_body"]["oauth_params"],
            ),
        ] {
            let mut url = Url::parse(&text(&vector["url"])).expect("an address");
            let mut oauth = Vec::new();
            for (name, value) in parameters.as_object().expect("parameters") {
                let value = value.as_str().expect("a text");
                if name.starts_with("oauth_") {
                    oauth.push((name.as_str(), value));
                } else {
                    url.query_pairs_mut().append_pair(name, value);
                }
            }
            assert_eq!(
                text(&vector["base_string"]),
                base_string("POST", &url, &oauth)
            );
            let signature = signature("POST", &url, &oauth, &account);
            assert_eq!(text(&vector["oauth_signature"]), signature);
            let nonce = text(&parameters["oauth_nonce"]);
            let header = signed("POST", &url, &account, &nonce, 1_318_622_958);
            assert!(header.ends_with(&format!("oauth_signature=\"{}\"", encoded(&signature))));
        }
    }
}
