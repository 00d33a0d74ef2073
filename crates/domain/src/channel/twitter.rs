//! What X posts, in our own terms. Nothing is understood yet: all of it is parked.

use serde_json::Value;

use crate::channel::Channel;
use crate::channel::inbound::{InboundBatch, InboundEvent, InboundKind};

/// The events of a body.
#[must_use]
pub fn normalise(_body: &Value) -> InboundBatch {
    InboundBatch {
        channel: Channel::Twitter,
        events: vec![InboundEvent {
            account: None,
            kind: InboundKind::Parked("not understood yet"),
        }],
    }
}
