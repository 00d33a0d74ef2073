//! Messages: what customers wrote, and copies of what was sent to them.

use serde_json::{Map, Value};

use crate::channel::ChannelIdentity;
use crate::channel::fields::{at, text};
use crate::channel::inbound::{Author, DeliveryReport, InboundKind, InboundMessage};
use crate::channel::meta::attachments::{self, Attached};
use crate::channel::meta::details::{self, add, origin, referral, told, words};
use crate::channel::meta::event::{Event, is};
use crate::channel::meta::{change, share};
use crate::delivery::DeliveryState;
use crate::message::ContentType;
use crate::ports::Correlation;

/// The app that agents use who answer in the page's own inbox.
const PAGE_INBOX_APP: &str = "263902037430900";

/// Reads the `message` of an event. A `prior_message` beside it tells who the customer was as a guest,
/// which nobody can be answered by.
pub(super) fn read(event: &Event<'_>, said: &Value) -> Result<InboundKind, &'static str> {
    if is(said, "is_self") {
        return Ok(InboundKind::Ignored("self test"));
    }
    let is_echo = is(said, "is_echo") || event.is_ours();
    let mid = text(said.get("mid")).ok_or(if is_echo {
        "echo without id"
    } else {
        "message without id"
    })?;
    if is(said, "is_deleted") {
        return Ok(change::unsend(event, mid));
    }
    if !is_echo {
        return message(event, said, mid, Author::Customer, event.customer()?);
    }
    let mark = said.get("metadata").and_then(Value::as_str);
    if let Some(correlation) = mark.and_then(Correlation::parse) {
        return Ok(InboundKind::Report(Box::new(DeliveryReport {
            platform_message_id: mid,
            recipient: event.addressee().map(|p| p.platform_id().to_owned()),
            state: DeliveryState::Sent,
            at: event.time(),
            error: None,
            account_fault: None,
            correlation: Some(correlation),
            is_echo: true,
        })));
    }
    let person = event.addressee().ok_or("echo without a person")?;
    message(event, said, mid, Author::Us, person)
}

fn message(
    event: &Event<'_>,
    said: &Value,
    mid: String,
    author: Author,
    person: ChannelIdentity,
) -> Result<InboundKind, &'static str> {
    let written = written(said.get("text"));
    let Attached {
        files,
        labels,
        lines,
        content_type,
        data: attached,
    } = attachments::read(event.platform, said, written.as_deref(), author);
    let referral = referral(said.get("referral"));
    let story = at(said, &["reply_to", "story"]).filter(|story| story.is_object());
    let payload = at(said, &["quick_reply", "payload"]);

    let mut spoken: Vec<String> = match written {
        Some(written) => vec![written],
        None => labels,
    };
    spoken.extend(lines);
    let is_unsupported = is(said, "is_unsupported");
    if spoken.is_empty() && (files.is_empty() || is_unsupported) {
        spoken.push(if is_unsupported {
            format!(
                "Sent something that {} does not pass on",
                event.platform.name
            )
        } else if story.is_some() {
            match author {
                Author::Customer => "Replied to your story".to_owned(),
                Author::Us => "Replied to their story".to_owned(),
            }
        } else if let Some(payload) = words(payload) {
            format!("Button: {payload}")
        } else if !referral.is_empty() {
            origin(&referral)
        } else {
            return Err("kind of message not known yet");
        });
    }
    let content_type = if is_unsupported {
        ContentType::Unsupported
    } else if story.is_some() {
        ContentType::Story
    } else if let Some(content_type) = content_type {
        content_type
    } else if said.get("quick_reply").is_some_and(Value::is_object) {
        ContentType::Interactive
    } else {
        ContentType::Text
    };

    let mut data = event.data();
    data.insert("mid".into(), Value::String(mid.clone()));
    data.extend(attached);
    data.extend(told([("payload", details::payload(payload))]));
    add(&mut data, "referral", referral);
    if let Some(story) = story {
        add(&mut data, "story", share::story("reply", story));
    }
    if author == Author::Us {
        data.extend(origin_of_echo(said));
    }
    Ok(InboundKind::message(InboundMessage {
        platform_message_id: mid,
        author,
        person: vec![person],
        person_name: None,
        timestamp: event.time(),
        content: spoken.join("\n"),
        content_type,
        attachments: files,
        reply_to: text(at(said, &["reply_to", "mid"])),
        data: data.into(),
    }))
}

/// What somebody wrote, unchanged; nothing when nobody could see it.
fn written(value: Option<&Value>) -> Option<String> {
    let written = match value? {
        Value::String(written) => written.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!written.trim().is_empty()).then_some(written)
}

/// With what one of us wrote, if not with this desk.
fn origin_of_echo(said: &Value) -> Map<String, Value> {
    let app = text(said.get("app_id"));
    let source = app.as_deref().map(|app| match app == PAGE_INBOX_APP {
        true => "page_inbox",
        false => "app",
    });
    let mut origin = told([
        ("source", source.map(str::to_owned)),
        ("app_id", app),
        ("metadata", words(said.get("metadata"))),
    ]);
    origin.insert("external".into(), Value::Bool(true));
    origin
}
