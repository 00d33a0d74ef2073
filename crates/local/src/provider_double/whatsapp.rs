//! WhatsApp Cloud API, `POST /{version}/{phone_number_id}/messages`
//! (developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::sends::{Provider, unique_id};
use super::{Doubles, WHATSAPP_PHONE_NUMBER_ID, WHATSAPP_TOKEN, is_bearer};

mod statuses;

pub(super) use statuses::Statuses;

const LONGEST_TEXT: usize = 4_096;
const LONGEST_CALLBACK_DATA: usize = 512;

/// Meta's error envelope, reduced to what one decides on.
struct Refusal {
    status: StatusCode,
    code: u32,
    subcode: Option<u32>,
    message: &'static str,
    details: String,
}

impl Refusal {
    fn parameter(code: u32, message: &'static str, details: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            subcode: None,
            message,
            details: details.into(),
        }
    }

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

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "error": {
            "message": self.message,
            "type": "OAuthException",
            "code": self.code,
            "error_subcode": self.subcode,
            "error_data": { "messaging_product": "whatsapp", "details": self.details },
            "fbtrace_id": unique_id(),
        } });
        (self.status, Json(body)).into_response()
    }
}

pub(super) async fn send(
    State(doubles): State<Doubles>,
    Path((version, phone_number_id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match accept(&doubles, &version, &phone_number_id, &headers, &body) {
        Ok(answer) => Json(answer).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

fn accept(
    doubles: &Doubles,
    version: &str,
    phone_number_id: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Value, Refusal> {
    if !is_bearer(headers, WHATSAPP_TOKEN) {
        return Err(Refusal {
            status: StatusCode::UNAUTHORIZED,
            code: 190,
            subcode: None,
            message: "Invalid OAuth access token - Cannot parse access token",
            details: "the access token is missing or wrong".to_owned(),
        });
    }
    if !is_version(version) || phone_number_id != WHATSAPP_PHONE_NUMBER_ID {
        return Err(Refusal {
            subcode: Some(33),
            ..Refusal::parameter(
                100,
                "Unsupported post request. Object does not exist, cannot be loaded due to missing permissions, or does not support this operation",
                "unknown version or phone number id",
            )
        });
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
    let recipient = Recipient::of(&message)?;
    check(&message)?;

    let id = format!(
        "wamid.{}",
        STANDARD.encode(format!("local-{}", unique_id()))
    );
    let contact = recipient.contact();
    let statuses = doubles.statuses.clone();
    let report = statuses::Report {
        message_id: id.clone(),
        recipient,
        callback_data: text(&message["biz_opaque_callback_data"]).map(str::to_owned),
    };
    doubles.sends.keep(&id, Provider::Whatsapp, message);
    tokio::spawn(async move { statuses.report(report).await });
    Ok(
        json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [{ "id": id }] }),
    )
}

/// Whom a message goes to: a phone number, or the id of a user whose number the business does not know.
/// When both are given the phone wins.
enum Recipient {
    Phone { input: String, digits: String },
    User(String),
}

impl Recipient {
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

/// As in v26.0.
fn is_version(version: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    version
        .strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| number(major) && number(minor))
}

/// A string that is not empty.
fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}
