//! What becomes of our messages.

use serde_json::Value;

use crate::channel::fields::text;
use crate::channel::inbound::DeliveryReport;
use crate::channel::whatsapp::codes::{Class, meaning};
use crate::channel::whatsapp::seconds;
use crate::content::start_chars;
use crate::delivery::{DeliveryError, DeliveryState};
use crate::ports::Correlation;

/// A status of one message of ours.
pub(super) fn report(item: &Value) -> Result<DeliveryReport, &'static str> {
    let state = match item.get("status").and_then(Value::as_str) {
        Some("sent") => DeliveryState::Sent,
        Some("delivered") => DeliveryState::Delivered,
        Some("read" | "played") => DeliveryState::Read,
        Some("failed") => DeliveryState::Failed,
        Some(_) | None => return Err("unknown status"),
    };
    let errors = item.get("errors").and_then(Value::as_array);
    let errors = errors.filter(|_| state == DeliveryState::Failed);
    let account_fault = errors.into_iter().flatten().find_map(account_fault_of);
    let error = (state == DeliveryState::Failed).then(|| {
        let first = item.get("errors").and_then(|errors| errors.get(0));
        account_fault
            .as_ref()
            .map_or_else(|| failure(first), lost_to)
    });
    Ok(DeliveryReport {
        platform_message_id: text(item.get("id")).ok_or("status without id")?,
        recipient: ["recipient_id", "recipient_user_id"]
            .iter()
            .find_map(|field| text(item.get(field))),
        state,
        at: seconds(item.get("timestamp")),
        error,
        account_fault,
        correlation: item
            .get("biz_opaque_callback_data")
            .and_then(Value::as_str)
            .and_then(Correlation::parse),
        is_echo: false,
    })
}

/// What an error says of our account, as those read it whose messages wait.
fn account_fault_of(error: &Value) -> Option<DeliveryError> {
    let code = text(error.get("code"))?;
    let known = meaning(code.parse().ok()?)?;
    match known.class {
        Class::Account | Class::Token => Some(DeliveryError {
            code,
            message: known.message.to_owned(),
            hint:
                "An administrator has to mend the channel; the message goes out when it works again."
                    .to_owned(),
        }),
        Class::Again(_) | Class::Slow(_) | Class::AFew(_) | Class::Never(_) => None,
    }
}

/// The same for the message that was lost to it.
fn lost_to(fault: &DeliveryError) -> DeliveryError {
    DeliveryError {
        hint: LOST_TO_ACCOUNT.to_owned(),
        ..fault.clone()
    }
}

const LOST_TO_ACCOUNT: &str =
    "An administrator has to mend the channel; send the message again then.";

/// Why WhatsApp gave a message up that it had taken. Its own texts are no part of it: they go away (Cloud API, error
/// codes), and may name the customer.
fn failure(error: Option<&Value>) -> DeliveryError {
    let code = text(error.and_then(|e| e.get("code"))).unwrap_or_else(|| "unknown".to_owned());
    let known = code.parse().ok().and_then(meaning);
    let hint = match known.map(|known| known.class) {
        Some(Class::Never(hint)) => hint,
        Some(Class::Again(_) | Class::Slow(_)) => {
            "The customer has not got it. It is sent again by itself a few times; if it stays failed, send it again."
        }
        Some(Class::AFew(_)) => {
            "The customer has not got it. It is sent again by itself a few times; if it stays failed, send it again later, or answer on another channel."
        }
        Some(Class::Account | Class::Token) => LOST_TO_ACCOUNT,
        None => "Send it again, or use another channel if it keeps failing.",
    };
    let message = known.map_or("WhatsApp could not deliver the message.", |k| k.message);
    DeliveryError {
        code: start_chars(&code, 40).to_owned(),
        message: message.to_owned(),
        hint: hint.to_owned(),
    }
}
