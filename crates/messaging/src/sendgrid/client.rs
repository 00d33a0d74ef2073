//! One call to SendGrid, with a fresh key when the old one is refused.

use tokio::time::{Instant, timeout_at};
use tributary_domain::Channel;
use tributary_domain::ports::{OutgoingMessage, SendOutcome};

use super::SendGrid;
use super::error::judge;
use super::wire::MailBody;
use crate::credentials::Credentials;
use crate::http::Http;
use crate::verdict::{Verdict, credentials_unavailable};

impl SendGrid {
    /// Sends one mail; a key that was refused is read again, once.
    pub(super) async fn send_mail(
        &self,
        message: &OutgoingMessage,
        http: &Http,
        credentials: &impl Credentials,
        deadline: Instant,
    ) -> SendOutcome {
        let first = self.call(message, http, credentials, deadline).await;
        if !first.credentials_refused
            || timeout_at(deadline, credentials.reread(Channel::Email))
                .await
                .is_err()
        {
            return first.outcome;
        }
        self.call(message, http, credentials, deadline)
            .await
            .outcome
    }

    async fn call(
        &self,
        message: &OutgoingMessage,
        http: &Http,
        credentials: &impl Credentials,
        deadline: Instant,
    ) -> Verdict {
        let ticket = &message.correlation.ticket_id;
        let account = match timeout_at(deadline, credentials.sendgrid(ticket)).await {
            Ok(Ok(account)) => account,
            Ok(Err(error)) => return SendOutcome::from(error).into(),
            Err(_) => return credentials_unavailable().into(),
        };
        let mut url = self.origin.clone();
        url.set_path("/v3/mail/send");
        let body = MailBody::new(
            message,
            &self.from,
            &account.reply_local_part,
            &self.reply_domain,
        );
        match http.post(url, &account.api_key, &body, deadline).await {
            Ok(answer) => judge(&answer),
            Err(failure) => SendOutcome::from(failure).into(),
        }
    }
}
