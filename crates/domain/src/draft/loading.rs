//! Brings a message into a draft from wherever the ticket keeps it.

use crate::draft::Draft;
use crate::id::{MessageId, TicketId};
use crate::message::Message;
use crate::ports::{PortError, Tickets};
use crate::surroundings::Surroundings;

impl<'a, S: Surroundings> Draft<'a, S> {
    /// A draft of a change to a ticket with one of its messages at hand; none when it has no such message.
    ///
    /// # Errors
    /// [`PortError`] when the store does not answer.
    pub async fn of_message<T: Tickets>(
        surroundings: &'a S,
        tickets: &T,
        ticket_id: &TicketId,
        (id, position): (&MessageId, u64),
    ) -> Result<Option<(Self, Message)>, PortError> {
        let Some(ticket) = tickets.ticket(ticket_id).await? else {
            return Ok(None);
        };
        let mut draft = Self::change(surroundings, ticket);
        draft.load(tickets, position).await?;
        let message = draft.message(position).filter(|m| m.id == *id).cloned();
        Ok(message.map(|message| (draft, message)))
    }

    /// Makes sure that the draft [`Self::has`] the entry at `position`, if the ticket does.
    ///
    /// # Errors
    /// [`PortError`] when the store does not answer.
    pub async fn load<T: Tickets>(&mut self, tickets: &T, position: u64) -> Result<(), PortError> {
        if self.has(position) {
            return Ok(());
        }
        let before = position.saturating_add(1);
        let older = tickets.older_messages(&self.ticket.id, before, 1).await?;
        older
            .into_iter()
            .filter(|m| m.position == position)
            .for_each(|m| self.load_older(m));
        Ok(())
    }
}
