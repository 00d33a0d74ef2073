//! How a draft takes back a message that was not sent.

use serde_json::json;

use super::{Draft, preview};
use crate::change_delivery::{discarded, rest_discarded};
use crate::message::{Message, MessagePlace, SenderType, Visibility};
use crate::surroundings::Surroundings;
use crate::ticket::LastMessage;

impl<S: Surroundings> Draft<'_, S> {
    /// Takes back the entry at `position`: it stays in the timeline as one that was not sent, and is no longer the
    /// ticket's last word. One of which the customer may have something stays what was said, and only what still
    /// waits of it is given up.
    pub fn discard(&mut self, position: u64) {
        let now = self.now;
        let is_partial = self.deliver(position, |d| {
            let is_partial = d.may_have_gone();
            let why = if is_partial {
                rest_discarded()
            } else {
                discarded()
            };
            d.give_up_waiting(now, &why);
            is_partial
        });
        if is_partial == Some(true) {
            return;
        }
        let Some(message) = self.message_mut(position) else {
            return;
        };
        message.deleted_at = Some(now);
        let data = &mut message.channel_specific_data;
        data.insert(TAKEN_BACK.to_owned(), json!(true));
        let id = message.id.clone();
        self.changed = true;
        self.listed = true;
        let others = || {
            let window = self.ticket.window.messages().iter().rev();
            window.filter(|m| m.sender_type != SenderType::System && !is_taken_back(m))
        };
        let last = others().next().map(last_message);
        let answer = others().find(|m| is_answer(m)).map(place);
        let ticket = &mut self.ticket;
        if ticket
            .last_message
            .as_ref()
            .is_some_and(|m| m.message_id == id)
        {
            ticket.last_message = last;
        }
        if ticket
            .last_agent_message
            .as_ref()
            .is_some_and(|m| m.message_id == id)
        {
            ticket.last_agent_message = answer;
        }
    }
}

/// Marks an entry that an agent took back or put away.
const TAKEN_BACK: &str = "taken_back";

/// Whether an agent took the entry back or put it away, so that it is nobody's word.
pub(crate) fn is_taken_back(message: &Message) -> bool {
    message.channel_specific_data.contains_key(TAKEN_BACK)
}

fn is_answer(message: &Message) -> bool {
    message.sender_type == SenderType::Agent && message.visibility == Visibility::Public
}

fn place(message: &Message) -> MessagePlace {
    MessagePlace {
        message_id: message.id.clone(),
        position: message.position,
        timestamp: message.timestamp,
    }
}

fn last_message(message: &Message) -> LastMessage {
    LastMessage {
        message_id: message.id.clone(),
        timestamp: message.timestamp,
        sender_type: message.sender_type,
        visibility: message.visibility,
        content: preview(&message.content, message.content_type),
    }
}
