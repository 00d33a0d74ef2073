//! The platforms' secrets from Secrets Manager: typed, cached, re-read after a failed proof.

mod development;
mod shapes;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::aws::Aws;
use crate::cached::{Cached, Lifetimes};
use crate::clock::{self, Clock};
use crate::{Problem, ProblemCode};
use shapes::Shape;
pub use shapes::{
    BasicAuth, ChatbotSecret, FacebookAccount, FacebookSecret, InstagramAccount, InstagramSecret,
    SendGridAccount, SendGridSecret, TwitterAccount, TwitterSecret, WhatsAppAccount,
    WhatsAppSecret,
};

/// How long a secret is used before it is read again.
pub const SECRET_TTL: Duration = Duration::from_secs(300);
/// A secret read this long ago is still used while Secrets Manager fails.
const STALE_S: i64 = 3600;
/// After a failed read nobody asks for this secret again for so long.
const REST_S: i64 = 5;
/// Failed proofs cause at most one read in this time, per secret.
const PROOF_S: i64 = 10;

/// The secrets of one deployment. Nothing is read, and no client made, before the first is asked for.
pub struct Secrets {
    aws: Aws,
    prefix: String,
    clock: Clock,
    development_allowed: bool,
    client: OnceCell<Client>,
    whatsapp: Kept<WhatsAppSecret>,
    sendgrid: Kept<SendGridSecret>,
    chatbot: Kept<ChatbotSecret>,
    facebook: Kept<FacebookSecret>,
    instagram: Kept<InstagramSecret>,
    twitter: Kept<TwitterSecret>,
}

/// One of the platforms' secrets; its name is `<prefix>/<platform>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// `<prefix>/whatsapp`
    WhatsApp,
    /// `<prefix>/sendgrid`
    SendGrid,
    /// `<prefix>/chatbot`
    Chatbot,
    /// `<prefix>/facebook`
    Facebook,
    /// `<prefix>/instagram`
    Instagram,
    /// `<prefix>/twitter`
    Twitter,
}

/// A secret cannot be used: ours to mend, the caller answers 503.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Missing, unreadable or malformed.
    #[error("the secret of {} cannot be used", .0.as_str())]
    Unavailable(SecretKind),
    /// It is one of the published development secrets, and Secrets Manager is not a local emulator.
    #[error("the secret of {} is a development secret", .0.as_str())]
    Development(SecretKind),
}

type Kept<T> = Cached<Read<T>, SecretError>;

struct Read<T> {
    secret: Arc<T>,
    /// Secrets Manager's id of what was read.
    version: Option<String>,
    /// When a read last brought something else than the one before; `None` until one did.
    changed_at: Option<i64>,
}

impl Secrets {
    /// Secrets named `<prefix>/<platform>`, each re-read when older than `ttl` (see [`SECRET_TTL`]).
    pub fn new(aws: Aws, prefix: impl Into<String>, ttl: Duration) -> Self {
        let lifetimes = || Lifetimes {
            fresh_s: i64::try_from(ttl.as_secs()).unwrap_or(STALE_S),
            stale_s: STALE_S,
            rest_s: REST_S,
        };
        Self {
            development_allowed: aws.secrets_are_local(),
            aws,
            prefix: prefix.into(),
            clock: clock::system(),
            client: OnceCell::new(),
            whatsapp: Cached::new(lifetimes()),
            sendgrid: Cached::new(lifetimes()),
            chatbot: Cached::new(lifetimes()),
            facebook: Cached::new(lifetimes()),
            instagram: Cached::new(lifetimes()),
            twitter: Cached::new(lifetimes()),
        }
    }

    /// The same on another clock, for tests that let time pass.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// WhatsApp's secret.
    ///
    /// # Errors
    /// [`SecretError`] if it cannot be used and no copy younger than an hour is held. The same for the others.
    pub async fn whatsapp(&self) -> Result<Arc<WhatsAppSecret>, SecretError> {
        self.get(&self.whatsapp).await
    }

    /// SendGrid's secret. Errors as [`Secrets::whatsapp`].
    pub async fn sendgrid(&self) -> Result<Arc<SendGridSecret>, SecretError> {
        self.get(&self.sendgrid).await
    }

    /// The chatbot's secret. Errors as [`Secrets::whatsapp`].
    pub async fn chatbot(&self) -> Result<Arc<ChatbotSecret>, SecretError> {
        self.get(&self.chatbot).await
    }

    /// Messenger's secret. Errors as [`Secrets::whatsapp`].
    pub async fn facebook(&self) -> Result<Arc<FacebookSecret>, SecretError> {
        self.get(&self.facebook).await
    }

    /// Instagram's secret. Errors as [`Secrets::whatsapp`].
    pub async fn instagram(&self) -> Result<Arc<InstagramSecret>, SecretError> {
        self.get(&self.instagram).await
    }

    /// X's secret. Errors as [`Secrets::whatsapp`].
    pub async fn twitter(&self) -> Result<Arc<TwitterSecret>, SecretError> {
        self.get(&self.twitter).await
    }

    /// After a failed proof or a provider's 401: reads the secret again, at most once in 10 s however often this is
    /// called. `true` if it has changed in that time, so that checking once more is worth it.
    ///
    /// # Errors
    /// [`SecretError`] if it cannot be read.
    pub async fn refresh_after_failed_proof(&self, kind: SecretKind) -> Result<bool, SecretError> {
        match kind {
            SecretKind::WhatsApp => self.refresh(&self.whatsapp).await,
            SecretKind::SendGrid => self.refresh(&self.sendgrid).await,
            SecretKind::Chatbot => self.refresh(&self.chatbot).await,
            SecretKind::Facebook => self.refresh(&self.facebook).await,
            SecretKind::Instagram => self.refresh(&self.instagram).await,
            SecretKind::Twitter => self.refresh(&self.twitter).await,
        }
    }

