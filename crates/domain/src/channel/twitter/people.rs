//! Users of X, as they are told beside events.

use std::collections::HashMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::channel::fields::text;
use crate::channel::text::{Fields, list, value};
use crate::channel::twitter::note;
use crate::channel::{Channel, ChannelIdentity};
use crate::content::start_chars;
use crate::ticket::MAX_NAME_CHARS;

/// The users that a body tells of, by id.
pub(super) struct Users(HashMap<String, User>);

struct User {
    id: Option<String>,
    name: Option<String>,
    /// Without the @.
    handle: Option<String>,
}

impl Users {
    /// From a map by id or a list; each user as such, or wrapped in `data`.
    pub(super) fn of(users: Option<&RawValue>) -> Self {
        let by_key = users.map(Fields::of).unwrap_or_default();
        let by_key = by_key
            .iter()
            .map(|(id, user)| (id.to_owned(), User::of(user)));
        let by_field = users.and_then(list).unwrap_or_default().into_iter();
        let by_field = by_field
            .map(User::of)
            .filter_map(|user| Some((user.id.clone()?, user)));
        Self(by_key.chain(by_field).collect())
    }

    /// Writes who the customer is into a message, and returns their name.
    pub(super) fn tell(&self, person: &str, data: &mut Map<String, Value>) -> Option<String> {
        let user = self.0.get(person)?;
        note(data, "username", user.handle.clone());
        user.name.clone()
    }
}

impl User {
    fn of(told: &RawValue) -> Self {
        let told = value(told).unwrap_or_default();
        let user = told.get("data").unwrap_or(&told);
        let name = ["name", "screen_name", "username"]
            .iter()
            .filter_map(|field| user.get(field)?.as_str())
            .map(str::trim)
            .find(|name| !name.is_empty());
        // `screen_name` in AAA, `username` in v2.
        let handle = text(user.get("screen_name")).or_else(|| text(user.get("username")));
        Self {
            id: text(user.get("id")),
            name: name.map(|name| start_chars(name, MAX_NAME_CHARS).to_owned()),
            handle,
        }
    }
}

/// A person by user id.
pub(super) fn identity(id: &str) -> Option<ChannelIdentity> {
    ChannelIdentity::new(Channel::Twitter, id).ok()
}
