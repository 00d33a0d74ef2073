//! What proves that a post is SendGrid's: its signature once the secret holds the key, else user and password.

use http::HeaderMap;
use tributary_edge::auth::basic;
use tributary_edge::auth::sendgrid_signature::{self, Unproven};
use tributary_edge::secrets::{BasicAuth, SecretError, SecretKind, Secrets, SendGridSecret};
use tributary_edge::{Problem, ProblemCode};

use crate::answer::unavailable;

/// Which of SendGrid's webhooks; each signs with a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Post {
    /// Inbound Parse.
    Mail,
    /// The Event Webhook.
    Events,
}

/// Why a post is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotProven {
    /// Somebody else's, or changed on its way.
    #[error("nothing proves that SendGrid is the sender")]
    Forged,
    /// The secret is missing, says of no proof, or holds a key that is none: ours to mend.
    #[error("what proves SendGrid's posts is not at hand")]
    Unavailable,
}

/// What a post's headers came to, where its body is not at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// User and password are right: it is proven.
    ByBasic,
    /// The signature over the body has to prove it.
    ToBeSigned,
}

impl Admitted {
    /// How it stands beside a mail in the bucket.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ByBasic => "by-basic",
            Self::ToBeSigned => "to-be-signed",
        }
    }

    /// Reads it back; none for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::ByBasic, Self::ToBeSigned]
            .into_iter()
            .find(|admitted| admitted.as_str() == text)
    }
}

/// What the secret says is to prove a post.
enum Means<'s> {
    Signature(&'s str),
    Basic(&'s BasicAuth),
}

impl Post {
    /// None when the secret holds neither key nor password, in which case nothing is taken.
    fn means(self, secret: &SendGridSecret) -> Option<Means<'_>> {
        let key = match self {
            Self::Mail => &secret.inbound_public_key,
            Self::Events => &secret.events_public_key,
        };
        let basic = || secret.basic_auth.as_ref().map(Means::Basic);
        key.as_deref().map(Means::Signature).or_else(basic)
    }
}

/// Proves a post by what the secret says.
///
/// # Errors
/// [`NotProven`], after the secret has been read again once.
pub(crate) async fn prove(
    secrets: &Secrets,
    post: Post,
    headers: &HeaderMap,
    raw: &[u8],
) -> Result<(), NotProven> {
    twice(secrets, |secret| match post.means(secret) {
        Some(Means::Signature(key)) => signed(headers, raw, key),
        Some(Means::Basic(expected)) => by_basic(headers, expected),
        None => Err(NotProven::Unavailable),
    })
    .await
}

/// Proves a mail that was [`Admitted::ToBeSigned`]: without a key it waits for one, whatever else the secret says.
///
/// # Errors
/// [`NotProven`], after the secret has been read again once.
pub(crate) async fn prove_signature(
    secrets: &Secrets,
    headers: &HeaderMap,
    raw: &[u8],
) -> Result<(), NotProven> {
    twice(secrets, |secret| match &secret.inbound_public_key {
        Some(key) => signed(headers, raw, key),
        None => Err(NotProven::Unavailable),
    })
    .await
}

/// Whether a mail with these headers is let in, before anybody has its body.
///
/// # Errors
/// [`NotProven`], after the secret has been read again once.
pub(crate) async fn admit(secrets: &Secrets, headers: &HeaderMap) -> Result<Admitted, NotProven> {
    twice(secrets, |secret| match Post::Mail.means(secret) {
        Some(Means::Signature(_)) => Ok(Admitted::ToBeSigned),
        Some(Means::Basic(expected)) => by_basic(headers, expected).map(|()| Admitted::ByBasic),
        None => Err(NotProven::Unavailable),
    })
    .await
}

fn signed(headers: &HeaderMap, raw: &[u8], key: &str) -> Result<(), NotProven> {
    match sendgrid_signature::verify(headers, raw, key) {
        Ok(()) => Ok(()),
        Err(Unproven::InvalidSignature) => Err(NotProven::Forged),
        Err(error @ Unproven::UnusableKey) => {
            tracing::error!(error = &error as &dyn std::error::Error, "no mail is taken");
            Err(NotProven::Unavailable)
        }
    }
}

fn by_basic(headers: &HeaderMap, expected: &BasicAuth) -> Result<(), NotProven> {
    basic::verify(headers, expected).map_err(|basic::InvalidCredentials| NotProven::Forged)
}

/// Checks against the secret, and once more if it fails and the secret has changed.
async fn twice<T>(
    secrets: &Secrets,
    check: impl Fn(&SendGridSecret) -> Result<T, NotProven>,
) -> Result<T, NotProven> {
    let first = match check(&*secrets.sendgrid().await?) {
        Ok(proven) => return Ok(proven),
        Err(error) => error,
    };
    let changed = secrets
        .refresh_after_failed_proof(SecretKind::SendGrid)
        .await?;
    if changed {
        check(&*secrets.sendgrid().await?)
    } else {
        Err(first)
    }
}

impl From<SecretError> for NotProven {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Unavailable(_) | SecretError::Development(_) => Self::Unavailable,
        }
    }
}

impl From<NotProven> for Problem {
    fn from(error: NotProven) -> Self {
        match error {
            NotProven::Forged => Self::new(ProblemCode::InvalidSignature),
            NotProven::Unavailable => unavailable(),
        }
    }
}
