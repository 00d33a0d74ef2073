//! Files that belong to a message. Their bytes live in the blob store, never in a ticket.

use crate::id::AttachmentId;

mod sniffed;

pub use sniffed::sniff;

/// Whether the bytes are ours yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentState {
    /// Still at the platform, to be fetched.
    Pending,
    /// In the blob store.
    Stored,
    /// The platform no longer gives it.
    Unavailable,
}

impl AttachmentState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Stored, Self::Unavailable];

    /// The state's name outside.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Stored => "stored",
            Self::Unavailable => "unavailable",
        }
    }

    /// The state of that name, if there is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// What kind of file it is, as far as it decides how it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentKind {
    /// A picture or sticker.
    Image,
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
    /// Anything else.
    File,
}

impl AttachmentKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Image, Self::Audio, Self::Video, Self::File];

    /// The kind's name outside.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::File => "file",
        }
    }

    /// The kind of that name, if there is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == text)
    }

    /// The kind of a file of this media type.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Self {
        match media_type.split('/').next() {
            Some("image") => Self::Image,
            Some("audio") => Self::Audio,
            Some("video") => Self::Video,
            Some(_) | None => Self::File,
        }
    }
}

/// Where the bytes of a file are while they are not ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaSource {
    /// At this address, for a limited time.
    Url(String),
    /// Under this id, to be asked for with the account's token (WhatsApp Cloud API, media).
    Media {
        /// The id.
        id: String,
        /// SHA-256 of the bytes in base64, if told.
        sha256: Option<String>,
    },
}

/// What the key in the blob store of every file that was fetched begins with.
pub const FETCHED_PREFIX: &str = "attachments/";

/// One file of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Names it towards clients.
    pub id: AttachmentId,
    /// What kind of file.
    pub kind: AttachmentKind,
    /// Whether the bytes are ours.
    pub state: AttachmentState,
    /// Where they are while they are pending.
    pub source: Option<MediaSource>,
    /// Key in the blob store once stored.
    pub blob_key: Option<String>,
    /// File name, if known.
    pub name: Option<String>,
    /// Media type, if known.
    pub mime_type: Option<String>,
    /// Size in bytes, if known.
    pub size_bytes: Option<u64>,
}

impl Attachment {
    /// The key in the blob store under which the bytes are, or under which whoever fetches them puts them.
    #[must_use]
    pub fn key(&self) -> String {
        match &self.blob_key {
            Some(key) => key.clone(),
            None => format!("{FETCHED_PREFIX}{}", self.id),
        }
    }
}
