//! How a draft takes files in.

use super::Draft;
use crate::attachment::{Attachment, AttachmentState};
use crate::id::AttachmentId;
use crate::ports::{FetchIntent, FetchWrite};
use crate::surroundings::Surroundings;

impl<S: Surroundings> Draft<'_, S> {
    /// The intent to fetch the files of an entry just placed, if there are any to be fetched.
    pub(super) fn intend_to_fetch(&mut self, position: u64) {
        let Some(message) = self.message(position) else {
            return;
        };
        let is_pending = |file: &Attachment| file.state == AttachmentState::Pending;
        if message.attachments.iter().any(is_pending) {
            let intent = FetchIntent {
                ticket_id: self.ticket.id.clone(),
                message_id: message.id.clone(),
                position,
                attempt: 1,
                due_at: self.now,
            };
            self.fetches.push(FetchWrite::Create(intent));
        }
    }

    /// Says what became of a pending file. One that is no longer there, or no longer pending, is left.
    pub fn settle_file(
        &mut self,
        position: u64,
        id: &AttachmentId,
        settle: impl FnOnce(&mut Attachment),
    ) {
        let Some(message) = self.message_mut(position) else {
            return;
        };
        let file = message.attachments.iter_mut().find(|a| a.id == *id);
        let Some(file) = file.filter(|file| file.state == AttachmentState::Pending) else {
            return;
        };
        settle(file);
        file.source = None;
        self.changed = true;
        let gone = self.ticket.window.shrink();
        self.evicted.extend(gone);
    }
}
