//! Reading the fields of a platform's JSON.

use serde_json::Value;

use crate::content::start_chars;

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

/// The start of a string, or a whole number as its digits: for details, which are shown and never compared.
pub(super) fn start(value: Option<&Value>, max_chars: usize) -> Option<String> {
    match value?.as_str() {
        Some(told) => (!told.is_empty()).then(|| start_chars(told, max_chars).to_owned()),
        None => text(value),
    }
}

/// Whether the value is `true`.
pub(super) fn is_true(value: Option<&Value>) -> bool {
    value.and_then(Value::as_bool) == Some(true)
}
