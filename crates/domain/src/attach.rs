//! Files that agents send: put straight into the blob store, then named by the message that they belong to.

use std::time::Duration;

use crate::attachment::{Attachment, AttachmentKind, AttachmentState, FETCHED_PREFIX, sniff};
use crate::channel::Channel;
use crate::id::{AttachmentId, TicketId};
use crate::permission::{Action, Principal, may};
use crate::ports::{PortError, Tickets, UploadForm, Uploads};
use crate::receive::Desk;
use crate::surroundings::Surroundings;
use crate::ticket::Ticket;
use crate::time::Timestamp;

mod accepted;

use accepted::{MOST_OF_MAIL, refusal};

/// The largest file, in bytes: what the strictest platform but Instagram takes (Messenger, Send API).
pub const MAX_FILE_BYTES: u64 = 25 * 1024 * 1024;
/// How long an agent has to put a file there.
pub const UPLOAD_WITHIN: Duration = Duration::from_secs(15 * 60);
/// Where files are until a message names them. What nobody named is deleted after a day.
const UPLOADED: &str = "uploads/";

fn uploaded_key(ticket_id: &TicketId, id: &AttachmentId) -> String {
    format!("{UPLOADED}{ticket_id}/{id}")
}

/// A place for one file.
#[derive(Debug)]
pub struct Prepared {
    /// The file's id, by which a message names it.
    pub id: AttachmentId,
    /// How to put it there.
    pub form: UploadForm,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Why there is no place.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// There is no such ticket.
    #[error("no such ticket")]
    NoSuchTicket,
    /// The principal may not.
    #[error("not allowed")]
    Forbidden,
    /// A store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Prepares a place for a file of at most [`MAX_FILE_BYTES`] that an agent wants to send in a ticket.
///
/// # Errors
/// [`PrepareError`].
pub async fn prepare<T: Tickets, B: Uploads, S: Surroundings>(
    desk: &Desk<T, B, S>,
    principal: &Principal,
    ticket_id: &TicketId,
) -> Result<Prepared, PrepareError> {
    if !may(principal, Action::Reply, None) {
        return Err(PrepareError::Forbidden);
    }
    let ticket = desk.tickets.ticket(ticket_id).await?;
    let ticket = ticket.ok_or(PrepareError::NoSuchTicket)?;
    if !may(principal, Action::Reply, Some(&ticket)) {
        return Err(PrepareError::Forbidden);
    }
    let now = desk.surroundings.now();
    let id = AttachmentId::generate(now, desk.surroundings.random());
    let key = uploaded_key(ticket_id, &id);
    let form = desk
        .blobs
        .upload_form(&key, MAX_FILE_BYTES, now, UPLOAD_WITHIN);
    Ok(Prepared {
        form: form.await?,
        id,
        expires_at: now.plus(UPLOAD_WITHIN),
    })
}

/// A file that a message names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// Its id.
    pub id: AttachmentId,
    /// What it is called.
    pub name: String,
}

/// Why a file cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// This one of them cannot, for a reason that follows the name of its field.
    #[error("{detail}")]
    Unfit {
        /// Which.
        index: usize,
        /// Why.
        detail: String,
    },
    /// There is no such ticket.
    #[error("no such ticket")]
    NoSuchTicket,
    /// A store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// The files that a message names, kept for good; each is looked at, whatever it was called. `is_note` is whether
/// they stay in the house, where anything is taken.
///
/// # Errors
/// [`AttachError`].
pub async fn attach<T: Tickets, B: Uploads, S: Surroundings>(
    desk: &Desk<T, B, S>,
    ticket_id: &TicketId,
    files: &[NamedFile],
    is_note: bool,
) -> Result<Vec<Attachment>, AttachError> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let ticket = desk.tickets.ticket(ticket_id).await?;
    let ticket: Ticket = ticket.ok_or(AttachError::NoSuchTicket)?;
    let channel = ticket.source.channel;
    let mut attached: Vec<Attachment> = Vec::with_capacity(files.len());
    let mut total = 0;
    for (index, NamedFile { id, name }) in files.iter().enumerate() {
        let unfit = |detail: String| AttachError::Unfit { index, detail };
        if attached.iter().any(|other| other.id == *id) {
            return Err(unfit("names a file twice".to_owned()));
        }
        let from = uploaded_key(ticket_id, id);
        let to = format!("{FETCHED_PREFIX}{id}");
        let found = desk.blobs.look(&from).await?;
        let found = found.ok_or_else(|| unfit("was not uploaded for this ticket".to_owned()))?;
        let (mime_type, _) = sniff(&found.start);
        total += found.size;
        if !is_note && let Some(refusal) = refusal(channel, mime_type, found.size) {
            return Err(unfit(refusal));
        }
        let by_mail = matches!(channel, Channel::Email | Channel::WebChat);
        if by_mail && total > MOST_OF_MAIL {
            return Err(unfit("makes the mail larger than 20 MB".to_owned()));
        }
        desk.blobs.copy(&from, &to).await?;
        attached.push(Attachment {
            id: id.clone(),
            kind: AttachmentKind::of_media_type(mime_type),
            state: AttachmentState::Stored,
            source: None,
            blob_key: Some(to),
            name: Some(name.clone()),
            mime_type: Some(mime_type.to_owned()),
            size_bytes: Some(found.size),
        });
    }
    Ok(attached)
}

#[cfg(test)]
mod tests;
