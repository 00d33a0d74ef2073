//! One call to Instagram.

use super::Instagram;
use super::error::judge;
use super::wire::{ActionBody, MessageBody};
use crate::credentials::Credentials;
use crate::handover::{Handover, Taken, at};
use crate::http::Auth;
use crate::typing::Showing;
use crate::verdict::Verdict;

impl Instagram {
    /// Shows the customer that somebody types, until a message comes or some seconds have passed.
    pub(crate) async fn show_typing(
        &self,
        showing: &Showing<'_, impl Credentials>,
    ) -> Result<(), Verdict> {
        let to = showing.to;
        let account = showing.credentials.instagram(&to.account).await?;
        let path = [&self.version, account.account_id.as_str(), "messages"];
        let url = at(&self.origin, &path);
        let auth = Auth::Bearer(&account.access_token);
        let body = ActionBody::typing(&to.person);
        showing.post(url, auth, &body).await
    }

    pub(super) async fn hand_over(&self, handover: &Handover<'_, impl Credentials>) -> Taken {
        let part = handover.part;
        let thing = handover.thing()?;
        let account = handover.credentials.instagram(&part.account);
        let account = handover.account(account).await?;
        let path = [&self.version, account.account_id.as_str(), "messages"];
        let url = at(&self.origin, &path);
        let body = MessageBody::new(part, &thing);
        let auth = Auth::Bearer(&account.access_token);
        let answer = handover.post(url, auth, &body).await?;
        judge(&answer, part.nth_try).map(Some)
    }
}
