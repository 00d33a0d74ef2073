//! Shows a customer that an agent types.

use crate::gate::Admission;
use crate::id::TicketId;
use crate::ports::{Gates, Messenger, PortError, Tickets, TypingNotes};
use crate::receive::Desk;
use crate::surroundings::Surroundings;
use crate::typing::{FRESH, shown_to};

/// Shows the customer what was noted of a ticket, if that is fresh and still so. The note is taken before the call, so
/// that it is shown once at most, and a call that fails is not made again. An account that sends nothing now shows nothing
/// either. Returns whether the platform took it.
///
/// # Errors
/// [`PortError`]; nothing was shown.
pub async fn show_typing<T: Tickets + Gates + TypingNotes, B, S: Surroundings, M: Messenger>(
    desk: &Desk<T, B, S>,
    messenger: &M,
    ticket_id: &TicketId,
) -> Result<bool, PortError> {
    let oldest = desk.surroundings.now().minus(FRESH);
    let Some(typed_at) = desk.tickets.take_typing(ticket_id, oldest).await? else {
        return Ok(false);
    };
    let Some(ticket) = desk.tickets.ticket(ticket_id).await? else {
        return Ok(false);
    };
    let now = desk.surroundings.now();
    let Some(to) = shown_to(&ticket, typed_at, now) else {
        return Ok(false);
    };
    let gate = desk.tickets.gate(to.channel, &to.account).await?;
    if let Admission::Closed { .. } = gate.admit(to.channel, now, false) {
        return Ok(false);
    }
    Ok(messenger.show_typing(&to).await)
}
