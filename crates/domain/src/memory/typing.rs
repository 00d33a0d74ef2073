//! The port [`TypingNotes`] in memory.

use crate::id::TicketId;
use crate::memory::MemoryStore;
use crate::ports::{PortError, TypingNotes};
use crate::time::Timestamp;

/// A note.
#[derive(Debug, Clone, Copy)]
pub(super) struct Note {
    at: Timestamp,
    is_taken: bool,
}

impl TypingNotes for MemoryStore {
    async fn note_typing(
        &self,
        ticket_id: &TicketId,
        at: Timestamp,
        before: Timestamp,
    ) -> Result<bool, PortError> {
        self.call(|state| {
            let known = state.typing.get(ticket_id);
            let is_due = known.is_none_or(|note| note.at <= before);
            if is_due {
                let is_taken = false;
                state
                    .typing
                    .insert(ticket_id.clone(), Note { at, is_taken });
            }
            is_due
        })
        .await
    }

    async fn take_typing(
        &self,
        ticket_id: &TicketId,
        oldest: Timestamp,
    ) -> Result<Option<Timestamp>, PortError> {
        self.call(|state| {
            let note = state.typing.get_mut(ticket_id)?;
            if note.is_taken || note.at < oldest {
                return None;
            }
            note.is_taken = true;
            Some(note.at)
        })
        .await
    }
}

impl MemoryStore {
    /// How many tickets somebody was noted to type in.
    #[must_use]
    pub fn typing_notes(&self) -> usize {
        self.state().typing.len()
    }
}
