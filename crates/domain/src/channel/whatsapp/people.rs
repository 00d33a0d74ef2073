//! Who is meant: the phone number if it is told, the business-scoped user id beside it or alone.

use serde_json::Value;

use crate::channel::fields::{at, list, text};
use crate::channel::inbound::Author;
use crate::channel::{Channel, ChannelIdentity};
use crate::content::start_chars;
use crate::ticket::MAX_NAME_CHARS;

/// The people a change speaks of: `contacts[]`.
pub(super) struct Contacts<'v> {
    all: &'v [Value],
    /// Nobody else can be meant.
    lone: bool,
}

/// The customer of a message.
pub(super) struct Person<'v> {
    /// The names, the phone number first; never empty.
    pub(super) names: Vec<ChannelIdentity>,
    /// The user id, if told.
    pub(super) user_id: Option<String>,
    contact: Option<&'v Value>,
}

impl<'v> Contacts<'v> {
    pub(super) fn of(value: &'v Value) -> Self {
        let all = list(value.get("contacts"));
        let said = ["messages", "message_echoes"].map(|name| list(value.get(name)).len());
        Self {
            all,
            lone: all.len() == 1 && said.iter().sum::<usize>() == 1,
        }
    }

    /// The customer: who it is from, or whom one of us wrote to.
    pub(super) fn person(&self, item: &Value, author: Author) -> Result<Person<'v>, &'static str> {
        let (phone, user_id) = match author {
            Author::Customer => ("from", "from_user_id"),
            Author::Us => ("to", "to_user_id"),
        };
        let phone = text(item.get(phone));
        let user_id = text(item.get(user_id));
        let contact = self.contact(phone.as_deref(), user_id.as_deref());
        let told = |field: &str| text(contact.and_then(|c| c.get(field)));
        let user_id = user_id.or_else(|| told("user_id"));
        let phone = phone.or_else(|| told("wa_id"));
        let names: Vec<ChannelIdentity> = [&phone, &user_id]
            .into_iter()
            .flatten()
            .filter_map(|id| ChannelIdentity::new(Channel::WhatsApp, id).ok())
            .collect();
        if names.is_empty() {
            return Err("nobody it is from");
        }
        Ok(Person {
            names,
            user_id,
            contact,
        })
    }

    /// By id, since the order of contacts is not that of messages.
    fn contact(&self, phone: Option<&str>, user_id: Option<&str>) -> Option<&'v Value> {
        let same = |contact: &&Value| {
            let is = |field: &str, id: Option<&str>| {
                id.is_some() && text(contact.get(field)).as_deref() == id
            };
            is("wa_id", phone) || is("user_id", user_id)
        };
        let nameless = phone.is_none() && user_id.is_none();
        self.all
            .iter()
            .find(same)
            .or_else(|| self.all.first().filter(|_| self.lone && nameless))
    }
}

impl Person<'_> {
    /// What the person is called.
    pub(super) fn name(&self) -> Option<String> {
        let of = |field: &str| {
            at(self.contact?, &["profile", field])
                .and_then(Value::as_str)
                .map(str::trim)
                .filter(|n| !n.is_empty())
        };
        of("name")
            .or_else(|| of("username"))
            .map(|name| start_chars(name, MAX_NAME_CHARS).to_owned())
    }

    /// The handle, if told.
    pub(super) fn username(&self) -> Option<String> {
        text(self.contact.and_then(|c| at(c, &["profile", "username"])))
    }

    /// The name the conversation is held with.
    pub(super) fn first(self) -> Option<ChannelIdentity> {
        self.names.into_iter().next()
    }
}
