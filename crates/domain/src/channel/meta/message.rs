//! What somebody wrote: texts, answers to buttons, files, shares; and the copies of what we sent.

use serde_json::{Map, Value};

use super::Context;
use super::attachments::{Seen, see};
use super::conversation::referral;
use crate::channel::fields::{at, detail, details, is_set, keep, list, text, words};
use crate::channel::inbound::{Author, DeliveryReport, Echo, InboundKind, InboundMessage};
use crate::content::start_chars;
use crate::delivery::DeliveryState;
use crate::message::ContentType;
use crate::ports::Correlation;

/// The app that is the page's own inbox (Messenger Platform, handover protocol).
const PAGE_INBOX: &str = "263902037430900";
/// Characters of a payload that stand in for a button's missing title.
const MAX_PAYLOAD_CHARS: usize = 200;

impl Context<'_> {
    /// `message{mid, text?, attachments[]?, quick_reply?, reply_to?, referral?, …}`.
    pub(super) fn message(
        &self,
        said: &Value,
        author: Author,
    ) -> Result<InboundKind, &'static str> {
        let id = text(said.get("mid")).ok_or("message without id")?;
        let person = self.customer(author)?;
        let seen = see(
            list(said.get("attachments")),
            words(said.get("text")),
            said.get("sticker_id").is_some(),
        );
        let (content, content_type) = spoken(said, &seen);
        let mut data = self.details(&id);
        keep(
            &mut data,
            "payload",
            detail(at(said, &["quick_reply", "payload"])),
        );
        let story = details(at(said, &["reply_to", "story"]), &["id", "url"]);
        for (name, value) in [
            ("referral", referral(said.get("referral"))),
            ("story", story),
            ("shares", seen.shares),
        ] {
            if let Some(value) = value {
                data.insert(name.to_owned(), value);
            }
        }
        if is_set(
            said.get("reply_to").unwrap_or(&Value::Null),
            "is_self_reply",
        ) {
            data.insert("is_self_reply".to_owned(), Value::Bool(true));
        }
        if author == Author::Us {
            self.mark_as_external(said, &mut data);
        }
        Ok(InboundKind::Message(Box::new(InboundMessage {
            platform_message_id: id,
            author,
            person: vec![person],
            person_name: None,
            timestamp: self.time(),
            content,
            content_type,
            attachments: seen.files,
            reply_to: text(at(said, &["reply_to", "mid"])),
            data,
        })))
    }

    /// `postback{mid?, title?, payload?, referral?}`: somebody pressed a button. Old ones have no id.
    pub(super) fn postback(&self, postback: &Value) -> Result<InboundKind, &'static str> {
        let person = self.customer(Author::Customer)?;
        let payload = detail(postback.get("payload"));
        let title = detail(postback.get("title"));
        let at = self.time();
        let id = text(postback.get("mid")).unwrap_or_else(|| {
            let millis = at.map_or(0, |at| at.as_millis());
            let what = payload.as_deref().or(title.as_deref()).unwrap_or_default();
            let what = start_chars(what, MAX_PAYLOAD_CHARS);
            format!("postback:{}:{millis}:{what}", person.platform_id())
        });
        let content = match (title, &payload) {
            (Some(title), _) => title,
            (None, Some(payload)) => format!("Button: {}", start_chars(payload, MAX_PAYLOAD_CHARS)),
            (None, None) => "Pressed a button".to_owned(),
        };
        let mut data = self.details(&id);
        keep(&mut data, "payload", payload);
        if let Some(referral) = referral(postback.get("referral")) {
            data.insert("referral".to_owned(), referral);
        }
        Ok(InboundKind::Message(Box::new(InboundMessage {
            platform_message_id: id,
            author: Author::Customer,
            person: vec![person],
            person_name: None,
            timestamp: at,
            content,
            content_type: ContentType::Interactive,
            attachments: Vec::new(),
            reply_to: None,
            data,
        })))
    }

    /// A copy of what the account sent: evidence when it carries our mark, else written with another tool.
    pub(super) fn echo(&self, said: &Value) -> Result<InboundKind, &'static str> {
        let mark = said.get("metadata").and_then(Value::as_str);
        let Some((correlation, parts)) = mark.and_then(Correlation::parse_part) else {
            return self.message(said, Author::Us);
        };
        Ok(InboundKind::Report(Box::new(DeliveryReport {
            platform_message_id: text(said.get("mid")).ok_or("echo without id")?,
            recipient: self.person(Author::Us),
            state: DeliveryState::Sent,
            at: self.time(),
            error: None,
            correlation: Some(correlation),
            echo: Some(Echo { parts }),
        })))
    }

    fn details(&self, id: &str) -> Map<String, Value> {
        let mut data = Map::new();
        keep(&mut data, "mid", Some(id.to_owned()));
        let account = self.account.map(|account| account.as_str().to_owned());
        keep(&mut data, self.platform.account_field, account);
        if self.standby {
            data.insert("standby".to_owned(), Value::Bool(true));
        }
        data
    }

    fn mark_as_external(&self, said: &Value, data: &mut Map<String, Value>) {
        data.insert("external".to_owned(), Value::Bool(true));
        let app = text(said.get("app_id"));
        let source = match app.as_deref() {
            Some(PAGE_INBOX) => "page_inbox",
            Some(_) => "other_app",
            None => "app",
        };
        keep(data, "source", Some(source.to_owned()));
        keep(data, "app_id", app);
    }
}

/// What an agent reads, and its kind. Never nothing at all: what has neither text nor a file is described.
fn spoken(said: &Value, seen: &Seen) -> (String, ContentType) {
    let text = words(said.get("text"));
    let is_story_reply = at(said, &["reply_to", "story"]).is_some();
    let content_type = match seen.content_type {
        Some(content_type) => content_type,
        None if said.get("quick_reply").is_some() => ContentType::Interactive,
        None if is_story_reply => ContentType::Story,
        None if text.is_none() => ContentType::Unsupported,
        None => ContentType::Text,
    };
    let lines: Vec<&str> = text
        .into_iter()
        .chain(seen.lines.iter().map(String::as_str))
        .collect();
    if !lines.is_empty() || !seen.files.is_empty() {
        return (lines.join("\n"), content_type);
    }
    let content = if is_story_reply {
        "Replied to a story"
    } else {
        "A message that cannot be shown here"
    };
    (content.to_owned(), content_type)
}