    /// Which version of a secret there is now: it is read anew each time, and used from then on.
    ///
    /// # Errors
    /// [`SecretError`] if it cannot be read.
    pub async fn version(&self, kind: SecretKind) -> Result<Option<String>, SecretError> {
        match kind {
            SecretKind::WhatsApp => self.reread(&self.whatsapp).await,
            SecretKind::SendGrid => self.reread(&self.sendgrid).await,
            SecretKind::Chatbot => self.reread(&self.chatbot).await,
            SecretKind::Facebook => self.reread(&self.facebook).await,
            SecretKind::Instagram => self.reread(&self.instagram).await,
            SecretKind::Twitter => self.reread(&self.twitter).await,
        }
    }

    async fn reread<T: Shape>(&self, kept: &Kept<T>) -> Result<Option<String>, SecretError> {
        let now = (self.clock)();
        let read = kept.reload(now, 0, || self.read(kept, now)).await?;
        Ok(read.version.clone())
    }

    async fn get<T: Shape>(&self, kept: &Kept<T>) -> Result<Arc<T>, SecretError> {
        let now = (self.clock)();
        let read = kept.get(now, || self.read(kept, now)).await?;
        Ok(Arc::clone(&read.secret))
    }

    async fn refresh<T: Shape>(&self, kept: &Kept<T>) -> Result<bool, SecretError> {
        let now = (self.clock)();
        let read = kept.reload(now, PROOF_S, || self.read(kept, now)).await?;
        Ok(read
            .changed_at
            .is_some_and(|changed_at| now.saturating_sub(changed_at) < PROOF_S))
    }

    async fn read<T: Shape>(&self, kept: &Kept<T>, now: i64) -> Result<Read<T>, SecretError> {
        let (secret, version) = self.fetch::<T>().await?;
        let (secret, changed_at) = match kept.held() {
            None => (Arc::new(secret), None),
            Some(before) if *before.secret == secret => {
                (Arc::clone(&before.secret), before.changed_at)
            }
            Some(_) => (Arc::new(secret), Some(now)),
        };
        Ok(Read {
            secret,
            version,
            changed_at,
        })
    }

    /// Puts a fresh token of an Instagram account in place of `old` in the stored secret, whose other fields
    /// stay; it is read again just before. `false`, and nothing written, if the account has another token by now.
    ///
    /// # Errors
    /// [`SecretError`] if it cannot be read or written.
    pub async fn replace_instagram_token(
        &self,
        account_id: &str,
        old: &str,
        fresh: &str,
        expires_at: &str,
    ) -> Result<bool, SecretError> {
        let kind = SecretKind::Instagram;
        let (mut value, _) = self.fetch_json(kind).await?;
        if !shapes::replace_instagram_token(&mut value, account_id, old, (fresh, expires_at)) {
            return Ok(false);
        }
        let request = self.client().await.put_secret_value();
        let answer = request
            .secret_id(self.id(kind))
            .secret_string(value.to_string())
            .send()
            .await;
        answer.map_err(|error| unusable(kind, error.code().unwrap_or("no answer")))?;
        let now = (self.clock)();
        drop(
            self.instagram
                .reload(now, 0, || self.read(&self.instagram, now))
                .await,
        );
        Ok(true)
    }

    async fn client(&self) -> &Client {
        self.client
            .get_or_init(|| async { Client::new(self.aws.config().await) })
            .await
    }

    fn id(&self, kind: SecretKind) -> String {
        format!("{}/{}", self.prefix, kind.as_str())
    }

    async fn fetch<T: Shape>(&self) -> Result<(T, Option<String>), SecretError> {
        let (value, version) = self.fetch_json(T::KIND).await?;
        let secret = shapes::parse(value)
            .ok_or_else(|| unusable(T::KIND, "a field is missing, empty or of the wrong type"))?;
        Ok((secret, version))
    }

    /// What a secret holds, and the id of its version.
    async fn fetch_json(&self, kind: SecretKind) -> Result<(Value, Option<String>), SecretError> {
        let answer = self
            .client()
            .await
            .get_secret_value()
            .secret_id(self.id(kind))
            .send()
            .await;
        let answer = answer.map_err(|error| unusable(kind, error.code().unwrap_or("no answer")))?;
        // The parser's own words could quote the content.
        let text = answer
            .secret_string()
            .ok_or_else(|| unusable(kind, "it is binary"))?;
        let value: Value =
            serde_json::from_str(text).map_err(|_| unusable(kind, "it is not JSON"))?;
        if !self.development_allowed && development::holds_one(&value) {
            tracing::error!(
                secret = kind.as_str(),
                "a development secret is refused outside the local stack"
            );
            return Err(SecretError::Development(kind));
        }
        Ok((value, answer.version_id().map(str::to_owned)))
    }
}

fn unusable(kind: SecretKind, why: &str) -> SecretError {
    tracing::error!(secret = kind.as_str(), why, "a secret cannot be used");
    SecretError::Unavailable(kind)
}

impl SecretKind {
    /// The platform, as it stands in the secret's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WhatsApp => "whatsapp",
            Self::SendGrid => "sendgrid",
            Self::Chatbot => "chatbot",
            Self::Facebook => "facebook",
            Self::Instagram => "instagram",
            Self::Twitter => "twitter",
        }
    }
}

impl From<SecretError> for Problem {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Unavailable(_) | SecretError::Development(_) => {
                Self::new(ProblemCode::TemporarilyUnavailable)
            }
        }
    }
}

#[cfg(test)]
mod tests;
