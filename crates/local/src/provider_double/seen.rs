//! What is posted to the address for messages and is none: that a message was seen, that somebody types (Messenger
//! Platform and Instagram Platform, sender actions; Cloud API, "Mark messages as read" and "Typing indicators").
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde_json::{Value, json};

use super::graph::Refusal;
use super::{Doubles, FACEBOOK_TOKEN, WHATSAPP_TOKEN, faults, is_bearer, subscriptions};
use crate::sandbox::model::Channel;

/// The answer to such a post; none to a message, nor to a fault of the sandbox's, which waits for one.
pub(super) fn of(
    doubles: &Doubles,
    channel: Channel,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<Response> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let is_message = !body["message"].is_null() || !body["type"].is_null();
    let is_read = body["status"] == "read" && body["message_id"].is_string();
    let typing = &body["typing_indicator"];
    let note = match (channel == Channel::Whatsapp, body["sender_action"].as_str()) {
        _ if is_message => return None,
        (false, Some("mark_seen")) => "Shows that messages were seen.",
        (false, Some("typing_on")) => "Shows that somebody types.",
        (false, Some("typing_off")) => "Shows that nobody types.",
        (true, None) if is_read && typing.is_null() => "Shows that messages were seen.",
        (true, None) if is_read => "Shows that somebody types.",
        (_, _) => return None,
    };
    let is_known = typing.is_null() || *typing == json!({ "type": "text" });
    let answer = if !is_authorized(channel, headers) {
        Refusal::token().into_response()
    } else if !is_known {
        let why = "typing_indicator.type must be text";
        Refusal::parameter(100, "(#100) Invalid parameter", why).into_response()
    } else if channel == Channel::Whatsapp {
        Json(json!({ "success": true })).into_response()
    } else {
        Json(json!({ "recipient_id": body["recipient"]["id"] })).into_response()
    };
    faults::note(doubles, channel.as_str(), &answer, note);
    Some(answer)
}

fn is_authorized(channel: Channel, headers: &HeaderMap) -> bool {
    if channel == Channel::Whatsapp {
        is_bearer(headers, WHATSAPP_TOKEN)
    } else if channel == Channel::Instagram {
        subscriptions::is_instagram(headers)
    } else {
        is_bearer(headers, FACEBOOK_TOKEN)
    }
}
