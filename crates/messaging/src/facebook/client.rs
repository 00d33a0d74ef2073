//! One call to Messenger.

use super::Facebook;
use super::error::judge;
use super::wire::{ActionBody, MessageBody};
use crate::credentials::Credentials;
use crate::handover::{Handover, Taken, at};
use crate::http::Auth;
use crate::typing::Showing;
use crate::verdict::{Verdict, judge_shown};

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
        let body = ActionBody::seen(&part.to);
        let answer = handover.post(url, auth, &body).await?;
        judge_shown(answer.status)
    }

    /// Shows the customer for 20 s, or until a message comes, that somebody types.
    pub(crate) async fn show_typing(
        &self,
        showing: &Showing<'_, impl Credentials>,
    ) -> Result<(), Verdict> {
        let to = showing.to;
        let account = showing.credentials.facebook(&to.account).await?;
        let url = at(&self.origin, &[&self.version, &account.page_id, "messages"]);
        let auth = Auth::Bearer(&account.page_access_token);
        let body = ActionBody::typing(&to.person);
        showing.post(url, auth, &body).await
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
        judge(&answer, part.nth_try).map(Some)
    }
}
