//! Content too long for a timeline is kept whole as a text file beside the message.

use sha2::{Digest, Sha256};

use crate::content::{MAX_INLINE_BYTES, TRUNCATED_BYTES, start_bytes};
use crate::id::AttachmentId;
use crate::ports::{Blobs, PortError};
use crate::receive::Desk;
use crate::revision::{KeptText, WholeText};
use crate::time::Timestamp;

/// Whether content is too long for a timeline.
pub(super) fn is_long(content: &str) -> bool {
    content.len() > MAX_INLINE_BYTES
}

/// Keeps content of any length. `seed` names it, so that a repetition lands on the same blob and is the same
/// text to the byte.
pub(crate) async fn keep<T, B: Blobs, S>(
    desk: &Desk<T, B, S>,
    seed: &str,
    content: String,
) -> Result<KeptText, PortError> {
    let kept = cut(seed, &content);
    if let Some(whole) = &kept.whole {
        let (key, bytes) = (&whole.blob_key, content.into_bytes());
        let put = desk.blobs.put(key, "text/plain; charset=utf-8", bytes);
        put.await?;
    }
    Ok(kept)
}

/// Content as [`keep`] would keep it, without keeping it.
pub(super) fn cut(seed: &str, content: &str) -> KeptText {
    if !is_long(content) {
        return KeptText {
            shown: content.to_owned(),
            whole: None,
        };
    }
    let digest = Sha256::digest(seed);
    KeptText {
        shown: start_bytes(content, TRUNCATED_BYTES).to_owned(),
        whole: Some(WholeText {
            attachment_id: named_by(&digest),
            blob_key: format!("{}{}.txt", WholeText::PREFIX, hex::encode(digest)),
            size_bytes: content.len() as u64,
        }),
    }
}

/// An attachment's id out of what names it, so that a repetition makes the same one.
pub(crate) fn named_by(digest: &[u8]) -> AttachmentId {
    let low_bits = digest
        .iter()
        .take(16)
        .fold(0, |bits, byte| bits << 8 | u128::from(*byte));
    AttachmentId::generate(Timestamp::from_millis(0), low_bits)
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
        .find(|k| k.starts_with(WholeText::PREFIX));
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
