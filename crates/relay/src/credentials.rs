//! The providers' credentials out of Secrets Manager.

use std::sync::Arc;

use tributary_domain::Timestamp;
use tributary_domain::{AccountId, Channel, TicketId};
use tributary_edge::auth::reply_token::ReplyTokenKeys;
use tributary_edge::secrets::{SecretError, SecretKind, Secrets};
use tributary_messaging::{
    CredentialError, Credentials, FacebookAccount, HealthCredentials, InstagramAccount,
    InstagramToken, Secret, SendGridAccount, TwitterAccount, WhatsAppAccount, WhatsAppToken,
};

/// Credentials from the platforms' secrets.
pub struct StoredCredentials(pub Arc<Secrets>);

fn unavailable(error: SecretError) -> CredentialError {
    CredentialError::Unavailable(Box::new(error))
}

/// The account of ours that has this id.
fn ours<'a, A>(
    accounts: &'a [A],
    account: &AccountId,
    id: impl Fn(&A) -> &String,
) -> Result<&'a A, CredentialError> {
    let mut accounts = accounts.iter();
    let found = accounts.find(|a| id(a) == account.as_str());
    found.ok_or(CredentialError::UnknownAccount)
}

impl Credentials for StoredCredentials {
    async fn whatsapp(&self, account: &AccountId) -> Result<WhatsAppAccount, CredentialError> {
        let secret = self.0.whatsapp().await.map_err(unavailable)?;
        let found = ours(&secret.accounts, account, |a| &a.phone_number_id)?;
        Ok(WhatsAppAccount {
            phone_number_id: found.phone_number_id.clone(),
            access_token: Secret::new(found.access_token.clone()),
        })
    }

    async fn facebook(&self, account: &AccountId) -> Result<FacebookAccount, CredentialError> {
        let secret = self.0.facebook().await.map_err(unavailable)?;
        let found = ours(&secret.accounts, account, |a| &a.page_id)?;
        Ok(FacebookAccount {
            page_id: found.page_id.clone(),
            page_access_token: Secret::new(found.page_access_token.clone()),
        })
    }

    async fn instagram(&self, account: &AccountId) -> Result<InstagramAccount, CredentialError> {
        let secret = self.0.instagram().await.map_err(unavailable)?;
        let found = ours(&secret.accounts, account, |a| &a.account_id)?;
        Ok(InstagramAccount {
            account_id: found.account_id.clone(),
            access_token: Secret::new(found.access_token.clone()),
        })
    }

    async fn twitter(&self, account: &AccountId) -> Result<TwitterAccount, CredentialError> {
        let secret = self.0.twitter().await.map_err(unavailable)?;
        let found = ours(&secret.accounts, account, |a| &a.user_id)?;
        Ok(TwitterAccount {
            consumer_key: secret.consumer_key.clone(),
            consumer_secret: Secret::new(secret.consumer_secret.clone()),
            access_token: found.access_token.clone(),
            access_token_secret: Secret::new(found.access_token_secret.clone()),
        })
    }

    async fn sendgrid(&self, ticket: &TicketId) -> Result<SendGridAccount, CredentialError> {
        let secret = self.0.sendgrid().await.map_err(unavailable)?;
        let first = secret
            .accounts
            .first()
            .ok_or(CredentialError::UnknownAccount)?;
        let keys = ReplyTokenKeys::from_secret(&secret);
        Ok(SendGridAccount {
            api_key: Secret::new(first.api_key.clone()),
            reply_local_part: keys.local_part(ticket.as_str()),
        })
    }

    async fn reread(&self, channel: Channel) {
        let reread = self.0.refresh_after_failed_proof(kind(channel));
        if let Err(error) = reread.await {
            tracing::warn!(%error, "a secret could not be read again");
        }
    }

    async fn secret_version(&self, channel: Channel) -> Option<String> {
        match self.0.version(kind(channel)).await {
            Ok(version) => version,
            Err(error) => {
                tracing::warn!(%error, "a secret's version is not known");
                None
            }
        }
    }
}

/// The secret of the provider that carries a channel's answers.
fn kind(channel: Channel) -> SecretKind {
    match channel {
        Channel::WhatsApp => SecretKind::WhatsApp,
        Channel::Email | Channel::WebChat => SecretKind::SendGrid,
        Channel::Facebook => SecretKind::Facebook,
        Channel::Instagram => SecretKind::Instagram,
        Channel::Twitter => SecretKind::Twitter,
    }
}

impl HealthCredentials for StoredCredentials {
    async fn page(&self, account: &AccountId) -> Result<Secret, CredentialError> {
        Ok(self.facebook(account).await?.page_access_token)
    }

    async fn instagram(&self, account: &AccountId) -> Result<InstagramToken, CredentialError> {
        let secret = self.0.instagram().await.map_err(unavailable)?;
        let found = ours(&secret.accounts, account, |a| &a.account_id)?;
        let expires_at = found.token_expires_at.as_deref();
        Ok(InstagramToken {
            access_token: Secret::new(found.access_token.clone()),
            expires_at: expires_at.and_then(|text| Timestamp::parse(text).ok()),
        })
    }

    async fn keep_instagram(
        &self,
        account: &AccountId,
        old: &Secret,
        fresh: &InstagramToken,
    ) -> Result<bool, CredentialError> {
        let InstagramToken {
            access_token,
            expires_at,
        } = fresh;
        let expires_at = expires_at.map(|at| at.to_string()).unwrap_or_default();
        let (old, fresh) = (old.reveal(), access_token.reveal());
        let kept = self
            .0
            .replace_instagram_token(account.as_str(), old, fresh, &expires_at);
        kept.await.map_err(unavailable)
    }

    async fn number(&self, account: &AccountId) -> Result<WhatsAppToken, CredentialError> {
        let secret = self.0.whatsapp().await.map_err(unavailable)?;
        let found = ours(&secret.accounts, account, |a| &a.phone_number_id)?;
        Ok(WhatsAppToken {
            access_token: Secret::new(found.access_token.clone()),
            waba_id: found.waba_id.clone(),
        })
    }

    async fn x_app(&self) -> Result<Option<Secret>, CredentialError> {
        let secret = self.0.twitter().await.map_err(unavailable)?;
        Ok(secret.bearer_token.clone().map(Secret::new))
    }

    async fn reread(&self, channel: Channel) {
        Credentials::reread(self, channel).await;
    }
}
