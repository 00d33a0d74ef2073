//! Who a message is from or to: phone number, business-scoped user id, name.

use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::channel::fields::{at, text};
use crate::channel::inbound::Author;
use crate::channel::text::{list, value};
use crate::channel::{Channel, ChannelIdentity};
use crate::content::start_chars;
use crate::ticket::MAX_NAME_CHARS;

/// The contacts that a change tells of, by their ids.
pub(super) struct Contacts {
    all: Vec<Contact>,
    by_id: HashMap<String, usize>,
    /// Whether it stands beside one message only.
    lone_message: bool,
}

/// What a contact tells.
struct Contact {
    wa_id: Option<String>,
    user_id: Option<String>,
    parent_user_id: Option<String>,
    username: Option<String>,
    name: Option<String>,
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

impl Contact {
    fn of(told: &Value) -> Self {
        Self {
            wa_id: text(told.get("wa_id")),
            user_id: text(told.get("user_id")),
            parent_user_id: text(told.get("parent_user_id")),
            username: text(at(told, &["profile", "username"])),
            name: name_of(told),
        }
    }
}

impl Contacts {
    /// The contacts that stand beside so many messages.
    pub(super) fn of(told: Option<&RawValue>, messages: usize) -> Self {
        let told = told.and_then(list).unwrap_or_default();
        let of = |text: &RawValue| Contact::of(&value(text).unwrap_or_default());
        let all: Vec<Contact> = told.into_iter().map(of).collect();
        let mut by_id = HashMap::new();
        for (index, contact) in all.iter().enumerate() {
            for id in [&contact.wa_id, &contact.user_id].into_iter().flatten() {
                by_id.entry(id.clone()).or_insert(index);
            }
        }
        Self {
            all,
            by_id,
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
            .find_map(|id| self.all.get(*self.by_id.get(id)?));
        let nameless = phone.is_none() && user_id.is_none();
        let lone = self.all.first().filter(|_| self.all.len() == 1);
        let proven = by_id.or(lone.filter(|_| nameless));
        let named = proven.or(lone.filter(|_| self.lone_message));
        let phone = phone.or_else(|| proven?.wa_id.clone());
        let user_id = user_id.or_else(|| proven?.user_id.clone());
        Person {
            names: [&phone, &user_id]
                .into_iter()
                .flatten()
                .filter_map(|id| identity(id))
                .collect(),
            name: named.and_then(|contact| contact.name.clone()),
            parent_user_id: parent.or_else(|| proven?.parent_user_id.clone()),
            username: named.and_then(|contact| contact.username.clone()),
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
