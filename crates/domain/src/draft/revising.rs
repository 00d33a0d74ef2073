//! How a draft changes what was written before.

use super::{Draft, preview};
use crate::revision::{Outcome, Revision, revise};
use crate::surroundings::Surroundings;

/// What lists show of a message that was taken back.
const TAKEN_BACK: &str = "Message deleted";

impl<S: Surroundings> Draft<'_, S> {
    /// Takes a revision of the entry at `position`, as far as the draft [`Self::has`] it. Lists follow when it
    /// is what they show.
    pub fn revise(&mut self, position: u64, revision: &Revision) -> Option<Outcome> {
        let message = self.message_mut(position)?;
        let before = (message.content.clone(), message.deleted_at);
        let outcome = revise(message, revision);
        let (id, is_gone) = (message.id.clone(), message.deleted_at.is_some());
        let preview = if is_gone {
            TAKEN_BACK.to_owned()
        } else {
            preview(&message.content, message.content_type)
        };
        let said = before != (message.content.clone(), message.deleted_at);
        match outcome {
            Outcome::Shown | Outcome::Recorded => self.changed = true,
            Outcome::Repeated => {}
        }
        if said
            && let Some(last) = &mut self.ticket.last_message
            && last.message_id == id
        {
            last.content = preview;
            self.listed = true;
        }
        let gone = self.ticket.window.shrink();
        self.evicted.extend(gone);
        Some(outcome)
    }
}
