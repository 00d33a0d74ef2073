//! What the platforms know us by. Where it is kept is somebody else's business.

use std::fmt;

use tributary_domain::ports::Cause;
use tributary_domain::{AccountId, Channel, TicketId};

/// A token or key. It is never shown, and written only into a request's header.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a token or key.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The token or key itself, to be sent or kept.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// One of our WhatsApp numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatsAppAccount {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// The token of the system user that sends from it.
    pub access_token: Secret,
}

/// One of our Facebook pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacebookAccount {
    /// Meta's id of the page.
    pub page_id: String,
    /// The page's token.
    pub page_access_token: Secret,
}

/// One of our Instagram accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstagramAccount {
    /// Meta's id of the account.
    pub account_id: String,
    /// The account's token.
    pub access_token: Secret,
}

/// One of our X users, and the app that acts for it (OAuth 1.0a).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwitterAccount {
    /// The app's key.
    pub consumer_key: String,
    /// The app's secret.
    pub consumer_secret: Secret,
    /// The user's token.
    pub access_token: String,
    /// The user's token secret.
    pub access_token_secret: Secret,
}

/// SendGrid, and where answers to one ticket's mail go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendGridAccount {
    /// The API key.
    pub api_key: Secret,
    /// What stands before the `@` of the address that answers go to: signed, so that it leads to the ticket.
    pub reply_local_part: String,
}

/// Why there are no credentials.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The account is not ours, or no longer; only an administrator can change that.
    #[error("the account is not connected")]
    UnknownAccount,
    /// They cannot be read now; the same call may succeed later.
    #[error("the credentials cannot be read")]
    Unavailable(#[source] Cause),
}

/// Where credentials come from.
pub trait Credentials: Send + Sync {
    /// Those of one of our WhatsApp numbers.
    fn whatsapp(
        &self,
        account: &AccountId,
    ) -> impl Future<Output = Result<WhatsAppAccount, CredentialError>> + Send;
    /// Those of one of our Facebook pages.
    fn facebook(
        &self,
        account: &AccountId,
    ) -> impl Future<Output = Result<FacebookAccount, CredentialError>> + Send;
    /// Those of one of our Instagram accounts.
    fn instagram(
        &self,
        account: &AccountId,
    ) -> impl Future<Output = Result<InstagramAccount, CredentialError>> + Send;
    /// Those of one of our X users.
    fn twitter(
        &self,
        account: &AccountId,
    ) -> impl Future<Output = Result<TwitterAccount, CredentialError>> + Send;
    /// SendGrid's API key, and the address that answers to a ticket's mail go to.
    fn sendgrid(
        &self,
        ticket: &TicketId,
    ) -> impl Future<Output = Result<SendGridAccount, CredentialError>> + Send;
    /// Drops what is cached of a channel, after the platform refused it.
    fn reread(&self, channel: Channel) -> impl Future<Output = ()> + Send;
    /// Which version of a channel's secret there is now, read anew; none when nobody can say.
    fn secret_version(&self, channel: Channel) -> impl Future<Output = Option<String>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_shown_without_its_token() {
        let account = WhatsAppAccount {
            phone_number_id: "300001".into(),
            access_token: Secret::new("hush"),
        };
        assert_eq!(
            format!("{account:?}"),
            "WhatsAppAccount { phone_number_id: \"300001\", access_token: Secret(…) }"
        );
    }
}
