//! Notes that an agent types.

use std::collections::BTreeSet;

use crate::channel::Channel;
use crate::id::TicketId;
use crate::permission::{Action, Principal, may};
use crate::ports::{PortError, Tickets, TypingNotes};
use crate::receive::Desk;
use crate::surroundings::Surroundings;
use crate::typing::{APART, shown_to};

/// Why it was not noted.
#[derive(Debug, thiserror::Error)]
pub enum TypingError {
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

/// Notes that an agent types an answer in a ticket, where one of `channels` shows it to the customer, and at most once
/// in [`APART`]. Returns whether it was noted; where it was not, nothing was written.
///
/// # Errors
/// [`TypingError`].
pub async fn note_typing<T: Tickets + TypingNotes, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    principal: &Principal,
    ticket_id: &TicketId,
    channels: &BTreeSet<Channel>,
) -> Result<bool, TypingError> {
    if !may(principal, Action::Reply, None) {
        return Err(TypingError::Forbidden);
    }
    let ticket = desk.tickets.ticket(ticket_id).await?;
    let ticket = ticket.ok_or(TypingError::NoSuchTicket)?;
    let now = desk.surroundings.now();
    let is_wanted = channels.contains(&ticket.source.channel);
    if !is_wanted || shown_to(&ticket, now, now).is_none() {
        return Ok(false);
    }
    let noted = desk.tickets.note_typing(ticket_id, now, now.minus(APART));
    Ok(noted.await?)
}
