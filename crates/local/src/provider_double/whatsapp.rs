//! WhatsApp Cloud API, `POST /{version}/{phone_number_id}/messages`
//! (developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::{Value, json};

mod content;
mod person;
pub(super) mod templates;
pub(super) mod upload;

use content::Said;
use person::Person;

use super::graph::{Refusal, is_version, json_body};
use super::sends::Provider;
use super::{Doubles, WHATSAPP_TOKEN, is_bearer};
use crate::sandbox::Accepted;
use crate::sandbox::clock::unique_id;
use crate::sandbox::model::{Channel, FaultKind};
use crate::sandbox::state::Recipient;

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

/// What stops any call.
fn refuse(fault: FaultKind) -> Result<(), Refusal> {
    match fault {
        FaultKind::TokenExpired => Err(Refusal::expired_token()),
        FaultKind::ServerError => Err(Refusal::internal()),
        FaultKind::RateLimited => {
            let text = "(#130429) Rate limit hit";
            Err(Refusal::parameter(
                130_429,
                text,
                "too many messages at once",
            ))
        }
        // WhatsApp takes such a message and reports later that it failed.
        FaultKind::WindowClosed
        | FaultKind::None
        | FaultKind::Slow
        | FaultKind::AnswerLost
        | FaultKind::Bounced => Ok(()),
    }
}

/// Who may call, and about which number.
fn check_caller(version: &str, phone_number_id: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    if !is_bearer(headers, WHATSAPP_TOKEN) {
        return Err(Refusal::token());
    }
    if !is_version(version) || phone_number_id != Channel::Whatsapp.account_id() {
        return Err(Refusal::unknown_object());
    }
    Ok(())
}

pub(super) fn accept(
    doubles: &Doubles,
    (version, phone_number_id): (&str, &str),
    headers: &HeaderMap,
    body: &[u8],
    fault: FaultKind,
) -> Result<Value, Refusal> {
    refuse(fault)?;
    check_caller(version, phone_number_id, headers)?;
    let message = json_body(body)?;
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
    let Said {
        text: said,
        files,
        is_template,
    } = Said::read(&message, &doubles.files)?;

    let id = format!(
        "wamid.{}",
        STANDARD.encode(format!("local-{}", unique_id()))
    );
    let contact = recipient.contact();
    let accepted = Accepted {
        channel: Channel::Whatsapp,
        to: Recipient::PlatformId(recipient.id()),
        text: said,
        files,
        platform_message_id: id.clone(),
        mark: text(&message["biz_opaque_callback_data"]).map(str::to_owned),
        fails_later: fault == FaultKind::WindowClosed && !is_template,
    };
    doubles.sends.keep(&id, Provider::Whatsapp, message);
    doubles.sandbox.accepted(accepted);
    Ok(
        json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [{ "id": id }] }),
    )
}

/// What stands around any content.
fn check(message: &Value) -> Result<(), Refusal> {
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
