//! How a draft moves the delivery of its entries.

use super::Draft;
use crate::delivery::{Delivery, DeliveryError, DeliveryState, Observed, ReceiptKind};
use crate::event::{EventMessage, EventType};
use crate::ports::SlotMessage;
use crate::surroundings::Surroundings;
use crate::time::Timestamp;

impl<S: Surroundings> Draft<'_, S> {
    /// Changes the delivery of the entry at `position`, and judges it by the ticket's watermarks; an
    /// event tells of a state that moved. Returns what `change` said, or none when there is no delivery
    /// there.
    pub fn deliver<T>(
        &mut self,
        position: u64,
        change: impl FnOnce(&mut Delivery) -> T,
    ) -> Option<T> {
        let watermarks = self.ticket.watermarks;
        let message = self.message_mut(position)?;
        let delivery = message.delivery.as_mut()?;
        let before = delivery.clone();
        let outcome = change(delivery);
        delivery.judge(watermarks);
        let (now, changed) = (delivery.state(), *delivery != before);
        let told = EventMessage {
            message_id: message.id.clone(),
            sender_type: message.sender_type,
            visibility: message.visibility,
            delivery_state: Some(now),
        };
        self.changed |= changed;
        if before.state() != now || before.latest_attempt() != self.latest_attempt(position) {
            self.tell(EventType::MessageDelivery, Some(told));
        }
        let gone = self.ticket.window.shrink();
        self.evicted.extend(gone);
        Some(outcome)
    }

    fn latest_attempt(&self, position: u64) -> u32 {
        self.message(position)
            .and_then(|m| m.delivery.as_ref())
            .map_or(0, Delivery::latest_attempt)
    }

    /// Takes a provider's report on a part of an entry.
    pub fn observe(
        &mut self,
        target: &SlotMessage,
        state: DeliveryState,
        at: Timestamp,
        error: Option<DeliveryError>,
    ) -> Option<Observed> {
        let (part, attempt) = (target.part as usize, target.attempt);
        let observed = self.deliver(target.position, |d| {
            d.observe(part, attempt, state, at, error)
        })?;
        match (observed, state) {
            (Observed::Moved | Observed::Recorded, DeliveryState::Failed) => {
                self.send_again(target.position);
            }
            (Observed::Moved | Observed::Recorded | Observed::Repeated, _) => {}
        }
        Some(observed)
    }

    /// Takes a platform's word on everything up to a time, and judges the entries of the window by it.
    /// It is kept, so that an entry whose fate is settled later is judged by it too. Returns whether it
    /// is later than what was known.
    pub fn raise_watermark(&mut self, kind: ReceiptKind, until: Timestamp) -> bool {
        if !self.ticket.watermarks.raise(kind, until) {
            return false;
        }
        self.changed = true;
        let window = self.ticket.window.messages().iter();
        let outgoing: Vec<u64> = window
            .filter(|m| m.delivery.is_some())
            .map(|m| m.position)
            .collect();
        for position in outgoing {
            self.deliver(position, |_| ());
        }
        true
    }
}
