//! Where mails go: which addresses are ours, and which of them lead to a ticket.

use tributary_domain::TicketId;
use tributary_domain::channel::email::Mail;
use tributary_domain::receive_mail::Route;
use tributary_edge::auth::reply_token::ReplyTokenKeys;
use tributary_edge::secrets::{SecretError, Secrets};
use tributary_edge::settings::MailSettings;

/// What a mail's way is told by.
#[derive(Debug, Clone)]
pub struct MailRoutes {
    keys: ReplyTokenKeys,
    our_mailboxes: Vec<String>,
    reply_domain: String,
}

impl MailRoutes {
    /// As the settings and SendGrid's secret say.
    ///
    /// # Errors
    /// [`SecretError`] when the secret cannot be used.
    pub async fn read(secrets: &Secrets, settings: &MailSettings) -> Result<Self, SecretError> {
        let secret = secrets.sendgrid().await?;
        let MailSettings { from, reply_domain } = settings;
        let named = secret.accounts.iter().filter_map(|a| a.mailbox.as_deref());
        Ok(Self {
            keys: ReplyTokenKeys::from_secret(&secret),
            our_mailboxes: named
                .chain([from.as_str()])
                .map(str::to_lowercase)
                .collect(),
            reply_domain: reply_domain.to_lowercase(),
        })
    }

    /// The way of one mail. What the mail servers told each other counts; its own To and Cc only where that is
    /// missing, for anybody may write anything there.
    #[must_use]
    pub fn of(&self, mail: &Mail) -> Route {
        let told = mail.envelope_to.iter().map(String::as_str);
        let written = mail.to.iter().chain(&mail.cc).map(|m| m.address.as_str());
        let mut addresses: Vec<&str> = told.collect();
        if addresses.is_empty() {
            addresses.extend(written);
        }
        let ticket = addresses.into_iter().find_map(|address| {
            let (_, domain) = address.rsplit_once('@')?;
            if !domain.eq_ignore_ascii_case(&self.reply_domain) {
                return None;
            }
            TicketId::parse(&self.keys.ticket(address)?).ok()
        });
        Route {
            ticket,
            our_mailboxes: self.our_mailboxes.clone(),
            reply_domain: self.reply_domain.clone(),
        }
    }
}
