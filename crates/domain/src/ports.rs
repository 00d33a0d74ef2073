//! What the use cases need from outside, in the domain's own terms.

use std::time::Duration;

use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::customer::{Customer, Identity};
use crate::delivery::{DeliveryError, DeliveryState};
use crate::event::Event;
use crate::id::{CustomerId, MessageId, TicketId};
use crate::message::Message;
use crate::surroundings::Deadline;
use crate::ticket::{Status, Ticket};
use crate::time::Timestamp;

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

/// Names one message of a platform, whoever sends it: at most one of ours stands for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotKey {
    /// The platform.
    pub channel: Channel,
    /// Our account there.
    pub account: AccountId,
    /// The platform's id of the message; stored as its SHA-256.
    pub platform_message_id: String,
}

/// The message a slot stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotMessage {
    /// Its ticket.
    pub ticket_id: TicketId,
    /// Its id.
    pub message_id: MessageId,
    /// Its position in the ticket.
    pub position: u64,
    /// The attempt the platform's id belongs to; 0 for inbound messages.
    pub attempt: u32,
}

/// What a slot holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// The message is there.
    Present(SlotMessage),
    /// The message is not there yet; these came before it.
    Waiting(Vec<WaitingEvent>),
}

/// An event that came before the message it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitingEvent {
    /// A delivery report.
    Delivery {
        /// What was reported.
        state: DeliveryState,
        /// The platform's time.
        at: Timestamp,
        /// Why, if it failed.
        error: Option<DeliveryError>,
    },
}

/// The slot of a message that a commit adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotWrite {
    /// Its key.
    pub key: SlotKey,
    /// The message.
    pub message: SlotMessage,
    /// How many waiting events this commit applies: the slot must hold exactly so many. Zero means
    /// it must not exist.
    pub applies: usize,
}

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
    /// Names the customer did not have yet; what is none stays as it is.
    AddIdentity {
        /// The customer.
        id: CustomerId,
        /// The new identity.
        identity: ChannelIdentity,
    },
}

/// How far a message's way to the provider is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendState {
    /// To be sent at this time or later.
    Queued {
        /// Not before.
        not_before: Timestamp,
    },
    /// A call is under way; after `until` nobody is working on it any more.
    Sending {
        /// The end of the lease.
        until: Timestamp,
    },
}

/// The intent to send one message, kept until its outcome is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendIntent {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The message.
    pub message_id: MessageId,
    /// Its position.
    pub position: u64,
    /// The attempt it stands for, from 1.
    pub attempt: u32,
    /// When the message was first queued.
    pub queued_at: Timestamp,
    /// Where it stands.
    pub state: SendState,
}

/// How a commit touches an intent to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendWrite {
    /// A new intent; there must be none at that position.
    Create(SendIntent),
    /// It moves on; the stored one must still be `from`.
    Replace {
        /// What it must be.
        from: SendIntent,
        /// What it becomes.
        to: SendIntent,
    },
    /// It is finished; the stored one must still be this.
    Finish(SendIntent),
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

/// What waiting for a message in its slot came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waited {
    /// It waits now.
    Parked,
    /// It waited already.
    Repeated,
    /// The message is there after all.
    Present(SlotMessage),
}

/// Tickets, customers and all that hangs on them.
pub trait Tickets: Send + Sync {
    /// The identities among `identities` that exist, in one round trip.
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
    /// Writes all of `commit` or nothing. An answer that got lost is asked for again, with the same
    /// token, until `budget` has passed, so that success and failure are told apart.
    fn commit(
        &self,
        commit: &Commit,
        budget: Duration,
    ) -> impl Future<Output = Result<(), CommitError>> + Send;
}

/// What a list of tickets is filtered by; empty lists filter nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InboxFilter {
    /// Any of these statuses.
    pub statuses: Vec<Status>,
    /// Any of these channels.
    pub channels: Vec<Channel>,
    /// Any of these priorities.
    pub priorities: Vec<crate::ticket::Priority>,
    /// Assigned to this agent, or `Some(None)` to nobody.
    pub assigned: Option<Option<crate::id::AgentId>>,
    /// Has this tag.
    pub tag: Option<String>,
    /// Words that must all begin some word of the ticket, lower-cased.
    pub words: Vec<String>,
    /// Last activity at this time or later.
    pub updated_since: Option<Timestamp>,
}

/// A place in the inbox's order: by last activity and id, newest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InboxPlace {
    /// Last activity.
    pub updated_at: Timestamp,
    /// The ticket.
    pub ticket_id: TicketId,
}

/// A page of a list. Its tickets have an empty window.
#[derive(Debug, Clone, PartialEq)]
pub struct InboxPage {
    /// The tickets, newest activity first.
    pub tickets: Vec<Ticket>,
    /// Where the next page starts, if there may be one.
    pub next: Option<InboxPlace>,
}

