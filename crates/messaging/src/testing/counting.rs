//! Credentials that count how often they were read again.

use std::sync::atomic::{AtomicUsize, Ordering};

use tributary_domain::{AccountId, Channel, TicketId};

use crate::credentials::{
    CredentialError, Credentials, FacebookAccount, InstagramAccount, Secret, SendGridAccount,
    TwitterAccount, WhatsAppAccount,
};

/// Credentials whose token counts how often it was read again: `hush-0`, `hush-1`, …
#[derive(Default)]
pub(crate) struct Counting {
    pub(crate) rereads: AtomicUsize,
}

impl Counting {
    pub(crate) fn rereads(&self) -> usize {
        self.rereads.load(Ordering::SeqCst)
    }

    fn token(&self) -> Secret {
        Secret::new(format!("hush-{}", self.rereads()))
    }
}

/// Every account is ours but one, and one cannot be read.
fn known(account: &AccountId) -> Result<(), CredentialError> {
    match account.as_str() {
        "broken" => Err(CredentialError::Unavailable("store is gone".into())),
        "999" => Err(CredentialError::UnknownAccount),
        _ => Ok(()),
    }
}

impl Credentials for Counting {
    async fn whatsapp(&self, account: &AccountId) -> Result<WhatsAppAccount, CredentialError> {
        known(account)?;
        Ok(WhatsAppAccount {
            phone_number_id: "300001".into(),
            access_token: self.token(),
        })
    }

    async fn facebook(&self, account: &AccountId) -> Result<FacebookAccount, CredentialError> {
        known(account)?;
        Ok(FacebookAccount {
            page_id: "100001".to_owned(),
            page_access_token: self.token(),
        })
    }

    async fn instagram(&self, account: &AccountId) -> Result<InstagramAccount, CredentialError> {
        known(account)?;
        Ok(InstagramAccount {
            account_id: "200001".to_owned(),
            access_token: self.token(),
        })
    }

    async fn twitter(&self, account: &AccountId) -> Result<TwitterAccount, CredentialError> {
        known(account)?;
        Ok(TwitterAccount {
            consumer_key: "key".to_owned(),
            consumer_secret: Secret::new("hush-consumer"),
            access_token: format!("token-{}", self.rereads()),
            access_token_secret: Secret::new("hush-token"),
        })
    }

    async fn sendgrid(&self, ticket: &TicketId) -> Result<SendGridAccount, CredentialError> {
        Ok(SendGridAccount {
            api_key: self.token(),
            reply_local_part: format!("support+{ticket}"),
        })
    }

    async fn reread(&self, _channel: Channel) {
        self.rereads.fetch_add(1, Ordering::SeqCst);
    }

    async fn secret_version(&self, channel: Channel) -> Option<String> {
        Some(format!("{channel}-{}", self.rereads()))
    }
}
