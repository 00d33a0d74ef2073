//! Facebook Messenger webhooks: payload to events. Field facts: Messenger Platform, webhook events
//! reference (March 2026) and changelog (June 2026).

use serde_json::value::RawValue;

use crate::channel::Channel;
use crate::channel::inbound::Events;
use crate::channel::meta::{self, Platform};

const MESSENGER: Platform = Platform {
    channel: Channel::Facebook,
    name: "Messenger",
    object: "page",
    account_field: "page_id",
    foreign: "not a Messenger body",
};

/// Turns an authentic body into events. Whatever the body holds, each of its events is counted once
/// and nothing panics; what is not understood is parked.
#[must_use]
pub fn events(body: &RawValue) -> Events<'_> {
    meta::events(&MESSENGER, body)
}

#[cfg(test)]
mod tests;
