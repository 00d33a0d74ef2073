//! A customer read our messages.

use serde_json::Value;

use crate::channel::AccountId;
use crate::channel::fields::text;
use crate::channel::inbound::{DeliveryReport, InboundKind};
use crate::channel::twitter::time;
use crate::delivery::DeliveryState;

/// The report about the last message that was read.
pub(super) fn report(item: &Value, us: Option<&AccountId>) -> Result<InboundKind, &'static str> {
    let last = text(item.get("last_read_event_id")).ok_or("read of no message")?;
    let reader = ["sender_id", "user_id"]
        .iter()
        .find_map(|field| text(item.get(field)));
    if reader.is_some() && reader.as_deref() == us.map(AccountId::as_str) {
        return Ok(InboundKind::Ignored("read by one of us"));
    }
    Ok(InboundKind::Report(Box::new(DeliveryReport {
        platform_message_id: last,
        recipient: reader,
        state: DeliveryState::Read,
        at: time(item.get("created_timestamp")),
        error: None,
        account_fault: None,
        correlation: None,
        is_echo: false,
    })))
}
