//! Up to when all that was sent to a customer has come or was read, for platforms that say it so.

use super::{Attempt, DeliveryState};
use crate::time::Timestamp;

/// What a platform says of everything up to a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReceiptKind {
    /// It reached the customer's device.
    Delivered,
    /// The customer saw it.
    Read,
}

/// The latest that a platform said of a conversation, kept so that what is settled later is judged by
/// it too. Times are the platform's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Watermarks {
    /// Everything handed over by then has come.
    pub delivered: Option<Timestamp>,
    /// Everything handed over by then was read.
    pub read: Option<Timestamp>,
}

impl Watermarks {
    /// Takes a later one; returns whether it is later.
    pub fn raise(&mut self, kind: ReceiptKind, until: Timestamp) -> bool {
        let mark = match kind {
            ReceiptKind::Delivered => &mut self.delivered,
            ReceiptKind::Read => &mut self.read,
        };
        let later = mark.is_none_or(|known| known < until);
        if later {
            *mark = Some(until);
        }
        later
    }

    /// What they prove of an attempt: nothing unless its provider certainly has it, for the platform
    /// speaks of what it has; and nothing when it was handed over later.
    pub(super) fn judge(self, attempt: &mut Attempt) {
        let (true, Some(called_at)) = (attempt.state.is_taken(), attempt.called_at) else {
            return;
        };
        for (state, until) in [
            (DeliveryState::Delivered, self.delivered),
            (DeliveryState::Read, self.read),
        ] {
            if let Some(until) = until.filter(|until| called_at <= *until) {
                attempt.hear(state, until, None);
            }
        }
    }
}
