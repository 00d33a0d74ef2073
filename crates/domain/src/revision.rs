//! What changes a message after it was written: edits, taking back, reactions. Each is known by a key, and
//! every order and repetition of the same revisions leaves the same message.

use crate::attachment::{Attachment, AttachmentKind, AttachmentState};
use crate::content::start_bytes;
use crate::id::AttachmentId;
use crate::message::{Message, Reaction, SenderType};
use crate::time::Timestamp;

/// Keys remembered on a message. A repetition of an older one changes nothing either, but counts as new.
const HEARD: usize = 40;
/// People whose reactions are kept on a message.
const REACTIONS: usize = 100;
/// Longest emoji kept, in bytes; a family with skin tones has 41.
const EMOJI_BYTES: usize = 64;
/// Longest key kept, in bytes.
const KEY_BYTES: usize = 200;
/// What is left of a platform's details when a message was taken back: ids, none of what it said.
const KEPT_DETAILS: [&str; 7] = [
    "mid",
    "wamid",
    "dm_event_id",
    "page_id",
    "account_id",
    "external",
    "provider_message_ids",
];

/// Text as an entry holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptText {
    /// What the timeline shows.
    pub shown: String,
    /// Where the whole is, if that is only the start.
    pub whole: Option<WholeText>,
}

impl KeptText {
    /// Whether what is shown is only the start.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.whole.is_some()
    }

    /// The attachment that holds the whole, if what is shown is only the start.
    #[must_use]
    pub fn attachment(&self) -> Option<Attachment> {
        self.whole.as_ref().map(WholeText::attachment)
    }
}

/// A text in the blob store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeText {
    /// The attachment it is shown as.
    pub attachment_id: AttachmentId,
    /// Its key in the blob store.
    pub blob_key: String,
    /// Its size in bytes.
    pub size_bytes: u64,
}

impl WholeText {
    /// File name of content that did not fit.
    pub const FILE_NAME: &str = "message.txt";
    /// What every blob key of one begins with.
    pub const PREFIX: &str = "content/";

    /// The attachment it is shown as; only such a one has a blob key under [`Self::PREFIX`].
    #[must_use]
    pub fn attachment(&self) -> Attachment {
        Attachment {
            id: self.attachment_id.clone(),
            kind: AttachmentKind::File,
            state: AttachmentState::Stored,
            source: None,
            blob_key: Some(self.blob_key.clone()),
            name: Some(Self::FILE_NAME.to_owned()),
            mime_type: Some("text/plain".to_owned()),
            size_bytes: Some(self.size_bytes),
        }
    }
}

/// One change of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Tells it from every other of the same message.
    pub key: String,
    /// The platform's time of it.
    pub at: Timestamp,
    /// What it is.
    pub what: Revised,
}

/// What a revision does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revised {
    /// The message says something else.
    Edit {
        /// What it says.
        text: KeptText,
        /// The platform's count of edits; 0 where it does not count.
        number: u64,
    },
    /// Its writer took it back.
    Unsend,
    /// Somebody reacted, or took that back.
    Reaction {
        /// The emoji; none takes it back.
        emoji: Option<String>,
        /// The platform's id of who reacted.
        by: String,
        /// Which side that is.
        sender_type: SenderType,
    },
}

/// What a revision came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// People see it.
    Shown,
    /// New, but something later is shown already.
    Recorded,
    /// Heard of before.
    Repeated,
}

/// The key in the blob store of the text that a revision brings, if it is a long one.
#[must_use]
pub fn text_key(revision: &Revision) -> Option<&str> {
    match &revision.what {
        Revised::Edit { text, number: _ } => text.whole.as_ref().map(|w| w.blob_key.as_str()),
        Revised::Unsend | Revised::Reaction { .. } => None,
    }
}

/// Whether a message needs no more of the text of an edit of this key: it has had it, or is gone.
#[must_use]
pub fn is_past(message: &Message, key: &str) -> bool {
    let key = start_bytes(key, KEY_BYTES);
    message.deleted_at.is_some() || message.heard.iter().any(|heard| heard == key)
}

/// Takes a revision into a message.
pub fn revise(message: &mut Message, revision: &Revision) -> Outcome {
    let key = start_bytes(&revision.key, KEY_BYTES);
    if message.heard.iter().any(|heard| heard == key) {
        return Outcome::Repeated;
    }
    message.heard.push(key.to_owned());
    message.heard.sort_unstable();
    if message.heard.len() > HEARD {
        message.heard.remove(0);
    }
    let shown = match &revision.what {
        Revised::Edit { text, number } => edit(message, text, *number, revision.at),
        Revised::Unsend => unsend(message, revision.at),
        Revised::Reaction {
            emoji,
            by,
            sender_type,
        } => react(
            message,
            Reaction {
                emoji: emoji
                    .as_deref()
                    .map(|e| start_bytes(e, EMOJI_BYTES).to_owned()),
                sender_type: *sender_type,
                by: by.clone(),
                at: revision.at,
            },
        ),
    };
    if shown {
        Outcome::Shown
    } else {
        Outcome::Recorded
    }
}

/// The later edit counts: by the platform's count, then by time, then by what it says.
fn edit(message: &mut Message, text: &KeptText, number: u64, at: Timestamp) -> bool {
    let known = (
        message.edit_number,
        message.edited_at,
        message.content.as_str(),
    );
    let is_first = message.edited_at.is_none();
    if message.deleted_at.is_some()
        || (!is_first && (number, Some(at), text.shown.as_str()) <= known)
    {
        return false;
    }
    message.edit_number = number;
    message.edited_at = Some(at);
    message.html = None;
    message.content.clone_from(&text.shown);
    message.content_truncated = text.is_cut();
    message.attachments.retain(|a| !is_whole_text(a));
    message.attachments.extend(text.attachment());
    true
}

fn is_whole_text(attachment: &Attachment) -> bool {
    let key = attachment.blob_key.as_deref();
    key.is_some_and(|key| key.starts_with(WholeText::PREFIX))
}

/// What was taken back is gone for us too; that there was something stays (Meta, app review, "unsend").
fn unsend(message: &mut Message, at: Timestamp) -> bool {
    let earlier = message.deleted_at.is_some_and(|known| known <= at);
    if earlier {
        return false;
    }
    message.deleted_at = Some(at);
    message.content.clear();
    message.content_truncated = false;
    message.html = None;
    message.attachments.clear();
    message.edited_at = None;
    message.edit_number = 0;
    message
        .channel_specific_data
        .retain(|key, _| KEPT_DETAILS.contains(&key.as_str()));
    true
}

/// One reaction a person, the latest. Of two at the same time, as WhatsApp tells only seconds, taking back is
/// the later one, and else the greater text.
fn react(message: &mut Message, reaction: Reaction) -> bool {
    let order = |r: &Reaction| (r.at, r.emoji.is_none(), r.emoji.clone());
    let reactions = &mut message.reactions;
    match reactions.binary_search_by(|r| r.by.cmp(&reaction.by)) {
        Ok(at) if order(&reactions[at]) >= order(&reaction) => false,
        Ok(at) => {
            reactions[at] = reaction;
            true
        }
        Err(_) if reactions.len() >= REACTIONS => false,
        Err(at) => {
            reactions.insert(at, reaction);
            true
        }
    }
}

#[cfg(test)]
mod tests;
