//! Files that X had not made ready when the time of their message was over: the next attempt asks for them instead
//! of handing them over once more.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tributary_domain::MessageId;
use tributary_domain::ports::Correlation;

const KEPT: usize = 64;

/// The part of a message that waits for its file.
type Part = (MessageId, u32);

/// The last of them, as far as this process knows.
#[derive(Debug, Default)]
pub(super) struct Unready(Mutex<VecDeque<(Part, String)>>);

impl Unready {
    /// Takes out the id of a part's file.
    pub(super) fn take(&self, of: &Correlation) -> Option<String> {
        let part = (of.message_id.clone(), of.part);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| *known == part)?;
        kept.remove(at).map(|(_, id)| id)
    }

    /// Keeps it for the next attempt.
    pub(super) fn keep(&self, of: &Correlation, media_id: String) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(((of.message_id.clone(), of.part), media_id));
    }
}
