//! Whom a message of WhatsApp's goes to.
use serde_json::{Value, json};

use super::text;
use crate::provider_double::graph::Refusal;

/// Whom a message goes to: a phone number, or the id of a user whose number the business does not know.
/// When both are given the phone wins.
pub(super) enum Person {
    Phone { input: String, digits: String },
    User(String),
}

impl Person {
    pub(super) fn of(message: &Value) -> Result<Self, Refusal> {
        if let Some(input) = text(&message["to"]) {
            let digits: String = input.chars().filter(char::is_ascii_digit).collect();
            let is_phone = input
                .chars()
                .all(|c| c.is_ascii_digit() || "+-() ".contains(c));
            return if is_phone && (5..=15).contains(&digits.len()) {
                Ok(Self::Phone {
                    input: input.to_owned(),
                    digits,
                })
            } else {
                Err(Refusal::invalid("to is no phone number"))
            };
        }
        let user = text(&message["recipient"]).ok_or_else(|| {
            Refusal::parameter(
                100,
                "(#100) The parameter to is required.",
                "to or recipient is required",
            )
        })?;
        let is_user = user.split_once('.').is_some_and(|(country, id)| {
            country.len() == 2
                && (1..=128).contains(&id.len())
                && id.chars().all(|c| c.is_ascii_alphanumeric())
        });
        if is_user {
            Ok(Self::User(user.to_owned()))
        } else {
            Err(Refusal::invalid("recipient is no user id"))
        }
    }

    /// The platform's id.
    pub(super) fn id(&self) -> String {
        match self {
            Self::Phone { digits, .. } => digits.clone(),
            Self::User(id) => id.clone(),
        }
    }

    pub(super) fn contact(&self) -> Value {
        match self {
            Self::Phone { input, digits } => json!({ "input": input, "wa_id": digits }),
            Self::User(id) => json!({ "input": id, "user_id": id }),
        }
    }
}
