//! The calls to X: a file first, then the message.

use reqwest::Url;

use super::Twitter;
use super::error::judge;
use super::upload::{Category, Upload};
use super::wire::{self, MessageBody};
use crate::credentials::{Credentials, TwitterAccount};
use crate::handover::{Handover, Taken, at, too_much};
use crate::http::Auth;
use crate::oauth1;
use crate::verdict::{AGAIN, Verdict, retryable};

impl Twitter {
    pub(super) async fn hand_over(&self, handover: &Handover<'_, impl Credentials>) -> Taken {
        let part = handover.part;
        let (text, files) = handover.content()?;
        let file = match files {
            [] => None,
            [file] => Some((file, Category::of(file)?)),
            _ => return Err(too_much()),
        };
        let account = handover.credentials.twitter(&part.account);
        let account = handover.account(account).await?;
        let media_id = match file {
            Some((file, category)) => {
                let upload = Upload {
                    handover,
                    origin: &self.origin,
                    account: &account,
                    unready: &self.unready,
                    file,
                    category,
                };
                Some(upload.id().await?)
            }
            None => None,
        };
        let path = ["2", "dm_conversations", "with", &part.to, "messages"];
        let url = at(&self.origin, &path);
        let auth = signed("POST", &url, &account)?;
        let body = MessageBody::new(text, media_id.as_deref());
        let answer = handover.post(url, auth, &body).await?;
        judge(&answer, wire::accepted).map(Some)
    }
}

/// The proof that we are the account's user. A body of JSON or of a form is not signed.
pub(super) fn signed(
    method: &str,
    url: &Url,
    account: &TwitterAccount,
) -> Result<Auth<'static>, Verdict> {
    let header = oauth1::authorization(method, url, account);
    header.map(Auth::Header).ok_or_else(|| {
        let message = "The message could not be signed.";
        retryable("not-signed", message, AGAIN, None).into()
    })
}
