//! Reading the fields of a platform's JSON.

use serde_json::{Map, Value};

use crate::content::start_bytes;

/// Longest platform id taken, in bytes; real ones are under 200.
const MAX_ID_BYTES: usize = 1024;

/// The value that the fields lead to. Unlike a JSON pointer, the path is not copied to be read.
pub(super) fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, field| value.get(field))
}

/// A string, or a whole number as its digits.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(s) if !s.is_empty() && s.len() <= MAX_ID_BYTES => Some(s.clone()),
        Value::Number(n) if n.is_u64() || n.is_i64() => Some(n.to_string()),
        Value::String(_)
        | Value::Number(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Array(_)
        | Value::Object(_) => None,
    }
}

/// The values of a list; none of anything else.
pub(super) fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Longest detail kept of a platform's, in bytes.
const MAX_DETAIL_BYTES: usize = 2_000;

/// A string or number as text, cut to what is kept of a detail; none when it is blank.
pub(super) fn detail(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(s) if !s.trim().is_empty() => {
            Some(start_bytes(s, MAX_DETAIL_BYTES).to_owned())
        }
        Value::Number(n) => Some(n.to_string()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

/// A text of any length, if it says something.
pub(super) fn words(value: Option<&Value>) -> Option<&str> {
    value?.as_str().filter(|words| !words.trim().is_empty())
}

/// Whether a flag is set.
pub(super) fn is_set(value: &Value, flag: &str) -> bool {
    value.get(flag).and_then(Value::as_bool) == Some(true)
}

/// The named fields of an object, as [`detail`]s; none when it has none of them.
pub(super) fn details(value: Option<&Value>, names: &[&str]) -> Option<Value> {
    let value = value?;
    let kept: Map<String, Value> = names
        .iter()
        .filter_map(|name| {
            let text = detail(value.get(name))?;
            Some(((*name).to_owned(), Value::String(text)))
        })
        .collect();
    (!kept.is_empty()).then_some(Value::Object(kept))
}

/// Keeps a text under a name, if there is one.
pub(super) fn keep(data: &mut Map<String, Value>, name: &str, text: Option<String>) {
    if let Some(text) = text {
        data.insert(name.to_owned(), Value::String(text));
    }
}
