//! Errands: what a commit leaves to be done afterwards, beside what is told, sent and fetched; and the
//! platforms, as far as they tell what people are called.

use std::time::Duration;

use crate::channel::{AccountId, Channel};
use crate::id::TicketId;
use crate::time::Timestamp;

/// An errand of one ticket, kept until it is done or given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The ticket's version in the commit that left it: a commit leaves each kind at most once.
    pub version: u64,
    /// What is to be done.
    pub chore: Chore,
    /// Since when it is to be done.
    pub left_at: Timestamp,
    /// Which try is next, from 1.
    pub attempt: u32,
    /// Not before.
    pub due_at: Timestamp,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chore {
    /// The platform is asked what the ticket's customer is called.
    LookUpName,
    /// The conversation is looked at for what nobody knows to have been sent.
    LookForSent,
    /// What a platform took and gave up for a reason that passes is sent again.
    SendAgain,
    /// Blobs that nothing shows any more are deleted.
    Erase {
        /// Their keys.
        keys: Vec<String>,
    },
}

impl Chore {
    /// The kind's name, by which it is stored.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::LookUpName => "name",
            Self::LookForSent => "sent",
            Self::SendAgain => "again",
            Self::Erase { keys: _ } => "erase",
        }
    }
}

/// How a commit touches an errand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrandWrite {
    /// A new errand; there must be none of that kind and version.
    Create(Errand),
    /// It is done; the stored one must still be at this attempt.
    Finish(Errand),
}

/// Why a platform does not tell a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// It may be told later.
    #[error("not now: {reason}")]
    NotNow {
        /// Why, without personal data.
        reason: String,
        /// When the platform asked us to come back.
        retry_after: Option<Duration>,
    },
    /// Our account cannot ask until somebody mends it.
    #[error("the account cannot ask: {0}")]
    AccountBroken(String),
    /// It is not told, however often it is asked for.
    #[error("never: {0}")]
    Never(String),
}

/// The platforms, as far as they tell what people are called.
pub trait Profiles: Send + Sync {
    /// The name by which a person goes who wrote to one of our accounts.
    fn name_of(
        &self,
        channel: Channel,
        account: &AccountId,
        platform_id: &str,
    ) -> impl Future<Output = Result<String, ProfileError>> + Send;
}
