//! Entity tags: made, compared, and answered with (RFC 9110, 8.8.3 and 13.1).

use axum::Json;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tributary_edge::Problem;

use crate::failure::invalid_parameter;

/// The tag of a ticket: its version.
pub(crate) fn of_version(version: u64) -> String {
    format!("\"{version}\"")
}

/// The weak tag of a list: the same as long as what it shows is, whenever it was made.
pub(crate) fn of_content(content: &impl Serialize) -> String {
    // Views are structs of strings and numbers, which always serialise.
    let bytes = serde_json::to_vec(content).unwrap_or_default();
    let hash = BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..15]);
    format!("W/\"{hash}\"")
}

/// 304 when the client has this already, else `status` with the body; the tag either way.
pub(crate) fn answer(
    headers: &HeaderMap,
    status: StatusCode,
    tag: &str,
    body: impl Serialize,
) -> Response {
    let mut response = if has_already(headers, tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (status, Json(body)).into_response()
    };
    if let Ok(value) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(ETAG, value);
    }
    response
}

/// `body` with its tag, whatever the client has: for answers that changed something.
pub(crate) fn tagged(status: StatusCode, tag: &str, body: impl Serialize) -> Response {
    answer(&HeaderMap::new(), status, tag, body)
}

fn has_already(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let ours = opaque(tag);
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|theirs| theirs.trim() == "*" || opaque(theirs) == ours)
}

/// The version that `If-Match` names; none without the header or for `*`. A tag made weak by a proxy
/// counts: what is compared is the version and not the bytes.
///
/// # Errors
/// `invalid-parameter` for anything but one tag as we gave it out.
pub(crate) fn expected_version(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let mut values = headers.get_all(IF_MATCH).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let refused = || invalid_parameter("If-Match", "send the ETag of the ticket, or *");
    if values.next().is_some() {
        return Err(refused());
    }
    let text = value.to_str().map_err(|_| refused())?.trim();
    if text == "*" {
        return Ok(None);
    }
    let digits = text
        .strip_prefix("W/")
        .unwrap_or(text)
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    digits
        .and_then(|digits| digits.parse().ok())
        .map(Some)
        .ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: http::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).expect("a header"))])
    }

    #[test]
    fn a_client_that_has_the_tag_is_told_so_weak_or_strong_alone_or_among_others() {
        for given in ["\"3\"", "W/\"3\"", "\"1\", \"3\"", "*"] {
            assert!(has_already(&with(IF_NONE_MATCH, given), "\"3\""), "{given}");
        }
        for given in ["\"2\"", "3", "\"33\""] {
            assert!(
                !has_already(&with(IF_NONE_MATCH, given), "\"3\""),
                "{given}"
            );
        }
    }

    #[test]
    fn only_a_tag_of_ours_is_an_expected_version() {
        let version = |given| expected_version(&with(IF_MATCH, given)).map_err(|p| p.code());
        assert_eq!(version("\"12\""), Ok(Some(12)));
        assert_eq!(version("W/\"12\""), Ok(Some(12)));
        assert_eq!(version("*"), Ok(None));
        for bad in ["12", "\"\"", "\"x\"", "\"1\", \"2\"", "\"-1\"", "\"+1\""] {
            assert_eq!(
                version(bad),
                Err(tributary_edge::ProblemCode::InvalidParameter),
                "{bad}"
            );
        }
        assert_eq!(
            expected_version(&HeaderMap::new()).map_err(|p| p.code()),
            Ok(None)
        );
    }
}