/// Lists of tickets. Rows carry what lists show: no window, and the version of the last listed change.
pub trait Inbox: Send + Sync {
    /// A page of at most `limit` tickets after `after`.
    fn page(
        &self,
        filter: &InboxFilter,
        after: Option<&InboxPlace>,
        limit: usize,
    ) -> impl Future<Output = Result<InboxPage, PortError>> + Send;
    /// A page of a customer's tickets, newest activity first.
    fn of_customer(
        &self,
        id: &CustomerId,
        after: Option<&InboxPlace>,
        limit: usize,
    ) -> impl Future<Output = Result<InboxPage, PortError>> + Send;
    /// Resolved tickets without activity since `before`, at most `limit`.
    fn resolved_before(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<TicketId>, PortError>> + Send;
}

/// The right to publish a ticket's events, held by one relay at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishLease {
    /// Whose events.
    pub ticket_id: TicketId,
    /// Names the holder.
    pub owner: String,
    /// Every event up to this sequence is published.
    pub published_through: u64,
}

/// What is left to be told and sent.
pub trait Outbox: Send + Sync {
    /// Whether the event with this sequence still waits to be published.
    fn is_pending(
        &self,
        ticket_id: &TicketId,
        sequence: u64,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
    /// Takes the lease until `until`, or none when somebody holds it at `now`.
    fn lease(
        &self,
        ticket_id: &TicketId,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<Option<PublishLease>, PortError>> + Send;
    /// Gives the lease back with what is published now; a lease lost to somebody else stays theirs.
    fn release(&self, lease: &PublishLease) -> impl Future<Output = Result<(), PortError>> + Send;
    /// Events after `after`, in order, each with whether it is published; at most `limit`.
    fn events_after(
        &self,
        ticket_id: &TicketId,
        after: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(Event, bool)>, PortError>> + Send;
    /// Marks events as published at `now`; they are kept seven days more.
    fn mark_published(
        &self,
        events: &[&Event],
        now: Timestamp,
    ) -> impl Future<Output = Result<(), PortError>> + Send;
    /// The intents of a ticket, in order.
    fn sends(
        &self,
        ticket_id: &TicketId,
    ) -> impl Future<Output = Result<Vec<SendIntent>, PortError>> + Send;
    /// Tickets with work that is due at `now`, at most `limit` records looked at; each work once.
    fn due(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<DueWork>, PortError>> + Send;
}

/// Work that is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DueWork {
    /// Events of this ticket.
    Events(TicketId),
    /// Sends of this ticket.
    Sends(TicketId),
}

/// Where events are published.
pub trait Publisher: Send + Sync {
    /// Publishes events in order and waits for their acknowledgement, `budget` at most.
    /// Returns how many from the start were acknowledged; the rest is not under way any more.
    fn publish(&self, events: &[&Event], budget: Duration) -> impl Future<Output = usize> + Send;
    /// Whether publishing has a chance right now without waiting for a connection.
    fn is_ready(&self) -> bool;
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

/// A message as it goes to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// The channel.
    pub channel: Channel,
    /// Our account there.
    pub account: AccountId,
    /// The platform's id of the customer; for mail and chats the mail address.
    pub to: String,
    /// The customer's name, if known.
    pub to_name: Option<String>,
    /// The whole text.
    pub text: String,
    /// The ticket's subject, for mail.
    pub subject: String,
    /// The ticket's reference, for mail.
    pub reference: String,
    /// Comes back in the provider's reports.
    pub correlation: Correlation,
    /// When the message was first queued.
    pub queued_at: Timestamp,
}

/// Names one attempt to send one message, in 100 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correlation {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The message.
    pub message_id: MessageId,
    /// Its position.
    pub position: u64,
    /// The attempt.
    pub attempt: u32,
}

/// What a provider did with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// It took it, under these ids of its own.
    Accepted {
        /// The provider's ids, one a part.
        platform_message_ids: Vec<String>,
    },
    /// It certainly did not take it, and may later.
    Retryable {
        /// Why.
        error: DeliveryError,
        /// When it asked us to come back.
        retry_after: Option<Duration>,
    },
    /// It certainly did not take it and never will.
    Refused {
        /// Why.
        error: DeliveryError,
    },
    /// Nobody knows.
    Unknown {
        /// What happened.
        error: DeliveryError,
    },
}

/// The providers.
pub trait Messenger: Send + Sync {
    /// Hands one message over, waiting 10 s at most.
    fn send(&self, message: &OutgoingMessage) -> impl Future<Output = SendOutcome> + Send;
}

/// The time a use case has, as the adapters count it.
#[must_use]
pub fn budget(
    deadline: Deadline,
    surroundings: &impl crate::surroundings::Surroundings,
) -> Duration {
    deadline.remaining(surroundings)
}

impl Correlation {
    /// As text that a provider carries: `tributary:<ticket>:<message>:<position>:<attempt>`.
    #[must_use]
    pub fn as_text(&self) -> String {
        format!(
            "tributary:{}:{}:{}:{}",
            self.ticket_id, self.message_id, self.position, self.attempt
        )
    }

    /// Reads it back; none for anything that is not ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("tributary:")?.split(':');
        let correlation = Self {
            ticket_id: TicketId::parse(parts.next()?).ok()?,
            message_id: MessageId::parse(parts.next()?).ok()?,
            position: parts.next()?.parse().ok()?,
            attempt: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(correlation)
    }
}
