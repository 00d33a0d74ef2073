//! Messenger's Send API, `POST /{version}/{page}/messages`
//! (developers.facebook.com/docs/messenger-platform/reference/send-api).
use http::HeaderMap;
use serde_json::{Value, json};

use super::graph::{Refusal, is_version, json_body};
use super::meta::{Rules, Said};
use super::sends::Provider;
use super::{Doubles, FACEBOOK_TOKEN, is_bearer};
use crate::sandbox::Accepted;
use crate::sandbox::clock::unique_id;
use crate::sandbox::model::{Channel, FaultKind};
use crate::sandbox::state::Recipient;

const RULES: Rules = Rules {
    fits: |text| text.chars().count() <= 2_000,
    too_long: "(#100) Length of param message[text] must be less than or equal to 2000",
    needs_ground: true,
};

pub(super) fn accept(
    doubles: &Doubles,
    version: &str,
    headers: &HeaderMap,
    body: &[u8],
    fault: FaultKind,
) -> Result<Value, Refusal> {
    match fault {
        FaultKind::TokenExpired => return Err(Refusal::expired_token()),
        FaultKind::ServerError => return Err(Refusal::internal()),
        FaultKind::RateLimited => {
            let text = "(#613) Calls to this api have exceeded the rate limit.";
            return Err(Refusal::parameter(613, text, "too many calls"));
        }
        FaultKind::WindowClosed => {
            let text = "(#10) This message is sent outside of allowed window.";
            return Err(Refusal {
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
    let message = json_body(body)?;
    let Said {
        recipient,
        text,
        files,
    } = Said::read(&message, &RULES)?;
    let id = format!("m_local{}", unique_id());
    let mark = message["message"]["metadata"].as_str().map(str::to_owned);
    doubles.sends.keep(&id, Provider::Facebook, message);
    doubles.sandbox.accepted(Accepted {
        channel: Channel::Facebook,
        to: Recipient::PlatformId(recipient.clone()),
        text,
        files,
        platform_message_id: id.clone(),
        mark,
        fails_later: false,
    });
    Ok(json!({ "recipient_id": recipient, "message_id": id }))
}
