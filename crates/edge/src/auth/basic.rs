//! HTTP Basic (RFC 7617): user and password that stand in the address which a platform posts to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::secrets::BasicAuth;
use crate::{Problem, ProblemCode};

/// The header is absent, given more than once, malformed, or names another user or password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("user and password do not prove the sender")]
pub struct InvalidCredentials;

/// Whether the request brings exactly this user and password. They are compared by their digests, in
/// constant time whatever their lengths.
///
/// # Errors
/// [`InvalidCredentials`]: refuse with 401 after the secret has been re-read once.
pub fn verify(headers: &HeaderMap, expected: &BasicAuth) -> Result<(), InvalidCredentials> {
    let given = given(headers).ok_or(InvalidCredentials)?;
    let expected = format!("{}:{}", expected.username, expected.password);
    let same = Sha256::digest(&given).ct_eq(&Sha256::digest(expected.as_bytes()));
    if bool::from(same) {
        Ok(())
    } else {
        Err(InvalidCredentials)
    }
}

/// The header's value for these credentials, as a platform would send it (for tests and the local stack).
pub fn header(username: &str, password: &str) -> String {
    format!(
        "Basic {}",
        STANDARD.encode(format!("{username}:{password}"))
    )
}

fn given(headers: &HeaderMap) -> Option<Vec<u8>> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let only = values.next().filter(|_| values.next().is_none())?;
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    STANDARD.decode(token.trim()).ok()
}

impl From<InvalidCredentials> for Problem {
    fn from(_: InvalidCredentials) -> Self {
        Self::new(ProblemCode::InvalidSignature).detail("User or password is not right.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    fn ours() -> BasicAuth {
        BasicAuth::try_from("user:pa:ss".to_owned()).expect("credentials")
    }

    fn with(values: &[&str]) -> HeaderMap {
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
    fn the_right_user_and_password_prove_whatever_the_case_of_the_scheme() {
        let good = header("user", "pa:ss");
        assert_eq!(good, "Basic dXNlcjpwYTpzcw==");
        for value in [good.clone(), good.replace("Basic", "BASIC")] {
            assert_eq!(verify(&with(&[&value]), &ours()), Ok(()));
        }
    }

    #[test]
    fn anything_else_proves_nothing() {
        let good = header("user", "pa:ss");
        let (other_user, other_password) = (header("users", "pa:ss"), header("user", "pa:s"));
        let (empty, shifted) = (header("", ""), header("user:pa", "ss."));
        let good = good.as_str();
        for values in [
            &[][..],
            &[good, good],
            &[&other_user],
            &[&other_password],
            &[&empty],
            &[&shifted],
            &["Basic"],
            &["Basic "],
            &["Basic %%%"],
            &["Basic user:pa:ss"],
            &["Bearer dXNlcjpwYTpzcw=="],
            &["dXNlcjpwYTpzcw=="],
        ] {
            assert_eq!(
                verify(&with(values), &ours()),
                Err(InvalidCredentials),
                "{values:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic_or_passes(value in "[ -~]{0,60}") {
            prop_assert_eq!(verify(&with(&[&value]), &ours()), Err(InvalidCredentials));
        }
    }
}
