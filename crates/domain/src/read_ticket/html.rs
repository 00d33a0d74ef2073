//! The HTML of a mail, wherever it is kept.

use super::{ReadError, read_ticket};
use crate::attachment::Attachment;
use crate::id::TicketId;
use crate::message::{Html, Message};
use crate::permission::Principal;
use crate::ports::{Blobs, PortError, Tickets};

/// The sanitised HTML of the entry at `position` and the files it may show; none when it has none. One read of
/// the ticket, one more when the entry has left the window, and one of the blob store when it is long.
///
/// # Errors
/// [`ReadError`].
pub async fn read_html<T: Tickets, B: Blobs>(
    tickets: &T,
    blobs: &B,
    principal: &Principal,
    id: &TicketId,
    position: u64,
) -> Result<Option<(String, Vec<Attachment>)>, ReadError> {
    let ticket = read_ticket(tickets, principal, id).await?;
    let message = match ticket.in_window(position) {
        Some(message) => Some(message.clone()),
        None => {
            let before = position.saturating_add(1);
            let older = tickets.older_messages(id, before, 1).await?;
            older.into_iter().find(|m| m.position == position)
        }
    };
    let Some(Message {
        html: Some(html),
        attachments,
        ..
    }) = message
    else {
        return Ok(None);
    };
    let html = match html {
        Html::Here(html) => html,
        Html::Kept { blob_key, .. } => {
            let bytes = blobs.get(&blob_key).await?;
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            text.ok_or_else(|| {
                let why = "the HTML of a mail is not in the blob store";
                PortError::Corrupt(why.to_owned())
            })?
        }
    };
    Ok(Some((html, attachments)))
}
