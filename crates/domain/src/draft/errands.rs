//! What a draft leaves to be done after its commit.

use super::Draft;
use crate::ports::{Chore, Errand, ErrandWrite};
use crate::surroundings::Surroundings;

impl<S: Surroundings> Draft<'_, S> {
    /// Has the platform asked what the ticket's customer is called, where names come that way and none is
    /// known.
    pub fn ask_for_name(&mut self) {
        let asks = self.ticket.source.channel.names_are_asked_for();
        self.asks_name |= asks && self.ticket.customer.name.is_none();
    }

    /// Has blobs deleted that nothing shows any more.
    pub(super) fn erase(&mut self, keys: Vec<String>) {
        self.unshown.extend(keys);
    }

    /// The errands of the commit, one of each kind at most.
    pub(super) fn errands(&self) -> Vec<ErrandWrite> {
        let leave = |chore| {
            ErrandWrite::Create(Errand {
                ticket_id: self.ticket.id.clone(),
                version: self.ticket.version,
                chore,
                left_at: self.now,
                attempt: 1,
                due_at: self.now,
            })
        };
        let mut keys = self.unshown.clone();
        keys.sort_unstable();
        keys.dedup();
        let name = self.asks_name.then_some(Chore::LookUpName);
        let erasure = (!keys.is_empty()).then_some(Chore::Erase { keys });
        [name, erasure].into_iter().flatten().map(leave).collect()
    }
}
