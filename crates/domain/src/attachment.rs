//! Files that belong to a message. Their bytes live in the blob store, never in a ticket.

use crate::id::AttachmentId;

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

/// One file of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Names it towards clients.
    pub id: AttachmentId,
    /// `image`, `audio`, `video` or `file`.
    pub kind: String,
    /// Whether the bytes are ours.
    pub state: AttachmentState,
    /// Key in the blob store once stored.
    pub blob_key: Option<String>,
    /// File name, if known.
    pub name: Option<String>,
    /// Media type, if known.
    pub mime_type: Option<String>,
    /// Size in bytes, if known.
    pub size_bytes: Option<u64>,
}
