//! That what we sent has come or was read: up to a time (Messenger), or up to a message (Instagram).

use serde_json::Value;

use super::{Context, time};
use crate::channel::fields::{list, text};
use crate::channel::inbound::{Author, DeliveryReport, InboundKind, Receipt};
use crate::delivery::{DeliveryState, ReceiptKind};

impl Context<'_> {
    /// `delivery{mids[]?, watermark}`.
    pub(super) fn delivered(&self, told: &Value) -> Vec<InboundKind> {
        match self.receipt(told, ReceiptKind::Delivered) {
            Ok(receipt) => vec![receipt],
            // Never seen without a watermark; then each message named is a report of its own.
            Err(why) => {
                let reports: Vec<InboundKind> = ids(told)
                    .map(|id| self.report(id, DeliveryState::Delivered))
                    .collect();
                if reports.is_empty() {
                    vec![InboundKind::Parked(why)]
                } else {
                    reports
                }
            }
        }
    }

    /// `read{watermark}` (Messenger) or `read{mid}` (Instagram).
    pub(super) fn read(&self, told: &Value) -> Result<InboundKind, &'static str> {
        match text(told.get("mid")) {
            Some(id) if told.get("watermark").is_none_or(Value::is_null) => {
                Ok(self.report(id, DeliveryState::Read))
            }
            Some(_) | None => self.receipt(told, ReceiptKind::Read),
        }
    }

    fn receipt(&self, told: &Value, kind: ReceiptKind) -> Result<InboundKind, &'static str> {
        Ok(InboundKind::Receipt(Box::new(Receipt {
            person: self.customer(Author::Customer)?,
            kind,
            until: time(told.get("watermark")).ok_or("receipt without a watermark")?,
            platform_message_ids: ids(told).collect(),
        })))
    }

    fn report(&self, id: String, state: DeliveryState) -> InboundKind {
        InboundKind::Report(Box::new(DeliveryReport {
            platform_message_id: id,
            recipient: self.person(Author::Customer),
            state,
            at: self.time(),
            error: None,
            correlation: None,
            echo: None,
        }))
    }
}

fn ids(told: &Value) -> impl Iterator<Item = String> {
    list(told.get("mids"))
        .iter()
        .filter_map(|id| text(Some(id)))
}
