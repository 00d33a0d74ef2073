//! What WhatsApp says of the business account that our numbers belong to.

use serde_json::Value;

use crate::channel::fields::{at, list, text};
use crate::channel::inbound::{AccountNews, InboundKind};
use crate::channel::whatsapp::seconds;

/// A change of the account that decides whether its numbers may be used. It names the business account
/// only, not the numbers. A restriction that does not touch answers to customers is of no use here.
pub(super) fn news(entry: &Value, value: &Value) -> InboundKind {
    let told = |path: &[&str]| at(value, path).and_then(Value::as_str);
    let keeps_us_from_answering = |restriction: &Value| {
        restriction.get("restriction_type").and_then(Value::as_str)
            == Some("RESTRICTED_CUSTOMER_INITIATED_MESSAGING")
    };
    let (usable, what) = match told(&["event"]) {
        Some("DISABLED_UPDATE") => match told(&["ban_info", "waba_ban_state"]) {
            Some("DISABLE") => (false, "disabled"),
            Some("SCHEDULE_FOR_DISABLE") => (true, "will soon be disabled"),
            Some("REINSTATE") => (true, "works again"),
            Some(_) | None => return InboundKind::Parked("unknown ban"),
        },
        Some("ACCOUNT_DELETED") => (false, "deleted"),
        Some("ACCOUNT_OFFBOARDED") => (false, "disconnected"),
        Some("ACCOUNT_RECONNECTED") => (true, "works again"),
        Some("ACCOUNT_RESTRICTION")
            if list(value.get("restriction_info"))
                .iter()
                .any(keeps_us_from_answering) =>
        {
            (false, "may not answer customers")
        }
        Some(_) | None => return InboundKind::Ignored("does not change whether we may answer"),
    };
    let id = text(entry.get("id")).unwrap_or_default();
    InboundKind::Account(Box::new(AccountNews {
        usable,
        reason: format!("WhatsApp business account {id}: {what}"),
        at: seconds(entry.get("time")),
    }))
}
