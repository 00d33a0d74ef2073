//! What becomes of our messages.

use serde_json::Value;

use crate::channel::fields::text;
use crate::channel::inbound::DeliveryReport;
use crate::channel::whatsapp::{account_fault, seconds};
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
    let message = account_fault(code.parse().ok()?)?;
    Some(DeliveryError {
        code,
        message: message.to_owned(),
        hint: "An administrator has to mend the channel; the message goes out when it works again."
            .to_owned(),
    })
}

/// The same for the message that was lost to it.
fn lost_to(fault: &DeliveryError) -> DeliveryError {
    DeliveryError {
        hint: "An administrator has to mend the channel; send the message again then.".to_owned(),
        ..fault.clone()
    }
}

fn failure(error: Option<&Value>) -> DeliveryError {
    let code = text(error.and_then(|e| e.get("code"))).unwrap_or_else(|| "unknown".to_owned());
    let title = error
        .and_then(|e| e.get("title"))
        .and_then(Value::as_str)
        .unwrap_or("WhatsApp could not deliver the message");
    let hint = match code.as_str() {
        "131047" => {
            "More than 24 hours have passed since the customer wrote; send a template, or wait for the customer."
        }
        "131026" => {
            "The number cannot receive this; ask the customer to update WhatsApp, or use another channel."
        }
        "131049" | "130472" => {
            "WhatsApp holds this message back for this customer; do not send it again soon."
        }
        "130497" => {
            "Our account may not write to customers in this country; answer on another channel."
        }
        "131050" => "The customer does not want such messages.",
        _ => "Send again, or use another channel if it keeps failing.",
    };
    DeliveryError {
        code: start_chars(&code, 40).to_owned(),
        message: start_chars(title, 200).to_owned(),
        hint: hint.to_owned(),
    }
}
