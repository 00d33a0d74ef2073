//! What changes a message: edits, taking back, reactions.

use serde_json::Value;

use super::Context;
use crate::channel::fields::text;
use crate::channel::inbound::{Author, ChangeKind, InboundKind, MessageChange};
use crate::message::SenderType;

impl Context<'_> {
    /// The side the event comes from.
    fn author(&self) -> Author {
        if self.is_from_us() {
            Author::Us
        } else {
            Author::Customer
        }
    }

    fn change(&self, target: String, key: String, what: ChangeKind) -> InboundKind {
        InboundKind::Change(Box::new(MessageChange {
            target,
            person: self.customer(self.author()).ok(),
            key,
            at: self.time(),
            what,
        }))
    }

    /// `message_edit{mid, text, num_edit}`; the count is a number or its digits.
    pub(super) fn edit(&self, edit: &Value) -> Result<InboundKind, &'static str> {
        let target = text(edit.get("mid")).ok_or("edit of no message")?;
        let number = text(edit.get("num_edit")).and_then(|n| n.parse::<u64>().ok());
        let key = match (number, self.time()) {
            (Some(number), _) => format!("edit:{number}"),
            (None, Some(at)) => format!("edit@{}", at.as_millis()),
            (None, None) => return Err("edit without count and time"),
        };
        let content = edit.get("text").and_then(Value::as_str).unwrap_or_default();
        let what = ChangeKind::Edit {
            content: content.to_owned(),
            number,
        };
        Ok(self.change(target, key, what))
    }

    /// `message{mid, is_deleted}`.
    pub(super) fn unsent(&self, said: &Value) -> Result<InboundKind, &'static str> {
        let target = text(said.get("mid")).ok_or("taking back of no message")?;
        Ok(self.change(target, "unsend".to_owned(), ChangeKind::Unsend))
    }

    /// `reaction{mid, action, emoji?, reaction?}`: the platform's word for it stands in where there is no
    /// emoji.
    pub(super) fn reaction(&self, reaction: &Value) -> Result<InboundKind, &'static str> {
        let target = text(reaction.get("mid")).ok_or("reaction to no message")?;
        let by = self.id("sender").ok_or("reaction of nobody")?;
        let action = reaction.get("action").and_then(Value::as_str);
        let told = |field: &str| text(reaction.get(field));
        let emoji = match action {
            Some("unreact") => None,
            Some(_) | None => Some(
                told("emoji")
                    .or_else(|| told("reaction"))
                    .ok_or("reaction without emoji")?,
            ),
        };
        let at = self.time().map_or(0, |at| at.as_millis());
        let key = format!("react:{by}:{at}:{}", emoji.as_deref().unwrap_or_default());
        let sender_type = match self.author() {
            Author::Us => SenderType::Agent,
            Author::Customer => SenderType::Customer,
        };
        let what = ChangeKind::Reaction {
            emoji,
            by,
            sender_type,
        };
        Ok(self.change(target, key, what))
    }
}
