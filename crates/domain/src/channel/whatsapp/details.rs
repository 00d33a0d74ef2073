//! What is kept of a message beside its content: ids, and where it comes from.

use serde_json::{Map, Value};

use crate::channel::fields::{at, is_true, list, start, text};
use crate::channel::inbound::Author;
use crate::channel::whatsapp::people::Person;

/// Longest detail kept, in characters.
pub(super) const MAX_DETAIL_CHARS: usize = 1000;
/// Most errors kept of a message.
const MAX_ERRORS: usize = 5;
/// What is kept of the advertisement or post that a chat was opened from.
const REFERRAL: [&str; 11] = [
    "source_url",
    "source_id",
    "source_type",
    "headline",
    "body",
    "media_type",
    "image_url",
    "video_url",
    "thumbnail_url",
    "ctwa_clid",
    "ref",
];

/// The details of a message with this id.
pub(super) fn of(item: &Value, id: &str, person: &Person, author: Author) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("wamid".into(), Value::String(id.to_owned()));
    for (key, value) in [
        ("user_id", person.user_id.clone()),
        ("parent_user_id", person.parent_user_id.clone()),
        ("username", person.username.clone()),
        ("group_id", text(item.get("group_id"))),
        ("origin", start(item.get("origin"), MAX_DETAIL_CHARS)),
    ] {
        if let Some(value) = value {
            data.insert(key.into(), Value::String(value));
        }
    }
    if author == Author::Us {
        data.insert("external".into(), Value::Bool(true));
    }
    for flag in ["forwarded", "frequently_forwarded"] {
        if is_true(at(item, &["context", flag])) {
            data.insert(flag.into(), Value::Bool(true));
        }
    }
    for (key, value, fields) in [
        (
            "referred_product",
            at(item, &["context", "referred_product"]),
            &["catalog_id", "product_retailer_id"][..],
        ),
        ("referral", item.get("referral"), &REFERRAL[..]),
    ] {
        let kept = kept(value, fields);
        if !kept.is_empty() {
            data.insert(key.into(), Value::Object(kept));
        }
    }
    data
}

/// The start of each of these fields that is told.
pub(super) fn kept(value: Option<&Value>, fields: &[&str]) -> Map<String, Value> {
    fields
        .iter()
        .filter_map(|field| {
            let told = start(value.and_then(|v| v.get(field)), MAX_DETAIL_CHARS)?;
            Some(((*field).to_owned(), Value::String(told)))
        })
        .collect()
}

/// Why WhatsApp could not pass a message on: its own errors, else those told beside it.
pub(super) fn errors(item: &Value, beside: &Value) -> Vec<Value> {
    let own = list(item.get("errors"));
    let errors = if own.is_empty() {
        list(Some(beside))
    } else {
        own
    };
    errors.iter().take(MAX_ERRORS).map(error).collect()
}

fn error(error: &Value) -> Value {
    let mut kept = kept(Some(error), &["title", "details"]);
    if let Some(details) = start(at(error, &["error_data", "details"]), MAX_DETAIL_CHARS) {
        kept.insert("details".into(), Value::String(details));
    }
    if let Some(code) = error.get("code").and_then(Value::as_i64) {
        kept.insert("code".into(), Value::from(code));
    }
    Value::Object(kept)
}
