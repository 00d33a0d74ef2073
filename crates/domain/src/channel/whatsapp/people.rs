//! Who a message is from or to: phone number, business-scoped user id, name.

use std::collections::HashMap;

use serde_json::Value;

use crate::channel::fields::{at, list, text};
use crate::channel::inbound::Author;
use crate::channel::{Channel, ChannelIdentity};
use crate::content::start_chars;
use crate::ticket::MAX_NAME_CHARS;

/// The contacts that a change tells of, by their ids.
pub(super) struct Contacts<'v> {
    by_id: HashMap<String, &'v Value>,
    /// The only contact, if there is one only.
    lone: Option<&'v Value>,
    /// Whether it stands beside one message only.
    lone_message: bool,
}

/// The customer whose conversation a message is in. Ids are opaque: nothing is stripped from them.
pub(super) struct Person {
    /// The phone number first, then the business-scoped user id; empty if none is told.
    pub names: Vec<ChannelIdentity>,
    /// The name of the profile, else the user name.
    pub name: Option<String>,
    /// The business-scoped user id.
    pub user_id: Option<String>,
    /// The user id that holds across the businesses of one owner.
    pub parent_user_id: Option<String>,
    /// The user name.
    pub username: Option<String>,
}

impl<'v> Contacts<'v> {
    pub(super) fn of(value: &'v Value) -> Self {
        let contacts = list(value.get("contacts"));
        let mut by_id = HashMap::new();
        for contact in contacts {
            for field in ["wa_id", "user_id"] {
                if let Some(id) = text(contact.get(field)) {
                    by_id.entry(id).or_insert(contact);
                }
            }
        }
        let messages = list(value.get("messages")).len() + list(value.get("message_echoes")).len();
        Self {
            by_id,
            lone: contacts.first().filter(|_| contacts.len() == 1),
            lone_message: messages == 1,
        }
    }

    /// The customer of a message. A contact is theirs by an id of it. The lone contact is also that of a
    /// message that tells no id at all; and beside a lone message it at least tells the name, since a
    /// phone number and the WhatsApp id of it may differ.
    pub(super) fn person(&self, item: &Value, author: Author) -> Person {
        let [phone, user_id, parent] = match author {
            Author::Customer => ["from", "from_user_id", "from_parent_user_id"],
            Author::Us => ["to", "to_user_id", "to_parent_user_id"],
        }
        .map(|field| text(item.get(field)));
        let by_id = [&phone, &user_id]
            .into_iter()
            .flatten()
            .find_map(|id| self.by_id.get(id).copied());
        let nameless = phone.is_none() && user_id.is_none();
        let proven = by_id.or(self.lone.filter(|_| nameless));
        let named = proven.or(self.lone.filter(|_| self.lone_message));
        let told = |field: &str| text(proven.and_then(|contact| contact.get(field)));
        let phone = phone.or_else(|| told("wa_id"));
        let user_id = user_id.or_else(|| told("user_id"));
        Person {
            names: [&phone, &user_id]
                .into_iter()
                .flatten()
                .filter_map(|id| identity(id))
                .collect(),
            name: named.and_then(name_of),
            parent_user_id: parent.or_else(|| told("parent_user_id")),
            username: text(named.and_then(|contact| at(contact, &["profile", "username"]))),
            user_id,
        }
    }
}

/// A person by phone number or user id.
pub(super) fn identity(id: &str) -> Option<ChannelIdentity> {
    ChannelIdentity::new(Channel::WhatsApp, id).ok()
}

fn name_of(contact: &Value) -> Option<String> {
    let of = |field: &str| {
        at(contact, &["profile", field])
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|n| !n.is_empty())
    };
    of("name")
        .or_else(|| of("username"))
        .map(|name| start_chars(name, MAX_NAME_CHARS).to_owned())
}
