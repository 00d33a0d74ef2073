//! Sending: once at most, in order, whatever is killed, late or repeated.

mod copies;
mod crash;
mod echoes;
mod gates;
mod late;
mod mail;
mod parts;
mod queue;
mod relays;
mod reports;
mod retry;
mod trials;

use crate::delivery::DeliveryError;
use crate::ports::SendOutcome;

fn error() -> DeliveryError {
    DeliveryError {
        code: "429".to_owned(),
        message: "Too many.".to_owned(),
        hint: "Wait.".to_owned(),
    }
}

fn accepted(id: &str) -> SendOutcome {
    SendOutcome::Accepted {
        platform_message_id: Some(id.to_owned()),
    }
}

fn retryable() -> SendOutcome {
    SendOutcome::Retryable {
        error: error(),
        retry_after: None,
    }
}
