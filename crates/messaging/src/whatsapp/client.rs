//! The calls to WhatsApp: a file first, then the message.

use tributary_domain::ports::{OutgoingFile, PartContent};

use super::WhatsApp;
use super::error::{judge, judge_upload};
use super::upload::{Media, form};
use super::wire::{Content, MessageBody, SeenBody};
use crate::credentials::{Credentials, WhatsAppAccount};
use crate::handover::{Handover, Taken, at, too_much};
use crate::http::Auth;
use crate::typing::Showing;
use crate::verdict::{Verdict, judge_shown};

impl WhatsApp {
    /// Shows the customer that a message, and so all before it, was seen.
    pub(crate) async fn show_seen(
        &self,
        handover: &Handover<'_, impl Credentials>,
        message_id: &str,
    ) -> Result<(), Verdict> {
        let part = handover.part;
        let account = handover.credentials.whatsapp(&part.account).await?;
        let path = [&self.version, account.phone_number_id.as_str(), "messages"];
        let url = at(&self.origin, &path);
        let auth = Auth::Bearer(&account.access_token);
        let body = SeenBody::of(message_id);
        let answer = handover.post(url, auth, &body).await?;
        judge_shown(answer.status)
    }

    /// Shows the customer for 25 s, or until a message comes, that somebody types, and that the latest message, and so all
    /// before it, was seen: without its id nothing can be shown.
    pub(crate) async fn show_typing(
        &self,
        showing: &Showing<'_, impl Credentials>,
        latest: &str,
    ) -> Result<(), Verdict> {
        let account = showing.credentials.whatsapp(&showing.to.account).await?;
        let path = [&self.version, account.phone_number_id.as_str(), "messages"];
        let url = at(&self.origin, &path);
        let auth = Auth::Bearer(&account.access_token);
        let body = SeenBody::typing(latest);
        showing.post(url, auth, &body).await
    }

    pub(super) async fn hand_over(&self, handover: &Handover<'_, impl Credentials>) -> Taken {
        let part = handover.part;
        let account = handover.credentials.whatsapp(&part.account);
        let account = handover.account(account).await?;
        let content = match &part.content {
            PartContent::Template(template) => Content::template(template),
            PartContent::Text { text, files } => match files.as_slice() {
                [] => Content::text(text),
                [file] => {
                    let media = Media::of(file);
                    if media == Media::Audio && !text.is_empty() {
                        return Err(too_much());
                    }
                    let id = self.upload(handover, &account, file).await?;
                    Content::media(media, id, text, &file.name)
                }
                _ => return Err(too_much()),
            },
        };
        let path = [&self.version, account.phone_number_id.as_str(), "messages"];
        let url = at(&self.origin, &path);
        let correlation = part.correlation.as_text();
        let body = MessageBody::new(part, content, &correlation);
        let auth = Auth::Bearer(&account.access_token);
        let answer = handover.post(url, auth, &body).await?;
        judge(&answer, part.nth_try).map(Some)
    }

    /// Hands a file over; returns its id. Nobody sees it before a message names it.
    async fn upload(
        &self,
        handover: &Handover<'_, impl Credentials>,
        account: &WhatsAppAccount,
        file: &OutgoingFile,
    ) -> Result<String, Verdict> {
        let path = [&self.version, account.phone_number_id.as_str(), "media"];
        let url = at(&self.origin, &path);
        let auth = Auth::Bearer(&account.access_token);
        let answer = handover.post_form(url, auth, form(file)?).await;
        let answer = answer.map_err(|verdict| verdict.of_upload("WhatsApp"))?;
        judge_upload(&answer, handover.part.nth_try)
    }
}
