//! Messenger's Send API, `POST /{version}/{page}/messages`
//! (developers.facebook.com/docs/messenger-platform/reference/send-api).
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::graph::{Refusal, is_version};
use super::sends::Provider;
use super::{Doubles, FACEBOOK_TOKEN, faults, is_bearer};
use crate::sandbox::Accepted;
use crate::sandbox::clock::unique_id;
use crate::sandbox::model::{Channel, FaultKind};
use crate::sandbox::state::Recipient;

const NAME: &str = "facebook";
const LONGEST_TEXT: usize = 2_000;
const TAGS: [&str; 1] = ["HUMAN_AGENT"];

pub(super) async fn send(
    doubles: Doubles,
    version: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let fault = faults::take(&doubles, Channel::Facebook).await;
    match accept(&doubles, version, headers, body, fault) {
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
    headers: &HeaderMap,
    body: &[u8],
    fault: FaultKind,
) -> Result<Value, Refusal> {
    match fault {
        FaultKind::TokenExpired => return Err(Refusal::expired_token()),
        FaultKind::ServerError => return Err(Refusal::internal()),
        FaultKind::WindowClosed => {
            let text = "(#10) This message is sent outside of allowed window.";
            return Err(Refusal {
                status: StatusCode::BAD_REQUEST,
                subcode: Some(2_018_278),
                ..Refusal::parameter(10, text, "the customer has not written for a day")
            });
        }
        FaultKind::None | FaultKind::Slow | FaultKind::AnswerLost | FaultKind::Bounced => {}
    }
    if !is_bearer(headers, FACEBOOK_TOKEN) {
        return Err(Refusal::token());
    }
    if !is_version(version) {
        return Err(Refusal::unknown_object());
    }
    let message: Value = serde_json::from_slice(body)
        .map_err(|_| Refusal::parameter(100, "(#100) Invalid parameter", "the body is no JSON"))?;
    let required = |text: Option<&str>, name: &str| {
        text.filter(|text| !text.is_empty())
            .map(str::to_owned)
            .ok_or_else(|| {
                let text = "(#100) A required parameter is missing";
                Refusal::parameter(100, text, format!("{name} is required"))
            })
    };
    let recipient = required(message["recipient"]["id"].as_str(), "recipient[id]")?;
    let text = required(message["message"]["text"].as_str(), "message[text]")?;
    if text.chars().count() > LONGEST_TEXT {
        let words = "(#100) Length of param message[text] must be less than or equal to 2000";
        return Err(Refusal::parameter(100, words, "message[text] is too long"));
    }
    match message["messaging_type"].as_str() {
        Some("RESPONSE" | "UPDATE") => {}
        Some("MESSAGE_TAG")
            if message["tag"]
                .as_str()
                .is_some_and(|tag| TAGS.contains(&tag)) => {}
        Some(_) | None => {
            let words = "(#100) Invalid messaging_type or tag";
            return Err(Refusal::parameter(100, words, "messaging_type"));
        }
    }
    let id = format!("m_local{}", unique_id());
    let mark = message["message"]["metadata"].as_str().map(str::to_owned);
    doubles.sends.keep(&id, Provider::Facebook, message);
    doubles.sandbox.accepted(Accepted {
        channel: Channel::Facebook,
        to: Recipient::PlatformId(recipient.clone()),
        text,
        platform_message_id: id.clone(),
        mark,
        fails_later: false,
    });
    Ok(json!({ "recipient_id": recipient, "message_id": id }))
}
