//! Instagram messaging webhooks, of both logins: payload to events. Field facts: Instagram Platform,
//! webhooks and messaging reference (2026).

use serde_json::value::RawValue;

use crate::channel::Channel;
use crate::channel::inbound::Events;
use crate::channel::meta::{self, Platform};

const INSTAGRAM: Platform = Platform {
    channel: Channel::Instagram,
    name: "Instagram",
    object: "instagram",
    account_field: "account_id",
    foreign: "not an Instagram body",
};

/// Turns an authentic body into events. Whatever the body holds, each of its events is counted once
/// and nothing panics; what is not understood is parked.
#[must_use]
pub fn events(body: &RawValue) -> Events<'_> {
    meta::events(&INSTAGRAM, body)
}

#[cfg(test)]
mod tests;
