//! What changed a message after it was written: edits, unsends, reactions.

use serde_json::Value;

use crate::channel::fields::text;
use crate::channel::inbound::{ChangeKind, InboundKind, MessageChange};
use crate::channel::meta::event::Event;
use crate::content::start_bytes;
use crate::message::SenderType;

/// Longest reaction kept, in bytes; the longest emoji have 35.
const MAX_EMOJI_BYTES: usize = 64;

/// Who wrote it edited it. Some come without a text and without a sender: they say nothing.
pub(super) fn edit(event: &Event<'_>, edit: &Value) -> Result<InboundKind, &'static str> {
    let target = text(edit.get("mid")).ok_or("edit without id")?;
    let content = edit.get("text").and_then(Value::as_str);
    let content = content.ok_or("edit without text")?.to_owned();
    let number: Option<u64> = text(edit.get("num_edit")).and_then(|n| n.trim().parse().ok());
    let key = match number {
        Some(number) => format!("edit:{number}"),
        None => event.made_id("edit", &[]),
    };
    Ok(change(
        event,
        target,
        key,
        ChangeKind::Edit { content, number },
    ))
}

/// Who wrote it took it back.
pub(super) fn unsend(event: &Event<'_>, mid: String) -> InboundKind {
    change(event, mid, "unsend".to_owned(), ChangeKind::Unsend)
}

/// Somebody reacted, or took the reaction back. Old clients have words for it only.
pub(super) fn reaction(event: &Event<'_>, told: &Value) -> Result<InboundKind, &'static str> {
    let target = text(told.get("mid")).ok_or("reaction without id")?;
    let by = text(event.item.get("sender").and_then(|s| s.get("id")));
    let by = by.ok_or("reaction without sender")?;
    let emoji = text(told.get("emoji")).or_else(|| text(told.get("reaction")));
    let emoji = match told.get("action").and_then(Value::as_str) {
        Some("unreact") => None,
        Some("react") | None => Some(emoji.ok_or("reaction without emoji")?),
        Some(_) => return Err("unknown action of a reaction"),
    };
    let emoji = emoji.map(|emoji| start_bytes(&emoji, MAX_EMOJI_BYTES).to_owned());
    let key = event.made_id("reaction", &[emoji.as_deref().unwrap_or_default()]);
    let sender_type = match event.is_ours() {
        true => SenderType::Agent,
        false => SenderType::Customer,
    };
    let what = ChangeKind::Reaction {
        emoji,
        by,
        sender_type,
    };
    Ok(change(event, target, key, what))
}

fn change(event: &Event<'_>, target: String, key: String, what: ChangeKind) -> InboundKind {
    InboundKind::Change(Box::new(MessageChange {
        target,
        person: event.person(),
        key,
        at: event.time(),
        what,
    }))
}
