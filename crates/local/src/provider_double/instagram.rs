//! Instagram's messages, `POST /{version}/{account}/messages`
//! (developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api).
use http::HeaderMap;
use serde_json::{Value, json};

use super::Doubles;
use super::graph::{Refusal, is_version, json_body};
use super::meta::{Rules, Said};
use super::sends::Provider;
use super::subscriptions::is_instagram;
use crate::sandbox::Accepted;
use crate::sandbox::clock::unique_id;
use crate::sandbox::model::{Channel, FaultKind};
use crate::sandbox::state::Recipient;

const RULES: Rules = Rules {
    fits: |text| text.len() <= 1_000,
    too_long: "(#100) Length of param message[text] must be less than or equal to 1000",
    needs_ground: false,
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
            return Err(Refusal {
                subcode: Some(2_534_040),
                ..Refusal::parameter(613, text, "too many calls")
            });
        }
        FaultKind::WindowClosed => {
            let text = "(#10) This message is sent outside of allowed window.";
            return Err(Refusal {
                subcode: Some(2_534_022),
                ..Refusal::parameter(10, text, "the customer has not written for a day")
            });
        }
        FaultKind::None | FaultKind::Slow | FaultKind::AnswerLost | FaultKind::Bounced => {}
    }
    if !is_instagram(headers) {
        return Err(Refusal::token());
    }
    if !is_version(version) {
        return Err(Refusal::unknown_object());
    }
    let message = json_body(body)?;
    if !message["message"]["metadata"].is_null() {
        let text = "(#100) Unexpected key \"metadata\" on param \"message\".";
        return Err(Refusal::parameter(100, text, "message[metadata]"));
    }
    let Said {
        recipient,
        text,
        files,
    } = Said::read(&message, &RULES)?;
    let id = format!("aWdfZAG1f{}", unique_id());
    doubles.sends.keep(&id, Provider::Instagram, message);
    doubles.sandbox.accepted(Accepted {
        channel: Channel::Instagram,
        to: Recipient::PlatformId(recipient.clone()),
        text,
        files,
        platform_message_id: id.clone(),
        mark: None,
        fails_later: false,
    });
    Ok(json!({ "recipient_id": recipient, "message_id": id }))
}
