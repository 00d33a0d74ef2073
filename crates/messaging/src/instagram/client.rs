//! One call to Instagram.

use super::Instagram;
use super::error::judge;
use super::wire::MessageBody;
use crate::credentials::Credentials;
use crate::handover::{Handover, Taken, at};
use crate::http::Auth;

impl Instagram {
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
        judge(&answer, part.correlation.attempt).map(Some)
    }
}
