//! What goes over the wire.

use serde::Serialize;
use tributary_domain::read_ticket::TicketStatus;
use tributary_domain::{Message, Status};
use utoipa::ToSchema;

/// How a ticket stands, as far as its customer may know.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketStatusView {
    /// The ticket; of a merged one, the ticket it was merged into.
    #[schema(example = "tkt_01arz3ndektsv4rrffq69g5fav")]
    pub ticket_id: String,
    /// Its name among people.
    #[schema(example = "7K3M9Q2X")]
    pub reference: String,
    /// Where it stands.
    pub status: StatusWord,
    /// Last activity.
    #[schema(format = DateTime)]
    pub last_updated: String,
    /// Whether an agent has answered.
    pub has_agent_reply: bool,
    /// The agent's last answer. Internal notes never appear.
    #[schema(required)]
    pub last_agent_message: Option<LastAgentMessageView>,
}

/// An agent's answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastAgentMessageView {
    /// Its id.
    pub message_id: String,
    /// Its time.
    #[schema(format = DateTime)]
    pub timestamp: String,
    /// The whole text.
    pub content: String,
}

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StatusName)]
pub enum StatusWord {
    /// `new`
    New,
    /// `open`
    Open,
    /// `pending_customer`
    PendingCustomer,
    /// `resolved`
    Resolved,
    /// `closed`
    Closed,
}

impl From<Status> for StatusWord {
    fn from(status: Status) -> Self {
        match status {
            Status::New => Self::New,
            Status::Open => Self::Open,
            Status::PendingCustomer => Self::PendingCustomer,
            Status::Resolved => Self::Resolved,
            Status::Closed => Self::Closed,
        }
    }
}

impl From<TicketStatus> for TicketStatusView {
    fn from(status: TicketStatus) -> Self {
        let TicketStatus {
            ticket,
            last_agent_message,
        } = status;
        Self {
            ticket_id: ticket.id.to_string(),
            reference: ticket.reference.to_string(),
            status: ticket.status.into(),
            last_updated: ticket.updated_at.to_string(),
            has_agent_reply: ticket.last_agent_message.is_some(),
            last_agent_message: last_agent_message.map(LastAgentMessageView::from),
        }
    }
}

impl From<(Message, String)> for LastAgentMessageView {
    fn from((message, content): (Message, String)) -> Self {
        Self {
            message_id: message.id.to_string(),
            timestamp: message.timestamp.to_string(),
            content,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_the_domains_own_name() {
        for &status in Status::ALL {
            let word = serde_json::to_value(StatusWord::from(status)).expect("a word");
            assert_eq!(word, status.as_str());
        }
    }
}
