//! Reading a ticket, its older timeline, and the status a chatbot polls.

use crate::customer::Customer;
use crate::id::{CustomerId, TicketId};
use crate::message::Message;
use crate::permission::{Action, Principal, may};
use crate::ports::{Blobs, PortError, Tickets};
use crate::receive::whole_text;
use crate::ticket::Ticket;

mod html;

pub use html::read_html;

/// Entries of one page of the older timeline.
pub const OLDER_PAGE: usize = 50;

/// Joins that are followed; each needs a person who was known by two names at once.
const MOST_JOINS: usize = 8;

/// Why it was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no such ticket.
    #[error("no such ticket")]
    NoSuchTicket,
    /// The principal may not.
    #[error("not allowed")]
    Forbidden,
    /// A store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Part of a timeline, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelinePage {
    /// The entries.
    pub messages: Vec<Message>,
    /// There is more below this position.
    pub older: Option<u64>,
}

/// The position below which a ticket has entries outside its window.
#[must_use]
pub fn older_than_window(ticket: &Ticket) -> Option<u64> {
    let first = ticket
        .window
        .messages()
        .first()
        .map_or(ticket.last_position + 1, |m| m.position);
    (first > 1).then_some(first)
}

/// A ticket with its window. Who may not read is told before anything is looked up.
///
/// # Errors
/// [`ReadError`].
pub async fn read_ticket<T: Tickets>(
    tickets: &T,
    principal: &Principal,
    id: &TicketId,
) -> Result<Ticket, ReadError> {
    if !may(principal, Action::Read, None) {
        return Err(ReadError::Forbidden);
    }
    tickets.ticket(id).await?.ok_or(ReadError::NoSuchTicket)
}

/// A customer; one who was joined with another is the other.
///
/// # Errors
/// [`PortError`].
pub async fn read_customer<T: Tickets>(
    tickets: &T,
    id: &CustomerId,
) -> Result<Option<Customer>, PortError> {
    let mut customer = tickets.customer(id).await?;
    for _ in 0..MOST_JOINS {
        match customer.as_ref().and_then(|c| c.joined_into.clone()) {
            Some(into) => customer = tickets.customer(&into).await?,
            None => break,
        }
    }
    Ok(customer)
}

/// A page of a timeline: the window, or what is `before` a position.
///
/// # Errors
/// [`ReadError`].
pub async fn read_timeline<T: Tickets>(
    tickets: &T,
    principal: &Principal,
    id: &TicketId,
    before: Option<u64>,
) -> Result<TimelinePage, ReadError> {
    let ticket = read_ticket(tickets, principal, id).await?;
    let Some(before) = before else {
        let older = older_than_window(&ticket);
        return Ok(TimelinePage {
            messages: ticket.window.messages().to_vec(),
            older,
        });
    };
    let mut messages: Vec<Message> = ticket
        .window
        .messages()
        .iter()
        .filter(|m| m.position < before)
        .rev()
        .cloned()
        .collect();
    messages.truncate(OLDER_PAGE);
    let below = messages.last().map_or(before, |m| m.position);
    let wanted = OLDER_PAGE - messages.len();
    if wanted > 0 && below > 1 {
        messages.extend(tickets.older_messages(id, below, wanted).await?);
    }
    messages.reverse();
    let older = messages.first().map(|m| m.position).filter(|p| *p > 1);
    Ok(TimelinePage { messages, older })
}

/// What a chatbot may know of its ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketStatus {
    /// The ticket.
    pub ticket: Ticket,
    /// The last public message of an agent with its whole text.
    pub last_agent_message: Option<(Message, String)>,
}

/// The status of a ticket: one read, and one more when the last answer has left the window.
///
/// # Errors
/// [`ReadError`].
pub async fn read_status<T: Tickets, B: Blobs>(
    tickets: &T,
    blobs: &B,
    principal: &Principal,
    id: &TicketId,
) -> Result<TicketStatus, ReadError> {
    let allowed_id = match principal {
        Principal::StatusHolder { ticket_id } => ticket_id == id,
        Principal::Agent { .. } | Principal::Stranger | Principal::Chatbot => {
            may(principal, Action::ReadStatus, None)
        }
    };
    if !allowed_id {
        return Err(ReadError::Forbidden);
    }
    let mut ticket = tickets.ticket(id).await?.ok_or(ReadError::NoSuchTicket)?;
    if let Some(into) = ticket.merged_into.clone() {
        ticket = tickets
            .ticket(&into)
            .await?
            .ok_or(ReadError::NoSuchTicket)?;
    }
    let place = ticket.last_agent_message.clone();
    let message = match &place {
        None => None,
        Some(place) => match ticket.in_window(place.position) {
            Some(message) => Some(message.clone()),
            None => tickets
                .older_messages(&ticket.id, place.position + 1, 1)
                .await?
                .into_iter()
                .find(|m| m.position == place.position),
        },
    };
    let last_agent_message = match message {
        Some(message) => {
            let text = whole_text(blobs, &message).await?;
            Some((message, text))
        }
        None => None,
    };
    Ok(TicketStatus {
        ticket,
        last_agent_message,
    })
}
