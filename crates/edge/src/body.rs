//! Request bodies: read up to a cap, parsed strictly, every refusal naming the field.

use axum::body::{Body, HttpBody as _};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use crate::{Problem, ProblemCode};

/// The most a call of the API takes, in bytes: 256 KiB.
pub const API_BODY_CAP: usize = 256 * 1024;

/// Longest piece of the client's own wording, such as an unknown field's name, that an answer repeats.
const ECHO_CAP: usize = 80;

/// A JSON body of at most [`API_BODY_CAP`] bytes. A content type, where given, must be JSON (else 415).
#[derive(Debug, Clone, Copy)]
pub struct StrictJson<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for StrictJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if !may_be_json(request.headers()) {
            return Err(
                Problem::new(ProblemCode::UnsupportedMediaType).detail("Send application/json.")
            );
        }
        let bytes = read_capped(request.into_body(), API_BODY_CAP).await?;
        strict_json(&bytes).map(Self)
    }
}

/// Reads a whole body of at most `cap_bytes` bytes.
///
/// # Errors
/// `body-too-large` beyond the cap, before more than that is held; `invalid-body` if it breaks off.
pub async fn read_capped(body: Body, cap_bytes: usize) -> Result<Bytes, Problem> {
    let too_large = || {
        Problem::new(ProblemCode::BodyTooLarge)
            .detail(format!("The body may have at most {cap_bytes} bytes."))
    };
    if usize::try_from(body.size_hint().lower()).map_or(true, |lower| lower > cap_bytes) {
        return Err(too_large());
    }
    match Limited::new(body, cap_bytes).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(_) => Err(Problem::new(ProblemCode::InvalidBody).detail("The body broke off.")),
    }
}

/// Parses a JSON object into `T`, whose types deny unknown fields. At most 128 levels deep (the limit of serde_json).
///
/// # Errors
/// `invalid-body` (400) for what is empty, not UTF-8, no JSON or not the right kind as a whole; `unknown-field` (400)
/// and `invalid-field` (422) with the JSON pointer of the field. No value is repeated.
pub fn strict_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let unreadable = |why: String| Problem::new(ProblemCode::InvalidBody).detail(why);
    if bytes.is_empty() {
        return Err(unreadable("The body is empty; send JSON.".to_owned()));
    }
    let text =
        std::str::from_utf8(bytes).map_err(|_| unreadable("The body is not UTF-8.".to_owned()))?;
    // serde would also fill a struct from an array, by position.
    if !text.trim_ascii_start().starts_with('{') {
        return Err(unreadable("The body is not a JSON object.".to_owned()));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let inner = error.inner();
        match inner.classify() {
            Category::Data => wrong_data(error.path(), &inner.to_string()),
            Category::Syntax | Category::Eof | Category::Io => unreadable(format!(
                "The body is not valid JSON (line {}, column {}).",
                inner.line(),
                inner.column()
            )),
        }
    })?;
    json.end()
        .map_err(|_| unreadable("There is more after the JSON value.".to_owned()))?;
    Ok(value)
}

fn wrong_data(path: &Path, message: &str) -> Problem {
    let pointer = json_pointer(path);
    if message.starts_with("unknown field `") {
        return Problem::new(ProblemCode::UnknownField)
            .detail("The body has a field this call does not know.")
            .pointer(pointer, "unknown field");
    }
    // These two stop at the object around the field, whose name is ours.
    for (start, why) in [
        ("missing field `", "is required"),
        ("duplicate field `", "is given twice"),
    ] {
        let rest = message.strip_prefix(start);
        if let Some((name, _)) = rest.and_then(|rest| rest.split_once('`')) {
            return Problem::new(ProblemCode::InvalidField)
                .pointer(format!("{pointer}/{}", token(name)), why);
        }
    }
    let why = without_value(message);
    if pointer.is_empty() {
        return Problem::new(ProblemCode::InvalidBody).detail(why);
    }
    Problem::new(ProblemCode::InvalidField).pointer(pointer, why)
}

/// serde's message without the value it quotes (`invalid type: string "…", expected u32`) and without its position.
fn without_value(message: &str) -> String {
    let message = match message.rfind(" at line ") {
        Some(at) => &message[..at],
        None => message,
    };
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => message.to_owned(),
    }
}

fn json_pointer(path: &Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", token(key))),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// A reference token of RFC 6901, cut to a length that may be repeated.
fn token(name: &str) -> String {
    let short: String = name.chars().take(ECHO_CAP).collect();
    short.replace('~', "~0").replace('/', "~1")
}

fn may_be_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return true;
    };
    value.to_str().is_ok_and(|value| {
        let essence = value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        essence == "application/json"
            || (essence.starts_with("application/") && essence.ends_with("+json"))
    })
}

#[cfg(test)]
mod tests;
