//! How a draft changes what was written before.

use super::{Draft, preview};
use crate::attachment::Attachment;
use crate::revision::{Outcome, Revision, revise, text_key};
use crate::surroundings::Surroundings;

/// What lists show of a message that was taken back.
const TAKEN_BACK: &str = "Message deleted";

impl<S: Surroundings> Draft<'_, S> {
    /// Takes a revision of the entry at `position`, as far as the draft [`Self::has`] it. Lists follow when it
    /// is what they show. What it leaves in the blob store without anybody showing it is erased afterwards.
    pub fn revise(&mut self, position: u64, revision: &Revision) -> Option<Outcome> {
        let message = self.message_mut(position)?;
        let before = (message.content.clone(), message.deleted_at);
        let mut unshown: Vec<String> = message.attachments.iter().map(Attachment::key).collect();
        unshown.extend(text_key(revision).map(str::to_owned));
        let outcome = revise(message, revision);
        unshown.retain(|key| message.attachments.iter().all(|file| file.key() != *key));
        let (id, is_gone) = (message.id.clone(), message.deleted_at.is_some());
        let preview = if is_gone {
            TAKEN_BACK.to_owned()
        } else {
            preview(&message.content, message.content_type)
        };
        let said = before != (message.content.clone(), message.deleted_at);
        self.erase(unshown);
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
