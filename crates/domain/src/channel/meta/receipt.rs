//! What the platform says of messages that were sent: delivered, read.

use serde_json::Value;

use crate::channel::fields::{list, text};
use crate::channel::inbound::{DeliveryReport, InboundKind, Receipt};
use crate::channel::meta::event::{Event, time};
use crate::delivery::{DeliveryState, ReceiptKind};

/// A delivery is one receipt. Without a watermark, which was never seen, each message that it names is
/// a report of its own.
pub(super) fn deliveries(event: &Event<'_>, told: &Value) -> Vec<InboundKind> {
    let why = match receipt(event, told, ReceiptKind::Delivered) {
        Ok(receipt) => return vec![receipt],
        Err(why) => why,
    };
    let ids = ids(told).into_iter();
    let reports: Vec<InboundKind> = ids
        .map(|id| report(event, id, DeliveryState::Delivered))
        .collect();
    match reports.is_empty() {
        true => vec![InboundKind::Parked(why)],
        false => reports,
    }
}

/// Messenger says up to when all was read, Instagram which message was.
pub(super) fn read(event: &Event<'_>, told: &Value) -> Result<InboundKind, &'static str> {
    if event.is_ours() {
        return Ok(InboundKind::Ignored("read by our own account"));
    }
    receipt(event, told, ReceiptKind::Read).or_else(|why| {
        let id = text(told.get("mid")).ok_or(why)?;
        Ok(report(event, id, DeliveryState::Read))
    })
}

fn receipt(
    event: &Event<'_>,
    told: &Value,
    kind: ReceiptKind,
) -> Result<InboundKind, &'static str> {
    Ok(InboundKind::Receipt(Box::new(Receipt {
        person: event.person().ok_or("receipt without a person")?,
        kind,
        until: time(told.get("watermark")).ok_or("receipt without a watermark")?,
        platform_message_ids: ids(told),
    })))
}

fn ids(told: &Value) -> Vec<String> {
    let ids = list(told.get("mids")).iter().map(Some);
    ids.chain([told.get("mid")]).filter_map(text).collect()
}

fn report(event: &Event<'_>, id: String, state: DeliveryState) -> InboundKind {
    InboundKind::Report(Box::new(DeliveryReport {
        platform_message_id: id,
        recipient: event.person().map(|p| p.platform_id().to_owned()),
        state,
        at: event.time(),
        error: None,
        account_fault: None,
        correlation: None,
        is_echo: false,
    }))
}
