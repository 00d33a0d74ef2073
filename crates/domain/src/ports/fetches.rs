//! Files on their way in: the intent to fetch those of a message, and the platforms they are fetched from.

use std::time::Duration;

use crate::attachment::MediaSource;
use crate::channel::AccountId;
use crate::channel::Channel;
use crate::id::MessageId;
use crate::id::TicketId;
use crate::time::Timestamp;

/// The intent to fetch the pending files of one message, kept until each is ours or given up. Where they are
/// stands on the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchIntent {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The message.
    pub message_id: MessageId,
    /// Its position.
    pub position: u64,
    /// Which try is next, from 1.
    pub attempt: u32,
    /// Not before.
    pub due_at: Timestamp,
}

/// How a commit touches an intent to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchWrite {
    /// A new intent; there must be none at that position.
    Create(FetchIntent),
    /// It moves on; the stored one must still be at the same attempt.
    Replace {
        /// What it must be.
        from: FetchIntent,
        /// What it becomes.
        to: FetchIntent,
    },
    /// It is finished; the stored one must still be at this attempt.
    Finish(FetchIntent),
}

/// A file as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What they are, as the bytes themselves say; `application/octet-stream` for everything that a browser
    /// could run or that is not known.
    pub mime_type: &'static str,
    /// The usual ending of such a file's name, without the dot.
    pub extension: &'static str,
}

/// Why there is no file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It may be had later.
    #[error("not now: {reason}")]
    NotNow {
        /// Why, without personal data.
        reason: &'static str,
        /// When the platform asked us to come back.
        retry_after: Option<Duration>,
    },
    /// It is not to be had, or must not be.
    #[error("never: {0}")]
    Never(&'static str),
}

/// The platforms, as far as they keep files.
pub trait MediaFetcher: Send + Sync {
    /// Fetches one file that came to one of our accounts.
    fn fetch(
        &self,
        channel: Channel,
        account: &AccountId,
        source: &MediaSource,
    ) -> impl Future<Output = Result<Fetched, FetchError>> + Send;
}
