//! How entries get into a draft, and what its ticket then shows of them.

use super::{Draft, Entry, preview};
use crate::delivery::Delivery;
use crate::event::{EventMessage, EventType};
use crate::message::{Message, MessagePlace, SenderType, Visibility};
use crate::surroundings::Surroundings;
use crate::ticket::LastMessage;

impl<S: Surroundings> Draft<'_, S> {
    /// Appends an entry and tells of it; returns where it stands.
    pub fn append(&mut self, entry: Entry) -> MessagePlace {
        self.listed = true;
        let sender_type = entry.sender_type;
        let goes_out = entry.delivery.is_some();
        let told = EventMessage {
            message_id: entry.id.clone(),
            sender_type,
            visibility: entry.visibility,
            delivery_state: entry.delivery.as_ref().map(Delivery::state),
        };
        let place = self.place(entry);
        self.intend_to_fetch(place.position);
        match sender_type {
            SenderType::Bot if goes_out => self.tell(EventType::MessageSent, Some(told)),
            SenderType::Customer | SenderType::Bot => {
                self.tell(EventType::MessageReceived, Some(told));
            }
            SenderType::Agent => self.tell(EventType::MessageSent, Some(told)),
            SenderType::System => {}
        }
        place
    }

    pub(super) fn place(&mut self, entry: Entry) -> MessagePlace {
        self.changed = true;
        self.ticket.last_position += 1;
        let place = MessagePlace {
            message_id: entry.id.clone(),
            position: self.ticket.last_position,
            timestamp: entry.timestamp,
        };
        match entry.sender_type {
            SenderType::Customer | SenderType::Agent | SenderType::Bot => {
                self.ticket.message_count += 1;
                self.ticket.last_message = Some(LastMessage {
                    message_id: entry.id.clone(),
                    timestamp: entry.timestamp,
                    sender_type: entry.sender_type,
                    visibility: entry.visibility,
                    content: preview(&entry.content, entry.content_type),
                });
            }
            SenderType::System => {}
        }
        match (entry.sender_type, entry.visibility) {
            (SenderType::Agent, Visibility::Public) => {
                self.ticket.last_agent_message = Some(place.clone())
            }
            (SenderType::Customer, Visibility::Public) => {
                self.ticket.last_customer_message_at = self
                    .ticket
                    .last_customer_message_at
                    .max(Some(entry.timestamp.min(self.now)));
            }
            (SenderType::Agent | SenderType::Customer, Visibility::Internal)
            | (SenderType::Bot | SenderType::System, Visibility::Public | Visibility::Internal) => {
            }
        }
        let Entry {
            id,
            timestamp,
            channel,
            sender_type,
            content,
            content_type,
            content_truncated,
            html,
            visibility,
            agent_id,
            attachments,
            delivery,
            reply_to,
            channel_specific_data,
        } = entry;
        let gone = self.ticket.window.push(Message {
            id,
            position: place.position,
            timestamp,
            received_at: self.now,
            channel,
            sender_type,
            content,
            content_type,
            content_truncated,
            html,
            visibility,
            agent_id,
            attachments,
            reactions: Vec::new(),
            delivery,
            reply_to,
            edited_at: None,
            edit_number: 0,
            deleted_at: None,
            heard: Vec::new(),
            channel_specific_data,
        });
        self.evicted.extend(gone);
        place
    }
}
