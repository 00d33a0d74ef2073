//! What the use cases need from outside, in the domain's own terms.

use std::time::Duration;

use crate::channel::ChannelIdentity;
use crate::customer::Customer;
use crate::customer::Identity;
use crate::id::CustomerId;
use crate::id::TicketId;
use crate::message::Message;
use crate::surroundings::Deadline;
use crate::ticket::Ticket;
use crate::time::Timestamp;

mod accounts;
mod checkups;
mod commit;
mod errands;
mod fetches;
mod gates;
mod inbox;
mod outbox;
mod sends;
mod slots;
mod typing;
mod uploads;

pub use accounts::Accounts;
pub use checkups::{Checkup, Checkups};
pub use commit::{
    Commit, CommitError, CustomerWrite, IdempotencyRecord, IdempotencyScope, IdentityWrite,
    PeopleWrite, TicketWrite,
};
pub use errands::{Chore, Errand, ErrandWrite, ProfileError, Profiles};
pub use fetches::{FetchError, FetchIntent, FetchWrite, Fetched, MediaFetcher};
pub use gates::{Gates, QueuedSend};
pub use inbox::{Inbox, InboxFilter, InboxPage, InboxPlace};
pub use outbox::{DueWork, Outbox, PublishLease, Publisher};
pub use sends::{
    Answered, Correlation, FoundThere, LookupError, Messenger, OutgoingFile, OutgoingPart,
    PartContent, Refusals, SendIntent, SendOutcome, SendState, SendWrite, Template,
};
pub use slots::{MAX_WAITING, Slot, SlotKey, SlotMessage, SlotWrite, Waited, WaitingEvent};
pub use typing::{TypingNotes, TypingTo};
pub use uploads::{UploadForm, Uploaded, Uploads};

/// The cause of a failure outside, for the log.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A store or service could not be asked, or answered nonsense.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// Throttled, timed out or gone; the same call may succeed later.
    #[error("temporarily unavailable")]
    Unavailable(#[source] Cause),
    /// What is stored cannot be read; somebody has to look.
    #[error("stored data is corrupt: {0}")]
    Corrupt(String),
}

/// Tickets, customers and all that hangs on them.
pub trait Tickets: Send + Sync {
    /// The identities among `identities` that exist, in one round trip; each once, though it be named twice.
    fn identities(
        &self,
        identities: &[ChannelIdentity],
    ) -> impl Future<Output = Result<Vec<Identity>, PortError>> + Send;
    /// A customer.
    fn customer(
        &self,
        id: &CustomerId,
    ) -> impl Future<Output = Result<Option<Customer>, PortError>> + Send;
    /// A ticket with its window, as of the latest commit.
    fn ticket(
        &self,
        id: &TicketId,
    ) -> impl Future<Output = Result<Option<Ticket>, PortError>> + Send;
    /// Up to `limit` entries outside the window with a position below `before`, newest first.
    fn older_messages(
        &self,
        id: &TicketId,
        before: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Message>, PortError>> + Send;
    /// What a slot holds; none when nothing is known.
    fn slot(&self, key: &SlotKey) -> impl Future<Output = Result<Option<Slot>, PortError>> + Send;
    /// Lets an event wait in the slot of a message that is not there.
    fn wait_in_slot(
        &self,
        key: &SlotKey,
        event: &WaitingEvent,
    ) -> impl Future<Output = Result<Waited, PortError>> + Send;
    /// What an idempotent request did before, if it was done.
    fn idempotency(
        &self,
        scope: &IdempotencyScope,
        key: &str,
    ) -> impl Future<Output = Result<Option<IdempotencyRecord>, PortError>> + Send;
    /// Writes all of `people` or nothing; for answers that got lost as [`Self::commit`].
    fn write_people(
        &self,
        people: &PeopleWrite,
        budget: Duration,
    ) -> impl Future<Output = Result<(), CommitError>> + Send;
    /// Writes all of `commit` or nothing. An answer that got lost is asked for again, with the same
    /// token, until `budget` has passed, so that success and failure are told apart.
    fn commit(
        &self,
        commit: &Commit,
        budget: Duration,
    ) -> impl Future<Output = Result<(), CommitError>> + Send;
}

/// Something that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlob {
    /// Its key.
    pub key: String,
    /// Since when it is there.
    pub stored_at: Timestamp,
}

/// Large content, by key.
pub trait Blobs: Send + Sync {
    /// Stores bytes under a key; the same key again replaces them.
    fn put(
        &self,
        key: &str,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> impl Future<Output = Result<(), PortError>> + Send;
    /// Stores bytes under a key, unless some are there already: those stay, and so does their age.
    /// `true` if they were stored.
    fn put_new(
        &self,
        key: &str,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
    /// What is stored under keys that begin with `prefix` and sort after `after`, in the order of the
    /// keys' bytes, at most `limit`.
    fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<StoredBlob>, PortError>> + Send;
    /// Deletes what is under a key, for good; nothing there is as good.
    fn delete(&self, key: &str) -> impl Future<Output = Result<(), PortError>> + Send;
    /// The bytes under a key, if there are any.
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<Vec<u8>>, PortError>> + Send;
    /// An address from which the bytes can be downloaded for `valid`, as a file of that name and type.
    fn signed_url(
        &self,
        key: &str,
        name: &str,
        content_type: &str,
        valid: Duration,
    ) -> impl Future<Output = Result<String, PortError>> + Send;
}

/// The time a use case has, as the adapters count it.
#[must_use]
pub fn budget(
    deadline: Deadline,
    surroundings: &impl crate::surroundings::Surroundings,
) -> Duration {
    deadline.remaining(surroundings)
}
