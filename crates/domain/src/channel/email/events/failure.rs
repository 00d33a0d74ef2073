//! Why a mail did not arrive, in words of ours: what a mail server writes as its reason names addresses and quotes
//! the mail.

use serde_json::Value;

use crate::channel::fields::text;
use crate::content::start_chars;
use crate::delivery::DeliveryError;

const CORRECT: &str = "Ask the customer for another address, or answer on another channel.";
const LATER: &str = "Send it again later, or answer on another channel.";
const ADMIN: &str = "Tell an administrator the code: the sender's reputation has to be looked at.";
const SUPPRESSED: &str =
    "Answer on another channel, or ask an administrator to take the address off SendGrid's list.";

fn error(code: &str, message: &str, hint: &str) -> DeliveryError {
    DeliveryError {
        code: start_chars(code, 40).to_owned(),
        message: message.to_owned(),
        hint: hint.to_owned(),
    }
}

/// A mail server refused the mail: by its enhanced status code (RFC 3463, and the IANA registry of its codes), else by
/// how SendGrid classifies the refusal.
pub(super) fn bounced(event: &Value) -> DeliveryError {
    let status = status(event);
    let code = status.as_deref().unwrap_or("bounced");
    if let Some((message, hint)) = status.as_deref().and_then(by_status) {
        return error(code, message, hint);
    }
    let class = event.get("bounce_classification").and_then(Value::as_str);
    let (message, hint) = match class.unwrap_or_default() {
        "Invalid Address" => ("The address does not exist.", CORRECT),
        "Mailbox Unavailable" => ("The mailbox cannot take mail.", CORRECT),
        "Content" => (
            "The customer's mail server refuses what the mail says.",
            "Write it differently and without links, or answer on another channel.",
        ),
        "Reputation" => ("The customer's mail server refuses our mail.", ADMIN),
        "Frequency or Volume Too High" | "Technical Failure" | "Technical" => {
            ("The customer's mail server did not take the mail.", LATER)
        }
        _ if event["type"] == "blocked" || event["event"] == "blocked" => (
            "The customer's mail server refused the mail for now.",
            LATER,
        ),
        _ if event["type"] == "expired" => (
            "The customer's mail server did not take the mail for three days.",
            LATER,
        ),
        _ => ("The mail was returned.", CORRECT),
    };
    error(code, message, hint)
}

/// SendGrid did not try to send the mail.
pub(super) fn dropped(event: &Value) -> DeliveryError {
    let reason = text(event.get("reason")).unwrap_or_default();
    let reason = reason.to_lowercase();
    let is = |start| reason.starts_with(start);
    if is("bounced address") {
        let message = "Mail to this address was returned before, so SendGrid sends none to it.";
        error("bounced-address", message, SUPPRESSED)
    } else if is("unsubscribed address") {
        let message = "The customer does not want mail from us, so SendGrid sends none.";
        error("unsubscribed-address", message, SUPPRESSED)
    } else if is("spam reporting address") {
        let message = "The customer reported our mail as spam, so SendGrid sends none.";
        error("spam-reporting-address", message, SUPPRESSED)
    } else if is("spam content") {
        let message = "SendGrid takes the mail for spam.";
        let hint = "Write it differently and without links, or answer on another channel.";
        error("spam-content", message, hint)
    } else if is("recipient list over package quota") {
        let message = "SendGrid's allowance of mails is used up.";
        error(
            "quota",
            message,
            "Tell an administrator; send it again once there is more.",
        )
    } else if is("invalid smtpapi") {
        let message = "SendGrid could not read what came with the mail.";
        error("invalid-header", message, "Tell an administrator the code.")
    } else if is("invalid") {
        error(
            "invalid-address",
            "The customer's address is not valid.",
            CORRECT,
        )
    } else {
        error("dropped", "SendGrid did not send the mail.", LATER)
    }
}

fn by_status(status: &str) -> Option<(&'static str, &'static str)> {
    let (_, detail) = status.split_once('.')?;
    let told = match detail {
        "1.1" | "1.0" | "1.6" => ("There is no such mailbox.", CORRECT),
        "1.2" | "1.10" | "4.4" => ("The address's domain takes no mail.", CORRECT),
        "1.3" => ("The customer's address is not valid.", CORRECT),
        "1.7" | "1.8" => ("The customer's mail server refuses our address.", ADMIN),
        "2.0" | "2.1" => ("The mailbox is switched off.", CORRECT),
        "2.2" => ("The mailbox is full.", LATER),
        "2.3" | "3.4" => (
            "The mail is too large for the customer's mailbox.",
            "Send it again without the large files.",
        ),
        "6.0" | "6.1" => (
            "The customer's mail server refuses what the mail says.",
            "Write it differently and without links, or answer on another channel.",
        ),
        "4.0" | "4.1" | "4.2" | "4.7" => {
            ("The customer's mail server could not be reached.", LATER)
        }
        _ if detail.starts_with("7.") => ("The customer's mail server refuses our mail.", ADMIN),
        _ => return None,
    };
    Some(told)
}

/// The enhanced status code, as `5.1.1`: told by itself, or in the server's reason where what is told is the
/// `5.0.0` that says nothing.
fn status(event: &Value) -> Option<String> {
    let told = text(event.get("status")).filter(|told| is_status(told));
    if let Some(told) = told.as_ref().filter(|told| !told.ends_with(".0.0")) {
        return Some(told.clone());
    }
    let reason = event.get("reason").and_then(Value::as_str);
    let reason = start_chars(reason.unwrap_or_default(), 200);
    let mut words = reason.split(|c: char| !c.is_ascii_digit() && c != '.');
    words
        .find(|word| is_status(word))
        .map(str::to_owned)
        .or(told)
}

fn is_status(word: &str) -> bool {
    let mut parts = word.split('.');
    let class = matches!(parts.next(), Some("4" | "5"));
    let mut number = |_| {
        parts
            .next()
            .is_some_and(|p| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let details = number(()) && number(());
    class && details && parts.next().is_none()
}
