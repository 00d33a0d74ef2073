//! The platform's ids and details of a message, bounded.

use serde_json::{Map, Value, json};

use super::people::Person;
use crate::channel::fields::{at, detail, details, is_set, keep, list, text};

/// Errors kept of a message that WhatsApp could not pass on.
const MAX_ERRORS: usize = 5;

/// The details of any message.
pub(super) fn of(item: &Value, id: &str, person: &Person<'_>) -> Map<String, Value> {
    let mut data = Map::new();
    keep(&mut data, "wamid", Some(id.to_owned()));
    keep(&mut data, "user_id", person.user_id.clone());
    keep(&mut data, "username", person.username());
    keep(&mut data, "group_id", text(item.get("group_id")));
    for flag in ["forwarded", "frequently_forwarded"] {
        if item
            .get("context")
            .is_some_and(|context| is_set(context, flag))
        {
            data.insert(flag.into(), Value::Bool(true));
        }
    }
    let product = ["catalog_id", "product_retailer_id"];
    let referral = [
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
    ];
    for (name, value) in [
        (
            "referred_product",
            details(at(item, &["context", "referred_product"]), &product),
        ),
        ("referral", details(item.get("referral"), &referral)),
    ] {
        if let Some(value) = value {
            data.insert(name.into(), value);
        }
    }
    let errors: Vec<Value> = list(item.get("errors"))
        .iter()
        .take(MAX_ERRORS)
        .map(error)
        .collect();
    if !errors.is_empty() {
        data.insert("errors".into(), Value::Array(errors));
    }
    data
}

fn error(error: &Value) -> Value {
    json!({
        "code": detail(error.get("code")),
        "title": detail(error.get("title")),
        "details": detail(at(error, &["error_data", "details"])),
    })
}
