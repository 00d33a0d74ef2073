//! What is left to be told and sent, and where events are published.

use std::time::Duration;

use crate::channel::{AccountId, Channel};
use crate::event::Event;
use crate::id::TicketId;
use crate::ports::Errand;
use crate::ports::FetchIntent;
use crate::ports::PortError;
use crate::ports::SendIntent;
use crate::time::Timestamp;

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
    /// The intents to fetch files of a ticket, in order.
    fn fetches(
        &self,
        ticket_id: &TicketId,
    ) -> impl Future<Output = Result<Vec<FetchIntent>, PortError>> + Send;
    /// The errands of a ticket.
    fn errands(
        &self,
        ticket_id: &TicketId,
    ) -> impl Future<Output = Result<Vec<Errand>, PortError>> + Send;
    /// Ends an errand; `false` if it is no longer at this attempt.
    fn finish_errand(
        &self,
        errand: &Errand,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
    /// Puts the next try of an errand in its place; `false` if it is no longer at the attempt of `from`.
    fn postpone_errand(
        &self,
        from: &Errand,
        to: &Errand,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
    /// Tickets with work that is due at `now`, at most `limit` records of each kind looked at; each work once,
    /// sends before gates before events before fetches before errands.
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
    /// Files of this ticket.
    Fetches(TicketId),
    /// Errands of this ticket.
    Errands(TicketId),
    /// What waits behind the gate of this account.
    Gate(Channel, AccountId),
    /// An agent types in this ticket. It is never due again: what was not done at once is not worth doing.
    Typing(TicketId),
}

/// Where events are published.
pub trait Publisher: Send + Sync {
    /// Publishes events in order and waits for their acknowledgement, `budget` at most.
    /// Returns how many from the start were acknowledged; the rest is not under way any more.
    fn publish(&self, events: &[&Event], budget: Duration) -> impl Future<Output = usize> + Send;
    /// Whether publishing has a chance right now without waiting for a connection.
    fn is_ready(&self) -> bool;
}
