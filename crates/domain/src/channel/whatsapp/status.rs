//! What becomes of our messages.

use serde_json::Value;

use crate::channel::fields::text;
use crate::channel::inbound::DeliveryReport;
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
    Ok(DeliveryReport {
        platform_message_id: text(item.get("id")).ok_or("status without id")?,
        recipient: ["recipient_id", "recipient_user_id"]
            .iter()
            .find_map(|field| text(item.get(field))),
        state,
        at: seconds(item.get("timestamp")),
        error: (state == DeliveryState::Failed)
            .then(|| failure(item.get("errors").and_then(|errors| errors.get(0)))),
        correlation: item
            .get("biz_opaque_callback_data")
            .and_then(Value::as_str)
            .and_then(Correlation::parse),
        is_echo: false,
    })
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
        "131050" => "The customer does not want such messages.",
        _ => "Send again, or use another channel if it keeps failing.",
    };
    DeliveryError {
        code: start_chars(&code, 40).to_owned(),
        message: start_chars(title, 200).to_owned(),
        hint: hint.to_owned(),
    }
}
