//! A message, or a change of one that comes in the shape of a message.

use serde_json::Value;

use crate::channel::AccountId;
use crate::channel::fields::{at, start, text};
use crate::channel::inbound::{Author, ChangeKind, InboundKind, InboundMessage, MessageChange};
use crate::channel::whatsapp::people::{Contacts, Person};
use crate::channel::whatsapp::said::{said, unsupported};
use crate::channel::whatsapp::{details, renamed, seconds};
use crate::message::SenderType;

/// Longest emoji taken, in characters; families of people have about ten.
const MAX_EMOJI_CHARS: usize = 64;

/// What an item of `messages` or `message_echoes` is. `errors` are what the change tells beside it, and
/// `account` our account.
pub(super) fn kind(
    item: &Value,
    errors: &Value,
    contacts: &Contacts,
    author: Author,
    account: Option<&AccountId>,
) -> Result<InboundKind, &'static str> {
    let id = text(item.get("id")).ok_or("message without id")?;
    let person = contacts.person(item, author);
    match item.get("type").and_then(Value::as_str) {
        Some("request_welcome") => Ok(InboundKind::Ignored("opened the chat, and wrote nothing")),
        Some("reaction") => {
            let what = reaction(item, &person, author, account)?;
            change(item, id, person, &["reaction", "message_id"], what)
        }
        Some("edit") => {
            let now = at(item, &["edit", "message"]).and_then(said);
            let content = now.ok_or("edit without a text")?.content;
            let what = ChangeKind::Edit {
                content,
                number: None,
            };
            change(item, id, person, &["edit", "original_message_id"], what)
        }
        Some("revoke") => {
            let path = ["revoke", "original_message_id"];
            change(item, id, person, &path, ChangeKind::Unsend)
        }
        Some("system") if author == Author::Customer => {
            let data = details::of(item, &id, &person, author);
            renamed::system(item, id, &person, data)
        }
        Some(_) | None => message(item, errors, id, person, author),
    }
}

fn message(
    item: &Value,
    errors: &Value,
    id: String,
    person: Person,
    author: Author,
) -> Result<InboundKind, &'static str> {
    if person.names.is_empty() {
        return Err("message without sender");
    }
    let said = said(item).unwrap_or_else(|| unsupported(item, details::errors(item, errors)));
    let mut data = details::of(item, &id, &person, author);
    data.extend(said.data);
    let errors = details::errors(item, &Value::Null);
    if !errors.is_empty() {
        data.insert("errors".into(), Value::Array(errors));
    }
    Ok(InboundKind::message(InboundMessage {
        platform_message_id: id,
        author,
        person: person.names,
        person_name: person.name,
        timestamp: seconds(item.get("timestamp")),
        content: said.content,
        content_type: said.content_type,
        attachments: said.attachments,
        reply_to: text(at(item, &["context", "id"])),
        data: data.into(),
    }))
}

fn change(
    item: &Value,
    key: String,
    person: Person,
    target: &[&str],
    what: ChangeKind,
) -> Result<InboundKind, &'static str> {
    Ok(InboundKind::Change(Box::new(MessageChange {
        target: text(at(item, target)).ok_or("change of no message")?,
        person: person.names.into_iter().next(),
        key,
        at: seconds(item.get("timestamp")),
        what,
    })))
}

/// A reaction; one without an emoji takes back the last.
fn reaction(
    item: &Value,
    person: &Person,
    author: Author,
    account: Option<&AccountId>,
) -> Result<ChangeKind, &'static str> {
    let (by, sender_type) = match author {
        Author::Customer => {
            let name = person.names.first().ok_or("reaction without sender")?;
            (name.platform_id().to_owned(), SenderType::Customer)
        }
        Author::Us => {
            let us = account.map(|account| account.as_str().to_owned());
            let us = us.or_else(|| text(item.get("from")));
            (us.ok_or("reaction without sender")?, SenderType::Agent)
        }
    };
    Ok(ChangeKind::Reaction {
        emoji: start(at(item, &["reaction", "emoji"]), MAX_EMOJI_CHARS),
        by,
        sender_type,
    })
}
