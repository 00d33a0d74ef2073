//! How much of a message may have gone out, and how much has not.

use super::{Attempt, Delivery, DeliveryState, Part};
use crate::time::Timestamp;

impl Delivery {
    /// Whether the customer may have something of it: a part that its provider took, or that was called in whatever
    /// attempt without anybody knowing what came of it.
    #[must_use]
    pub fn may_have_gone(&self) -> bool {
        let mut attempts = self.parts.iter().flat_map(Part::attempts);
        attempts.any(|attempt| match attempt.state {
            DeliveryState::Sending
            | DeliveryState::Unknown
            | DeliveryState::Sent
            | DeliveryState::Delivered
            | DeliveryState::Read => true,
            DeliveryState::Queued | DeliveryState::Failed => false,
        })
    }

    /// Whether an attempt may have sent a part that is not known to be taken, whatever became of later ones.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        let mut left = self.parts.iter().filter(|part| !part.state().is_taken());
        left.any(|part| part.attempts.iter().any(is_unknown))
    }

    /// What is not known to have been sent was, as a person found out.
    pub fn arrived(&mut self, at: Timestamp) {
        let left = self
            .parts
            .iter_mut()
            .filter(|part| !part.state().is_taken());
        for part in left {
            if let Some(attempt) = part.attempts.iter_mut().rfind(|a| is_unknown(a)) {
                attempt.raise(DeliveryState::Sent, at, None);
            }
        }
    }

    /// Whether a part still waits for its call.
    #[must_use]
    pub fn has_waiting(&self) -> bool {
        let mut parts = self.parts.iter();
        parts.any(|part| part.state() == DeliveryState::Queued)
    }
}

fn is_unknown(attempt: &Attempt) -> bool {
    attempt.state == DeliveryState::Unknown
}
