//! How much of a message may have gone out, and how much has not.

use super::{Delivery, DeliveryState, Part};

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

    /// Whether a part still waits for its call.
    #[must_use]
    pub fn has_waiting(&self) -> bool {
        let mut parts = self.parts.iter();
        parts.any(|part| part.state() == DeliveryState::Queued)
    }
}
