//! Content too long for a timeline is kept whole as a text file beside the message.

use sha2::{Digest, Sha256};

use crate::attachment::{Attachment, AttachmentKind, AttachmentState};
use crate::content::{MAX_INLINE_BYTES, TRUNCATED_BYTES, start_bytes};
use crate::id::AttachmentId;
use crate::ports::{Blobs, PortError};
use crate::receive::Desk;
use crate::surroundings::Surroundings;

/// File name of content that did not fit; only an attachment that we made has this and the blob key
/// beginning with `content/`.
pub const FILE_NAME: &str = "message.txt";

/// Content as an entry holds it.
#[derive(Debug)]
pub(crate) struct Kept {
    /// What the timeline shows.
    pub(crate) shown: String,
    /// Whether that is only the start.
    pub(crate) truncated: bool,
    /// The whole, if it is.
    pub(crate) attachment: Option<Attachment>,
}

/// Keeps content of any length. `seed` names the message, so that a repetition lands on the same blob.
pub(crate) async fn keep<T, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    seed: &str,
    content: String,
) -> Result<Kept, PortError> {
    if content.len() <= MAX_INLINE_BYTES {
        return Ok(Kept {
            shown: content,
            truncated: false,
            attachment: None,
        });
    }
    let key = format!("content/{}.txt", hex::encode(Sha256::digest(seed)));
    let shown = start_bytes(&content, TRUNCATED_BYTES).to_owned();
    let size_bytes = Some(content.len() as u64);
    desk.blobs
        .put(&key, "text/plain; charset=utf-8", content.into_bytes())
        .await?;
    let attachment = Attachment {
        id: AttachmentId::generate(desk.surroundings.now(), desk.surroundings.random()),
        kind: AttachmentKind::File,
        state: AttachmentState::Stored,
        source: None,
        blob_key: Some(key),
        name: Some(FILE_NAME.to_owned()),
        mime_type: Some("text/plain".to_owned()),
        size_bytes,
    };
    Ok(Kept {
        shown,
        truncated: true,
        attachment: Some(attachment),
    })
}

/// The whole text of an entry whose content was too long for it.
///
/// # Errors
/// [`PortError`] when the blob store does not answer or lost it.
pub async fn whole_text<B: Blobs>(
    blobs: &B,
    message: &crate::message::Message,
) -> Result<String, PortError> {
    if !message.content_truncated {
        return Ok(message.content.clone());
    }
    let key = message
        .attachments
        .iter()
        .filter_map(|a| a.blob_key.as_deref())
        .find(|k| k.starts_with("content/"));
    let bytes = match key {
        Some(key) => blobs.get(key).await?,
        None => None,
    };
    bytes
        .and_then(|b| String::from_utf8(b).ok())
        .ok_or_else(|| {
            PortError::Corrupt("the whole text of a message is not in the blob store".to_owned())
        })
}
