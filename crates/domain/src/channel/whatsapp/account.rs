//! What WhatsApp says of the business account that our numbers belong to.

use serde_json::Value;

use crate::channel::AccountId;
use crate::channel::fields::{at, list, start, text};
use crate::channel::inbound::{AccountNews, InboundKind};
use crate::channel::whatsapp::details::MAX_DETAIL_CHARS;
use crate::channel::whatsapp::seconds;

/// A change of the business account that decides whether its numbers may be used. It names the business account,
/// and rarely a number: then it concerns all numbers of that account. What does not touch answers to customers is of
/// no use here (Cloud API, webhooks, account_update).
pub(super) fn news(entry: &Value, value: &Value, account: Option<&AccountId>) -> InboundKind {
    let told = |path: &[&str]| at(value, path).and_then(Value::as_str);
    let (usable, what) = match told(&["event"]) {
        Some("DISABLED_UPDATE") => match told(&["ban_info", "waba_ban_state"]) {
            Some("DISABLE") => (false, "disabled".to_owned()),
            Some("SCHEDULE_FOR_DISABLE") => (true, "will soon be disabled".to_owned()),
            Some("REINSTATE") => (true, "works again".to_owned()),
            Some(_) | None => return InboundKind::Parked("unknown ban"),
        },
        Some("ACCOUNT_DELETED") => (false, "deleted".to_owned()),
        Some("ACCOUNT_OFFBOARDED") => (false, "disconnected".to_owned()),
        Some("ACCOUNT_RECONNECTED" | "VERIFIED_ACCOUNT") => (true, "works again".to_owned()),
        Some("ACCOUNT_VIOLATION") => (false, violation(value)),
        Some("ACCOUNT_RESTRICTION") => match restriction(value) {
            Some(restriction) => (false, restriction),
            None => return InboundKind::Ignored(STILL_ANSWERS),
        },
        Some(_) | None => return InboundKind::Ignored(STILL_ANSWERS),
    };
    let id = text(entry.get("id"));
    let named = id.as_deref().unwrap_or_default();
    let Some(time) = seconds(entry.get("time")) else {
        return InboundKind::Parked("news of an account without a time");
    };
    InboundKind::Account(Box::new(AccountNews {
        usable,
        reason: format!("WhatsApp business account {named}: {what}"),
        at: time,
        business: id.filter(|_| account.is_none()),
    }))
}

const STILL_ANSWERS: &str = "does not change whether we may answer";

/// Nothing is said of its end, so whoever reads it has to know what to do.
fn violation(value: &Value) -> String {
    let kind = start(
        at(value, &["violation_info", "violation_type"]),
        MAX_DETAIL_CHARS,
    );
    let kind = kind.unwrap_or_else(|| "unknown".to_owned());
    format!("violated a policy of Meta's ({kind}): see Business Support, then free the account")
}

/// The restriction of answers to customers, if there is one.
fn restriction(value: &Value) -> Option<String> {
    let mut all = list(value.get("restriction_info")).iter();
    let answers = all.find(|restriction| {
        restriction.get("restriction_type").and_then(Value::as_str)
            == Some("RESTRICTED_CUSTOMER_INITIATED_MESSAGING")
    })?;
    let until = start(answers.get("expiration"), MAX_DETAIL_CHARS);
    let until = until
        .map(|until| format!(" until {until}"))
        .unwrap_or_default();
    Some(format!("may not answer customers{until}"))
}
