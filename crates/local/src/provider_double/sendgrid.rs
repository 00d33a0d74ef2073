//! SendGrid v3 Mail Send (docs.sendgrid.com/api-reference/mail-send): what it refuses, and 202 for the rest.
use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::sends::Provider;
use super::{Doubles, SENDGRID_KEY, faults, is_bearer};
use crate::sandbox::Accepted;
use crate::sandbox::clock::{now_ms, unique_id};
use crate::sandbox::model::{Channel, FaultKind, SentMail};
use crate::sandbox::state::Recipient;

const NAME: &str = "sendgrid";

/// Header names that SendGrid sets itself.
const RESERVED: [&str; 12] = [
    "x-sg-id",
    "x-sg-eid",
    "received",
    "dkim-signature",
    "content-type",
    "content-transfer-encoding",
    "to",
    "from",
    "subject",
    "reply-to",
    "cc",
    "bcc",
];

/// What is wrong, and with which field if with one.
struct Refusal(String, Option<&'static str>);

pub(super) async fn send(
    State(doubles): State<Doubles>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let channel = doubles.sandbox.mail_channel(&recipient(&body));
    let fault = faults::take(&doubles, channel).await;
    let answer = match accept(&doubles, &headers, &body, channel, fault) {
        Ok(_) if fault == FaultKind::AnswerLost => return faults::cut(&doubles, NAME),
        Ok(answer) => answer,
        Err((status, Refusal(text, field))) => refusal(status, &text, field),
    };
    let note = if answer.status().is_success() {
        "Taken."
    } else {
        "Refused."
    };
    faults::note(&doubles, NAME, &answer, note);
    answer
}

fn accept(
    doubles: &Doubles,
    headers: &HeaderMap,
    body: &[u8],
    channel: Channel,
    fault: FaultKind,
) -> Result<Response, (StatusCode, Refusal)> {
    if fault == FaultKind::ServerError {
        let refusal = Refusal("An internal error occurred".to_owned(), None);
        return Err((StatusCode::INTERNAL_SERVER_ERROR, refusal));
    }
    if fault == FaultKind::TokenExpired || !is_bearer(headers, SENDGRID_KEY) {
        let text = "The provided authorization grant is invalid, expired, or revoked";
        return Err((StatusCode::UNAUTHORIZED, Refusal(text.to_owned(), None)));
    }
    let mut mail: Value = match serde_json::from_slice(body) {
        Ok(mail @ Value::Object(_)) => mail,
        Ok(_) | Err(_) => {
            let refusal = Refusal("Bad Request".to_owned(), None);
            return Err((StatusCode::BAD_REQUEST, refusal));
        }
    };
    check(&mail).map_err(|refusal| (StatusCode::BAD_REQUEST, refusal))?;
    if mail["mail_settings"]["sandbox_mode"]["enable"] == true {
        return Ok(StatusCode::OK.into_response());
    }
    let id = unique_id();
    for attachment in mail["attachments"].as_array_mut().into_iter().flatten() {
        attachment["content"] = Value::Null;
    }
    doubles.sandbox.accepted(Accepted {
        channel,
        to: Recipient::Mail {
            address: text(&mail["personalizations"][0]["to"][0]["email"]).to_owned(),
            mail: sent(&mail),
        },
        text: text(&mail["content"][0]["value"]).to_owned(),
        platform_message_id: id.clone(),
        mark: Some(mail["personalizations"][0]["custom_args"].to_string()),
        fails_later: fault == FaultKind::Bounced,
    });
    doubles.sends.keep(&id, Provider::Sendgrid, mail);
    Ok((StatusCode::ACCEPTED, [("x-message-id", id)]).into_response())
}

/// Whom a mail is for, as far as it can be read.
fn recipient(body: &[u8]) -> String {
    let mail: Value = serde_json::from_slice(body).unwrap_or_default();
    text(&mail["personalizations"][0]["to"][0]["email"]).to_owned()
}

/// What answers to a mail need of it.
fn sent(mail: &Value) -> SentMail {
    let from = text(&mail["from"]["email"]);
    let reply_to = text(&mail["reply_to"]["email"]);
    let header = |name: &str| text(&mail["headers"][name]).to_owned();
    SentMail {
        message_id: header("Message-ID"),
        references: header("References"),
        from: from.to_owned(),
        reply_to: if reply_to.is_empty() { from } else { reply_to }.to_owned(),
        subject: text(&mail["subject"]).to_owned(),
        text: text(&mail["content"][0]["value"]).to_owned(),
        at_ms: now_ms(),
    }
}

fn refusal(status: StatusCode, message: &str, field: Option<&str>) -> Response {
    let errors = json!({ "errors": [{ "message": message, "field": field, "help": null }] });
    (status, Json(errors)).into_response()
}

fn check(mail: &Value) -> Result<(), Refusal> {
    let refuse = |text: &str, field| Err(Refusal(text.to_owned(), Some(field)));
    let personalizations = items(&mail["personalizations"]);
    if personalizations.is_empty() {
        return refuse(
            "The personalizations field is required and must have at least one personalization.",
            "personalizations",
        );
    }
    for personalization in personalizations {
        check_recipients(personalization)?;
        if text(&mail["subject"]).is_empty() && text(&personalization["subject"]).is_empty() {
            return refuse(
                "The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.",
                "subject",
            );
        }
    }
    if !is_address(&mail["from"]) {
        return refuse(
            "The from email does not contain a valid address.",
            "from.email",
        );
    }
    if !mail["reply_to"].is_null() && !is_address(&mail["reply_to"]) {
        return refuse(
            "The reply_to email does not contain a valid address.",
            "reply_to.email",
        );
    }
    if !mail["reply_to"].is_null() && !mail["reply_to_list"].is_null() {
        return refuse(
            "Only one of reply_to and reply_to_list may be given.",
            "reply_to_list",
        );
    }
    check_content(&mail["content"])?;
    check_headers(&mail["headers"])
}

fn check_recipients(personalization: &Value) -> Result<(), Refusal> {
    if items(&personalization["to"]).is_empty() {
        return Err(Refusal(
            "The to array is required for all personalization objects, and must have at least one email object with a valid email address.".to_owned(),
            Some("personalizations.0.to"),
        ));
    }
    let mut seen = HashSet::new();
    for kind in ["to", "cc", "bcc"] {
        for recipient in items(&personalization[kind]) {
            if !is_address(recipient) {
                return Err(Refusal(
                    "Does not contain a valid address.".to_owned(),
                    Some("personalizations.0.to.0.email"),
                ));
            }
            if !seen.insert(text(&recipient["email"]).to_lowercase()) {
                return Err(Refusal(
                    "Each email address in the personalization block should be unique between to, cc, and bcc.".to_owned(),
                    Some("personalizations.0"),
                ));
            }
        }
    }
    Ok(())
}

fn check_content(content: &Value) -> Result<(), Refusal> {
    let parts = items(content);
    let empty = |part: &Value| text(&part["type"]).is_empty() || text(&part["value"]).is_empty();
    if parts.is_empty() || parts.iter().any(empty) {
        return Err(Refusal(
            "The content value must be a string at least one character in length.".to_owned(),
            Some("content.0.value"),
        ));
    }
    if parts
        .iter()
        .skip(1)
        .any(|part| part["type"] == "text/plain")
    {
        return Err(Refusal(
            "If present, text/plain and text/html may only be provided once, text/plain first."
                .to_owned(),
            Some("content"),
        ));
    }
    Ok(())
}

fn check_headers(headers: &Value) -> Result<(), Refusal> {
    for (name, value) in headers.as_object().into_iter().flatten() {
        if RESERVED.contains(&name.to_lowercase().as_str()) {
            return Err(Refusal(
                "One of the headers is a reserved header name.".to_owned(),
                Some("headers"),
            ));
        }
        if !value.as_str().is_some_and(str::is_ascii) {
            return Err(Refusal(
                "Header values must be strings of ASCII characters.".to_owned(),
                Some("headers"),
            ));
        }
    }
    Ok(())
}

fn is_address(person: &Value) -> bool {
    let address = text(&person["email"]);
    address
        .rsplit_once('@')
        .is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
        && !address.contains(char::is_whitespace)
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
