//! What a draft leaves to be done after its commit.

use super::Draft;
use crate::ports::{Chore, Errand, ErrandWrite};
use crate::send::{LEASE, again_at};
use crate::surroundings::Surroundings;

impl<S: Surroundings> Draft<'_, S> {
    /// Has the platform asked what the ticket's customer is called, where names come that way and none is
    /// known.
    pub fn ask_for_name(&mut self) {
        let asks = self.ticket.source.channel.names_are_asked_for();
        self.asks_name |= asks && self.ticket.customer.name.is_none();
    }

    /// Has the conversation looked at for a part whose fate is not known, once its lease is over, where the platform
    /// tells what is written there.
    pub fn look_for_sent(&mut self) {
        self.looks_for_sent |= self.ticket.source.channel.tells_what_was_sent();
    }

    /// Has the entry at `position` sent again, where its platform gave it up for a reason that passes.
    pub(super) fn send_again(&mut self, position: u64) {
        let message = self.message(position);
        let at = message.and_then(|message| again_at(message, self.now));
        self.sends_again = self.sends_again.into_iter().chain(at).min();
    }

    /// Has blobs deleted that nothing shows any more.
    pub(super) fn erase(&mut self, keys: Vec<String>) {
        self.unshown.extend(keys);
    }

    /// The errands of the commit, one of each kind at most.
    pub(super) fn errands(&self) -> Vec<ErrandWrite> {
        let leave = |(chore, due_at)| {
            ErrandWrite::Create(Errand {
                ticket_id: self.ticket.id.clone(),
                version: self.ticket.version,
                chore,
                left_at: self.now,
                attempt: 1,
                due_at,
            })
        };
        let mut keys = self.unshown.clone();
        keys.sort_unstable();
        keys.dedup();
        let name = self.asks_name.then_some(Chore::LookUpName);
        let erasure = (!keys.is_empty()).then_some(Chore::Erase { keys });
        let sent = self.looks_for_sent.then_some(Chore::LookForSent);
        let later = self.now.plus(LEASE);
        let again = self.sends_again.map(|_| Chore::SendAgain);
        let again_at = self.sends_again.unwrap_or(later);
        let all = [
            (name, self.now),
            (erasure, self.now),
            (sent, later),
            (again, again_at),
        ];
        let all = all.into_iter().filter_map(|(chore, at)| Some((chore?, at)));
        all.map(leave).collect()
    }
}
