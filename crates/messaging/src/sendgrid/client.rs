//! One call to SendGrid.

use super::SendGrid;
use super::error::judge;
use super::files::fits;
use super::wire::MailBody;
use crate::credentials::Credentials;
use crate::handover::{Handover, Taken, at};
use crate::http::Auth;
use crate::verdict::refused;

impl SendGrid {
    pub(super) async fn hand_over(&self, handover: &Handover<'_, impl Credentials>) -> Taken {
        let part = handover.part;
        let (text, files) = handover.content()?;
        if part.to.is_empty() {
            return Err(refused(
                "no-address",
                "The customer left no mail address.",
                "The answer is only shown in the chat, if the customer still has it open.",
            )
            .into());
        }
        if !fits(text, files) {
            return Err(refused(
                "too-large",
                "The mail would be larger than SendGrid takes, which is 30 MB.",
                "Send fewer or smaller files, in several messages.",
            )
            .into());
        }
        let account = handover.credentials.sendgrid(&part.correlation.ticket_id);
        let account = handover.account(account).await?;
        let url = at(&self.origin, &["v3", "mail", "send"]);
        let reply_to = format!("{}@{}", account.reply_local_part, self.reply_domain);
        let body = MailBody::new(
            part,
            (text, files),
            &self.from,
            reply_to,
            &self.reply_domain,
        );
        let auth = Auth::Bearer(&account.api_key);
        let answer = handover.post(url, auth, &body).await?;
        judge(&answer)
    }
}
