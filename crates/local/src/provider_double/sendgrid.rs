//! SendGrid v3 Mail Send (docs.sendgrid.com/api-reference/mail-send): what it refuses, and 202 for the rest.
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

mod check;

use check::check;

use super::files::kind_of;
use super::sends::Provider;
use super::{Doubles, SENDGRID_KEY, faults, is_bearer};
use crate::sandbox::Accepted;
use crate::sandbox::clock::{now_ms, unique_id};
use crate::sandbox::model::{Channel, FaultKind, SentFile, SentMail};
use crate::sandbox::state::Recipient;

const NAME: &str = "sendgrid";

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
    if fault == FaultKind::RateLimited {
        let refusal = Refusal("too many requests".to_owned(), None);
        return Err((StatusCode::TOO_MANY_REQUESTS, refusal));
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
    let files = items(&mail["attachments"]).iter().map(file).collect();
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
        files,
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
    let mut response = (status, Json(errors)).into_response();
    if status == StatusCode::TOO_MANY_REQUESTS {
        let reset = faults::reset_at().into();
        response.headers_mut().insert("x-ratelimit-reset", reset);
    }
    response
}

/// What the customer gets of an attachment.
fn file(attachment: &Value) -> SentFile {
    SentFile {
        kind: kind_of(text(&attachment["type"])),
        name: text(&attachment["filename"]).to_owned(),
        url: None,
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
