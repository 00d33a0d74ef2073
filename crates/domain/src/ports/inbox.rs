//! Lists of tickets.

use crate::channel::Channel;
use crate::id::CustomerId;
use crate::id::TicketId;
use crate::ports::PortError;
use crate::ticket::Status;
use crate::ticket::Ticket;
use crate::time::Timestamp;

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
