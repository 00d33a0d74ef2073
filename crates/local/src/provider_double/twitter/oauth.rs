//! Whether a call is signed as our user's: OAuth 1.0a with HMAC-SHA1 (RFC 5849, 3.4), recomputed.
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderMap, Method, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::Url;
use sha1::Sha1;

use crate::sandbox::clock::now_ms;

const CONSUMER_KEY: &str = "dev-twitter-consumer-key";
const TOKEN: &str = "dev-twitter-token";
/// Both secrets, joined as the key.
const KEY: &str = "dev-twitter-consumer-secret&dev-twitter-token-secret";
/// X refuses what was signed longer ago.
const LONGEST_AGO_S: u64 = 300;
/// Everything but the unreserved characters (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn is_signed(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    proven(method, uri, headers).unwrap_or(false)
}

fn proven(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<bool> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let mut given: BTreeMap<String, String> = header
        .strip_prefix("OAuth ")?
        .split(", ")
        .map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let value = value.strip_prefix('"')?.strip_suffix('"')?;
            let value = percent_decode_str(value).decode_utf8().ok()?;
            Some((name.to_owned(), value.into_owned()))
        })
        .collect::<Option<_>>()?;
    let signature = given.remove("oauth_signature")?;
    let is = |name: &str, value: &str| given.get(name).is_some_and(|given| given == value);
    let signed_at: u64 = given.get("oauth_timestamp")?.parse().ok()?;
    let is_ours = is("oauth_consumer_key", CONSUMER_KEY)
        && is("oauth_token", TOKEN)
        && is("oauth_signature_method", "HMAC-SHA1")
        && is("oauth_version", "1.0")
        && given
            .get("oauth_nonce")
            .is_some_and(|nonce| nonce.len() >= 16)
        && (now_ms() / 1_000).abs_diff(signed_at) <= LONGEST_AGO_S;
    let host = headers.get(HOST)?.to_str().ok()?;
    let url = Url::parse(&format!("http://{host}{uri}")).ok()?;
    given.extend(url.query_pairs().into_owned());
    Some(is_ours && signature == signed(method, &url, &given))
}

/// The signature over parameters with distinct names.
fn signed(method: &Method, url: &Url, parameters: &BTreeMap<String, String>) -> String {
    let mut bare = url.clone();
    bare.set_query(None);
    let all: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    let base = format!(
        "{method}&{}&{}",
        encoded(bare.as_str()),
        encoded(&all.join("&"))
    );
    Hmac::<Sha1>::new_from_slice(KEY.as_bytes())
        .map(|mac| STANDARD.encode(mac.chain_update(base).finalize().into_bytes()))
        .unwrap_or_default()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}
