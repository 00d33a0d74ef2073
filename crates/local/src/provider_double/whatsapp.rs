//! WhatsApp Cloud API, `POST /{version}/{phone_number_id}/messages`
//! (developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).
use axum::Json;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::{Value, json};

use super::graph::{Refusal, is_version};
use super::sends::Provider;
use super::{Doubles, WHATSAPP_TOKEN, faults, is_bearer};
use crate::sandbox::Accepted;
use crate::sandbox::clock::unique_id;
use crate::sandbox::model::{Channel, FaultKind};
use crate::sandbox::state::Recipient;

const NAME: &str = "whatsapp";
const LONGEST_TEXT: usize = 4_096;
const LONGEST_CALLBACK_DATA: usize = 512;

impl Refusal {
    fn missing(name: &str) -> Self {
        Self::parameter(
            131_008,
            "(#131008) Required parameter is missing",
            format!("{name} is required"),
        )
    }

    fn invalid(details: impl Into<String>) -> Self {
        Self::parameter(131_009, "(#131009) Parameter value is not valid", details)
    }
}

pub(super) async fn send(
    doubles: Doubles,
    version: &str,
    phone_number_id: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let fault = faults::take(&doubles, Channel::Whatsapp).await;
    match accept(&doubles, version, phone_number_id, headers, body, fault) {
        Ok(_) if fault == FaultKind::AnswerLost => faults::cut(&doubles, NAME),
        Ok(answer) => {
            let answer = Json(answer).into_response();
            faults::note(&doubles, NAME, &answer, "Taken.");
            answer
        }
        Err(refusal) => {
            let note = format!("{} {}", refusal.code, refusal.message);
            let answer = refusal.into_response();
            faults::note(&doubles, NAME, &answer, &note);
            answer
        }
    }
}

fn accept(
    doubles: &Doubles,
    version: &str,
    phone_number_id: &str,
    headers: &HeaderMap,
    body: &[u8],
    fault: FaultKind,
) -> Result<Value, Refusal> {
    match fault {
        FaultKind::TokenExpired => return Err(Refusal::expired_token()),
        FaultKind::ServerError => return Err(Refusal::internal()),
        // WhatsApp takes such a message and reports later that it failed.
        FaultKind::WindowClosed
        | FaultKind::None
        | FaultKind::Slow
        | FaultKind::AnswerLost
        | FaultKind::Bounced => {}
    }
    if !is_bearer(headers, WHATSAPP_TOKEN) {
        return Err(Refusal::token());
    }
    if !is_version(version) || phone_number_id != Channel::Whatsapp.account_id() {
        return Err(Refusal::unknown_object());
    }
    let message: Value = serde_json::from_slice(body)
        .map_err(|_| Refusal::parameter(100, "(#100) Invalid parameter", "the body is no JSON"))?;
    if message["messaging_product"] != "whatsapp" {
        let text = "(#100) The parameter messaging_product is required.";
        return Err(Refusal::parameter(
            100,
            text,
            "messaging_product must be whatsapp",
        ));
    }
    if message["status"] == "read" {
        text(&message["message_id"]).ok_or_else(|| Refusal::missing("message_id"))?;
        return Ok(json!({ "success": true }));
    }
    let recipient = Person::of(&message)?;
    check(&message)?;

    let id = format!(
        "wamid.{}",
        STANDARD.encode(format!("local-{}", unique_id()))
    );
    let contact = recipient.contact();
    let accepted = Accepted {
        channel: Channel::Whatsapp,
        to: Recipient::PlatformId(recipient.id()),
        text: text(&message["text"]["body"])
            .unwrap_or("(no text)")
            .to_owned(),
        platform_message_id: id.clone(),
        mark: text(&message["biz_opaque_callback_data"]).map(str::to_owned),
        fails_later: fault == FaultKind::WindowClosed,
    };
    doubles.sends.keep(&id, Provider::Whatsapp, message);
    doubles.sandbox.accepted(accepted);
    Ok(
        json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [{ "id": id }] }),
    )
}

/// Whom a message goes to: a phone number, or the id of a user whose number the business does not know.
/// When both are given the phone wins.
enum Person {
    Phone { input: String, digits: String },
    User(String),
}

impl Person {
    fn of(message: &Value) -> Result<Self, Refusal> {
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
    fn id(&self) -> String {
        match self {
            Self::Phone { digits, .. } => digits.clone(),
            Self::User(id) => id.clone(),
        }
    }

    fn contact(&self) -> Value {
        match self {
            Self::Phone { input, digits } => json!({ "input": input, "wa_id": digits }),
            Self::User(id) => json!({ "input": id, "user_id": id }),
        }
    }
}

fn check(message: &Value) -> Result<(), Refusal> {
    // `type` may be left out for text.
    let kind = text(&message["type"]).unwrap_or("text");
    let content = &message[kind];
    if !content.is_object() {
        return Err(Refusal::missing(kind));
    }
    if kind == "text" {
        let body = text(&content["body"]).ok_or_else(|| Refusal::missing("text.body"))?;
        if body.chars().count() > LONGEST_TEXT {
            let text = "(#100) Param text['body'] must be at most 4096 characters long.";
            return Err(Refusal::parameter(100, text, "text.body is too long"));
        }
    }
    if !message["context"].is_null() && text(&message["context"]["message_id"]).is_none() {
        return Err(Refusal::missing("context.message_id"));
    }
    match &message["biz_opaque_callback_data"] {
        Value::Null => Ok(()),
        Value::String(data) if data.chars().count() <= LONGEST_CALLBACK_DATA => Ok(()),
        Value::String(_)
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Array(_)
        | Value::Object(_) => Err(Refusal::invalid(
            "biz_opaque_callback_data must be at most 512 characters",
        )),
    }
}

/// A string that is not empty.
fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}
