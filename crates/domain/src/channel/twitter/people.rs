//! Users of X, as they are told beside events.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::channel::fields::{list, text};
use crate::channel::twitter::note;
use crate::channel::{Channel, ChannelIdentity};
use crate::content::start_chars;
use crate::ticket::MAX_NAME_CHARS;

/// The users that a body tells of, by id.
pub(super) struct Users<'v>(HashMap<String, &'v Value>);

impl<'v> Users<'v> {
    /// From a map by id or a list; each user as such, or wrapped in `data`.
    pub(super) fn of(users: Option<&'v Value>) -> Self {
        let unwrapped = |user: &'v Value| user.get("data").unwrap_or(user);
        let by_key = users.and_then(Value::as_object).into_iter().flatten();
        let by_key = by_key.map(|(id, user)| (id.clone(), unwrapped(user)));
        let by_field = list(users).iter().map(unwrapped);
        let by_field = by_field.filter_map(|user| Some((text(user.get("id"))?, user)));
        Self(by_key.chain(by_field).collect())
    }

    /// The name of a user.
    pub(super) fn name(&self, id: &str) -> Option<String> {
        let user = self.0.get(id)?;
        let name = ["name", "screen_name", "username"]
            .iter()
            .filter_map(|field| user.get(field)?.as_str())
            .map(str::trim)
            .find(|name| !name.is_empty())?;
        Some(start_chars(name, MAX_NAME_CHARS).to_owned())
    }

    /// The handle of a user, without the @: `screen_name` in AAA, `username` in v2.
    pub(super) fn handle(&self, id: &str) -> Option<String> {
        let user = self.0.get(id)?;
        text(user.get("screen_name")).or_else(|| text(user.get("username")))
    }

    /// Writes who the customer is into a message.
    pub(super) fn tell(&self, person: &str, data: &mut Map<String, Value>) -> Option<String> {
        note(data, "username", self.handle(person));
        self.name(person)
    }
}

/// A person by user id.
pub(super) fn identity(id: &str) -> Option<ChannelIdentity> {
    ChannelIdentity::new(Channel::Twitter, id).ok()
}
