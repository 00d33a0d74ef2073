//! What the desk tells the world: one event for each thing that happened to a ticket, numbered
//! without gaps per ticket. Events carry ids only, never text or personal data.

use crate::channel::Channel;
use crate::delivery::DeliveryState;
use crate::id::{CustomerId, EventId, MessageId, TicketId};
use crate::message::{SenderType, Visibility, names};
use crate::ticket::{Priority, Status};
use crate::time::Timestamp;

names!(
    /// What happened.
    EventType {
        /// A ticket came into being.
        TicketCreated = "ticket.created",
        /// Status, priority, assignee, tags or subject changed.
        TicketUpdated = "ticket.updated",
        /// It was resolved.
        TicketResolved = "ticket.resolved",
        /// It was taken up again.
        TicketReopened = "ticket.reopened",
        /// It was closed.
        TicketClosed = "ticket.closed",
        /// A customer or their bot wrote.
        MessageReceived = "message.received",
        /// An agent's message was committed, notes included.
        MessageSent = "message.sent",
        /// A delivery state changed.
        MessageDelivery = "message.delivery",
    }
);

/// The topic an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// `support-tickets`.
    Tickets,
    /// `support-messages`.
    Messages,
}

/// The message an event speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventMessage {
    /// Its id.
    pub message_id: MessageId,
    /// Who wrote it.
    pub sender_type: SenderType,
    /// Who may see it.
    pub visibility: Visibility,
    /// How its delivery stands, if it goes out.
    pub delivery_state: Option<DeliveryState>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub event_type: EventType,
    /// To which ticket.
    pub ticket_id: TicketId,
    /// Whose ticket.
    pub customer_id: CustomerId,
    /// Its status afterwards.
    pub status: Status,
    /// Its priority afterwards.
    pub priority: Priority,
    /// The channel it came from.
    pub source: Channel,
    /// When.
    pub timestamp: Timestamp,
    /// By which consumers drop repetitions.
    pub event_id: EventId,
    /// Counts up by one per ticket over both topics.
    pub sequence: u64,
    /// For message events, the message.
    pub message: Option<EventMessage>,
}

impl Event {
    /// The topic it is published on.
    #[must_use]
    pub fn topic(&self) -> Topic {
        match self.event_type {
            EventType::TicketCreated
            | EventType::TicketUpdated
            | EventType::TicketResolved
            | EventType::TicketReopened
            | EventType::TicketClosed => Topic::Tickets,
            EventType::MessageReceived | EventType::MessageSent | EventType::MessageDelivery => {
                Topic::Messages
            }
        }
    }
}
