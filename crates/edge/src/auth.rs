//! Who is calling: proofs of origin and tokens. One file per kind of proof.

pub mod access_token;
pub mod basic;
pub mod hub_signature;
mod jwks;
pub mod reply_token;
pub mod sendgrid_signature;
pub mod standard_webhooks;
pub mod status_token;
pub mod x_signature;

use http::HeaderMap;
use http::header::AUTHORIZATION;

/// The token of `Authorization: Bearer <token>` (RFC 6750), or `None` if the header is absent, given more than once,
/// of another scheme or empty.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let only = values.next().filter(|_| values.next().is_none())?;
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains(' '))
        .then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(
                AUTHORIZATION,
                HeaderValue::from_str(value).expect("a header"),
            );
        }
        headers
    }

    #[test]
    fn a_bearer_token_is_read_whatever_the_case_of_the_scheme() {
        assert_eq!(bearer(&headers(&["Bearer abc"])), Some("abc"));
        assert_eq!(bearer(&headers(&["bearer  abc "])), Some("abc"));
    }

    #[test]
    fn anything_else_is_no_token() {
        for values in [
            &[][..],
            &["Basic abc"],
            &["Bearer "],
            &["Bearer"],
            &["Bearer a b"],
            &["Bearer a", "Bearer b"],
        ] {
            assert_eq!(bearer(&headers(values)), None, "{values:?}");
        }
    }
}
