//! What changes a message or a person: reactions, edits, taking back, and the system's own messages.

use serde_json::{Map, Value};

use super::people::Contacts;
use super::{message, seconds};
use crate::channel::fields::{at, detail, text};
use crate::channel::inbound::{Author, ChangeKind, InboundKind, MessageChange, Notice, Renamed};
use crate::channel::{Channel, ChannelIdentity};
use crate::message::SenderType;

fn side(author: Author) -> SenderType {
    match author {
        Author::Customer => SenderType::Customer,
        Author::Us => SenderType::Agent,
    }
}

fn change(
    item: &Value,
    contacts: &Contacts<'_>,
    author: Author,
    target: Option<String>,
    what: ChangeKind,
) -> Result<InboundKind, &'static str> {
    Ok(InboundKind::Change(Box::new(MessageChange {
        target: target.ok_or("a change of no message")?,
        person: contacts.person(item, author)?.first(),
        key: text(item.get("id")).ok_or("a change without id")?,
        at: seconds(item.get("timestamp")),
        what,
    })))
}

/// `reaction{message_id, emoji}`; an emoji that is empty or absent takes it back.
pub(super) fn reaction(
    item: &Value,
    contacts: &Contacts<'_>,
    author: Author,
) -> Result<InboundKind, &'static str> {
    let reaction = item.get("reaction").unwrap_or(&Value::Null);
    let emoji = reaction.get("emoji").and_then(Value::as_str);
    let by = match author {
        Author::Customer => contacts
            .person(item, author)?
            .first()
            .map_or_else(String::new, |name| name.platform_id().to_owned()),
        Author::Us => "us".to_owned(),
    };
    let what = ChangeKind::Reaction {
        emoji: emoji.filter(|e| !e.is_empty()).map(str::to_owned),
        by,
        sender_type: side(author),
    };
    change(
        item,
        contacts,
        author,
        text(reaction.get("message_id")),
        what,
    )
}

/// `edit{original_message_id, message{type,…}}`: a text says something else, a file has another caption.
pub(super) fn edit(
    item: &Value,
    contacts: &Contacts<'_>,
    author: Author,
) -> Result<InboundKind, &'static str> {
    let edit = item.get("edit").unwrap_or(&Value::Null);
    let now = edit.get("message").ok_or("an edit without message")?;
    let what = ChangeKind::Edit {
        content: message::text_of(now),
        number: None,
    };
    let target = text(edit.get("original_message_id"));
    change(item, contacts, author, target, what)
}

/// `revoke{original_message_id}`.
pub(super) fn revoke(
    item: &Value,
    contacts: &Contacts<'_>,
    author: Author,
) -> Result<InboundKind, &'static str> {
    let target = text(at(item, &["revoke", "original_message_id"]));
    change(item, contacts, author, target, ChangeKind::Unsend)
}

/// `system{type, body, …}`: somebody has another number or user id, or another phone.
pub(super) fn system(item: &Value, contacts: &Contacts<'_>) -> Result<InboundKind, &'static str> {
    let key = text(item.get("id")).ok_or("a system message without id")?;
    let system = item.get("system").unwrap_or(&Value::Null);
    let body = system
        .get("body")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let at = seconds(item.get("timestamp"));
    let name = |id: Option<String>| ChannelIdentity::new(Channel::WhatsApp, &id?).ok();
    let told = |field: &str| name(text(system.get(field)));
    let from: Vec<ChannelIdentity> = ["from", "from_user_id"]
        .iter()
        .filter_map(|field| name(text(item.get(field))))
        .collect();
    let kind = system
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let (former, current) = match kind {
        "user_changed_number" | "customer_changed_number" => (
            from,
            [told("wa_id").or_else(|| told("new_wa_id")), told("user_id")],
        ),
        "user_changed_user_id" => (
            [from, former_in(body).into_iter().collect()].concat(),
            [told("user_id"), told("wa_id")],
        ),
        _ => (from, [None, None]),
    };
    let current: Vec<ChannelIdentity> = current.into_iter().flatten().collect();
    let former: Vec<ChannelIdentity> = former
        .into_iter()
        .filter(|n| !current.contains(n))
        .collect();
    if !current.is_empty() && !former.is_empty() {
        return Ok(InboundKind::Renamed(Box::new(Renamed {
            key,
            former,
            current,
            content: body.to_owned(),
            at,
        })));
    }
    let person = match current.into_iter().next() {
        Some(person) => person,
        None => {
            let person = contacts.person(item, Author::Customer)?;
            person.first().ok_or("nobody it is from")?
        }
    };
    let mut data = Map::new();
    data.insert("wamid".to_owned(), Value::String(key.clone()));
    if let Some(kind) = detail(system.get("type")) {
        data.insert("system".to_owned(), Value::String(kind));
    }
    Ok(InboundKind::Notice(Box::new(Notice {
        key,
        person,
        content: if body.is_empty() {
            "WhatsApp told of a change of the customer.".to_owned()
        } else {
            body.to_owned()
        },
        at,
        data,
    })))
}

/// The id that a person had, which only the text tells: "User NAME changed from OLD to NEW".
fn former_in(body: &str) -> Option<ChannelIdentity> {
    let (_, ids) = body.rsplit_once(" changed from ")?;
    let (former, _) = ids.split_once(" to ")?;
    let is_id = !former.is_empty() && !former.contains(char::is_whitespace);
    is_id
        .then(|| ChannelIdentity::new(Channel::WhatsApp, former).ok())
        .flatten()
}
