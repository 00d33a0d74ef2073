//! Postbacks: a button, an icebreaker, or a menu's entry was pressed.

use serde_json::Value;

use crate::channel::fields::text;
use crate::channel::inbound::{Author, InboundKind, InboundMessage};
use crate::channel::meta::details::{self, add, origin, referral, told};
use crate::channel::meta::event::Event;
use crate::message::ContentType;

/// Old ones have no id, and standby ones no payload.
pub(super) fn read(event: &Event<'_>, postback: &Value) -> Result<InboundKind, &'static str> {
    let person = event.customer()?;
    let title = postback.get("title").and_then(Value::as_str);
    let title = title.filter(|t| !t.trim().is_empty()).map(str::to_owned);
    let payload = details::payload(postback.get("payload"));
    let referral = referral(postback.get("referral"));
    let mid = text(postback.get("mid"));
    let said = |part: &Option<String>| part.clone().unwrap_or_default();
    let platform_message_id = mid
        .clone()
        .unwrap_or_else(|| event.made_id("postback", &[&said(&payload), &said(&title)]));
    let content = match (&title, &payload) {
        (Some(title), _) => title.clone(),
        (None, Some(payload)) => format!("Button: {payload}"),
        (None, None) if !referral.is_empty() => origin(&referral),
        (None, None) => "Pressed a button".to_owned(),
    };
    let mut data = event.data();
    data.extend(told([("mid", mid), ("payload", payload)]));
    add(&mut data, "referral", referral);
    Ok(InboundKind::message(InboundMessage {
        platform_message_id,
        author: Author::Customer,
        person: vec![person],
        person_name: None,
        timestamp: event.time(),
        content,
        content_type: ContentType::Interactive,
        attachments: Vec::new(),
        reply_to: text(postback.get("reply_to").and_then(|r| r.get("mid"))),
        data: data.into(),
    }))
}
