//! One call to Messenger.

use super::Facebook;
use super::error::judge;
use super::wire::{MessageBody, SeenBody};
use crate::credentials::Credentials;
use crate::handover::{Handover, Taken, at};
use crate::http::Auth;
use crate::verdict::{Verdict, judge_seen};

impl Facebook {
    /// Shows the customer that all messages so far were seen.
    pub(crate) async fn show_seen(
        &self,
        handover: &Handover<'_, impl Credentials>,
    ) -> Result<(), Verdict> {
        let part = handover.part;
        let account = handover.credentials.facebook(&part.account).await?;
        let url = at(&self.origin, &[&self.version, &account.page_id, "messages"]);
        let auth = Auth::Bearer(&account.page_access_token);
        let answer = handover.post(url, auth, &SeenBody::of(part)).await?;
        judge_seen(answer.status)
    }

    pub(super) async fn hand_over(&self, handover: &Handover<'_, impl Credentials>) -> Taken {
        let part = handover.part;
        let thing = handover.thing()?;
        let account = handover.credentials.facebook(&part.account);
        let account = handover.account(account).await?;
        let url = at(&self.origin, &[&self.version, &account.page_id, "messages"]);
        let metadata = part.correlation.as_text();
        let body = MessageBody::new(part, &thing, &metadata);
        let auth = Auth::Bearer(&account.page_access_token);
        let answer = handover.post(url, auth, &body).await?;
        judge(&answer, part.correlation.attempt).map(Some)
    }
}
