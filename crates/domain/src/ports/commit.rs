//! Everything one change writes, and why it may not be written.

use crate::channel::AccountId;
use crate::channel::ChannelIdentity;
use crate::customer::Customer;
use crate::customer::Identity;
use crate::event::Event;
use crate::id::CustomerId;
use crate::id::MessageId;
use crate::id::TicketId;
use crate::message::Message;
use crate::ports::ErrandWrite;
use crate::ports::FetchWrite;
use crate::ports::PortError;
use crate::ports::SendWrite;
use crate::ports::Slot;
use crate::ports::SlotKey;
use crate::ports::SlotWrite;
use crate::ticket::Ticket;
use crate::time::Timestamp;

/// How a commit touches identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityWrite {
    /// A new identity; it must not exist.
    Create(Identity),
    /// The canonical identity's current ticket of an account moves on; it must still be `from`.
    Point {
        /// The canonical identity.
        identity: ChannelIdentity,
        /// The account.
        account: AccountId,
        /// The ticket it must point to now, or none.
        from: Option<TicketId>,
        /// The ticket it points to afterwards.
        to: TicketId,
    },
    /// The canonical identity must still point to this ticket.
    Check {
        /// The canonical identity.
        identity: ChannelIdentity,
        /// The account.
        account: AccountId,
        /// The ticket it must point to.
        is: TicketId,
    },
}

/// The ticket part of a commit.
#[derive(Debug, Clone, PartialEq)]
pub enum TicketWrite {
    /// A new ticket; neither its id nor its reference may exist.
    Create(Box<Ticket>),
    /// A changed ticket; the stored one must still have `expected_version`.
    Update {
        /// The ticket as it will be.
        ticket: Box<Ticket>,
        /// The version it was read at.
        expected_version: u64,
    },
}

impl TicketWrite {
    /// The ticket as it will be.
    #[must_use]
    pub fn ticket(&self) -> &Ticket {
        match self {
            Self::Create(ticket) | Self::Update { ticket, .. } => ticket,
        }
    }
}

/// The customer part of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerWrite {
    /// A new customer; it must not exist.
    Create(Customer),
    /// What was learnt of a customer who must exist and not have been joined with another; what is none or
    /// empty stays as it is.
    Learn {
        /// The customer.
        id: CustomerId,
        /// Identities the customer did not have yet.
        identities: Vec<ChannelIdentity>,
        /// The name.
        name: Option<String>,
        /// The platform's time of the latest change of names.
        renamed_at: Option<Timestamp>,
        /// How many identities the customer must still have, where all of them were looked at.
        of_identities: Option<usize>,
    },
    /// The name of a customer who must exist, have none, and not have been joined with another.
    Name {
        /// The customer.
        id: CustomerId,
        /// The name.
        name: String,
    },
    /// Turned out to be the same person as another customer, whose record is used from now on.
    Join {
        /// The customer.
        id: CustomerId,
        /// The other one.
        into: CustomerId,
        /// How many identities the customer must still have: one learnt meanwhile would be left behind.
        of_identities: usize,
    },
}

/// A change of who is who, in one transaction.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PeopleWrite {
    /// Customers, each once.
    pub customers: Vec<CustomerWrite>,
    /// Identities, each once: what is stored must be the first, none meaning nothing; it becomes the second.
    pub identities: Vec<(Option<Identity>, Identity)>,
    /// Tickets whose person goes by another name now, each once.
    pub tickets: Vec<TicketWrite>,
}

/// A request that must not be done twice, and what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// What kind of request.
    pub scope: IdempotencyScope,
    /// The caller's key; stored as its SHA-256.
    pub key: String,
    /// The ticket it touched.
    pub ticket_id: TicketId,
    /// The message it made.
    pub message_id: MessageId,
    /// Until when a status token made for it is good.
    pub token_expires_at: Option<Timestamp>,
}

/// What an idempotency key is unique among.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum IdempotencyScope {
    /// Requests signed by the chatbot: `webhook-id`.
    Chatbot,
    /// Messages of one ticket: `client_message_id`.
    Message(TicketId),
}

/// Everything one change writes, in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// The ticket.
    pub ticket: TicketWrite,
    /// Entries that left its window.
    pub evicted: Vec<Message>,
    /// Entries outside the window that changed.
    pub revised: Vec<Message>,
    /// What to tell, in order.
    pub events: Vec<Event>,
    /// The customer, where it changes.
    pub customer: Option<CustomerWrite>,
    /// Identities, where they change or are relied on.
    pub identities: Vec<IdentityWrite>,
    /// Slots of the messages.
    pub slots: Vec<SlotWrite>,
    /// Intents to send.
    pub sends: Vec<SendWrite>,
    /// Intents to fetch files.
    pub fetches: Vec<FetchWrite>,
    /// Errands that are left or done.
    pub errands: Vec<ErrandWrite>,
    /// The request's idempotency record; it must not exist.
    pub idempotency: Option<IdempotencyRecord>,
    /// Another ticket that the decision relied on, and the version it must still have.
    pub relies_on: Option<(TicketId, u64)>,
}

/// Why a commit did not happen. In every case nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Something it relied on has changed: read again, decide again.
    #[error("somebody else was faster")]
    Raced,
    /// Slots were not as expected: what they hold.
    #[error("slots are taken")]
    SlotsTaken(Vec<(SlotKey, Slot)>),
    /// The idempotent request was done before: what it did.
    #[error("done before")]
    AlreadyDone(Box<IdempotencyRecord>),
    /// Nobody can say whether it was written, and the deadline has passed.
    #[error(transparent)]
    Failed(#[from] PortError),
}
