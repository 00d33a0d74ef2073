//! One call to WhatsApp, with fresh credentials when the old ones are refused.

use tokio::time::{Instant, timeout_at};
use tributary_domain::Channel;
use tributary_domain::ports::{OutgoingMessage, SendOutcome};

use super::WhatsApp;
use super::error::judge;
use super::wire::TextBody;
use crate::credentials::Credentials;
use crate::http::Http;
use crate::verdict::{Verdict, credentials_unavailable};

impl WhatsApp {
    /// Sends one part; credentials that were refused are read again, once.
    pub(super) async fn send_part(
        &self,
        message: &OutgoingMessage,
        part: &str,
        http: &Http,
        credentials: &impl Credentials,
        deadline: Instant,
    ) -> SendOutcome {
        let first = self.call(message, part, http, credentials, deadline).await;
        if !first.credentials_refused
            || timeout_at(deadline, credentials.reread(Channel::WhatsApp))
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
        part: &str,
        http: &Http,
        credentials: &impl Credentials,
        deadline: Instant,
    ) -> Verdict {
        let account = match timeout_at(deadline, credentials.whatsapp(&message.account)).await {
            Ok(Ok(account)) => account,
            Ok(Err(error)) => return SendOutcome::from(error).into(),
            Err(_) => return credentials_unavailable().into(),
        };
        let mut url = self.origin.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend([
                self.version.as_str(),
                account.phone_number_id.as_str(),
                "messages",
            ]);
        }
        let correlation = message.correlation.as_text();
        let body = TextBody::new(&message.to, part, &correlation);
        match http.post(url, &account.access_token, &body, deadline).await {
            Ok(answer) => judge(&answer, message.correlation.attempt),
            Err(failure) => SendOutcome::from(failure).into(),
        }
    }
}
