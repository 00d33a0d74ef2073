//! One call to Messenger, with fresh credentials when the old ones are refused.

use tokio::time::{Instant, timeout_at};
use tributary_domain::Channel;
use tributary_domain::ports::{OutgoingMessage, SendOutcome};

use super::Facebook;
use super::error::judge;
use super::wire::TextBody;
use crate::credentials::Credentials;
use crate::http::Http;
use crate::verdict::{Verdict, credentials_unavailable};

impl Facebook {
    /// Sends one part of so many; credentials that were refused are read again, once.
    pub(super) async fn send_part(
        &self,
        message: &OutgoingMessage,
        part: (&str, usize),
        http: &Http,
        credentials: &impl Credentials,
        deadline: Instant,
    ) -> SendOutcome {
        let first = self.call(message, part, http, credentials, deadline).await;
        if !first.credentials_refused
            || timeout_at(deadline, credentials.reread(Channel::Facebook))
                .await
                .is_err()
        {
            return first.outcome;
        }
        self.call(message, part, http, credentials, deadline)
            .await
            .outcome
    }

    async fn call(
        &self,
        message: &OutgoingMessage,
        part: (&str, usize),
        http: &Http,
        credentials: &impl Credentials,
        deadline: Instant,
    ) -> Verdict {
        let account = match timeout_at(deadline, credentials.facebook(&message.account)).await {
            Ok(Ok(account)) => account,
            Ok(Err(error)) => return SendOutcome::from(error).into(),
            Err(_) => return credentials_unavailable().into(),
        };
        let mut url = self.origin.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear()
                .extend([self.version.as_str(), &account.page_id, "messages"]);
        }
        let (text, parts) = part;
        let metadata = message.correlation.as_part_text(parts);
        let body = TextBody::new(&message.to, text, &metadata, message.reply_window);
        match http
            .post(url, &account.page_access_token, &body, deadline)
            .await
        {
            Ok(answer) => judge(&answer, message.correlation.attempt),
            Err(failure) => SendOutcome::from(failure).into(),
        }
    }
}
