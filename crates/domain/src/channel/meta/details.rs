//! The platform's details of an entry, cut to what an entry can carry.

use serde_json::{Map, Value};

use crate::channel::fields::{at, text};
use crate::content::{start_bytes, start_chars};

/// Longest text kept, in characters.
const MAX_TEXT_CHARS: usize = 300;
/// Longest payload kept, in characters; the platforms allow 1,000.
const MAX_PAYLOAD_CHARS: usize = 1000;
/// Longest address kept, in bytes.
const MAX_URL_BYTES: usize = 2000;

/// A text or a number, as an agent may read it: trimmed, cut, never empty.
pub(super) fn words(value: Option<&Value>) -> Option<String> {
    let told = match value? {
        Value::String(told) => start_chars(told.trim(), MAX_TEXT_CHARS).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!told.is_empty()).then_some(told)
}

/// An address, cut, never empty.
pub(super) fn link(value: Option<&Value>) -> Option<String> {
    let told = value?.as_str()?.trim();
    (!told.is_empty()).then(|| start_bytes(told, MAX_URL_BYTES).to_owned())
}

/// What a button or a link carries: as it is, cut, never empty.
pub(super) fn payload(value: Option<&Value>) -> Option<String> {
    let told = value?.as_str()?;
    (!told.is_empty()).then(|| start_chars(told, MAX_PAYLOAD_CHARS).to_owned())
}

/// Where the payload of an attachment says it is, or else the attachment; whole, never empty.
pub(super) fn address(attachment: &Value) -> Option<&str> {
    let paths: [&[&str]; 3] = [
        &["payload", "url"],
        &["payload", "story_media_url"],
        &["url"],
    ];
    let told = paths
        .iter()
        .filter_map(|path| at(attachment, path)?.as_str());
    told.map(str::trim).find(|url| !url.is_empty())
}

/// Those of the fields that are told.
pub(super) fn told<const N: usize>(fields: [(&str, Option<String>); N]) -> Map<String, Value> {
    let is_told = |(key, value): (&str, Option<String>)| Some((key.into(), Value::String(value?)));
    fields.into_iter().filter_map(is_told).collect()
}

/// Adds a part, if anything is told in it.
pub(super) fn add(data: &mut Map<String, Value>, key: &str, part: Map<String, Value>) {
    if !part.is_empty() {
        data.insert(key.into(), Value::Object(part));
    }
}

/// Where somebody came from: a link, an ad, a product.
pub(super) fn referral(referral: Option<&Value>) -> Map<String, Value> {
    let Some(referral) = referral else {
        return Map::new();
    };
    let of = |field: &str| words(referral.get(field));
    let ad = |field: &str| at(referral, &["ads_context_data", field]);
    let product = text(at(referral, &["product", "id"]));
    told([
        ("ref", of("ref")),
        ("source", of("source")),
        ("type", of("type")),
        ("ad_id", of("ad_id")),
        ("referer_uri", link(referral.get("referer_uri"))),
        ("ad_title", words(ad("ad_title"))),
        ("photo_url", link(ad("photo_url"))),
        ("video_url", link(ad("video_url"))),
        ("post_id", words(ad("post_id"))),
        ("product_id", product.or_else(|| words(ad("product_id")))),
    ])
}

/// What an agent reads of where somebody came from.
pub(super) fn origin(referral: &Map<String, Value>) -> String {
    let of = |field: &str| referral.get(field).and_then(Value::as_str);
    let what = if of("ad_id").is_some() {
        "Came from an ad"
    } else if of("product_id").is_some() {
        "Came from a product"
    } else {
        "Came through a link"
    };
    let fields = ["ad_title", "ref", "ad_id", "product_id", "referer_uri"];
    let said: Vec<&str> = fields.into_iter().filter_map(of).collect();
    let said = match said.is_empty() {
        true => what.to_owned(),
        false => format!("{what}: {}", said.join(", ")),
    };
    match of("source") {
        Some(source) => format!("{said} ({source})"),
        None => said,
    }
}
