//! The people a body speaks of, by id: as Account Activity names them (`screen_name`), as the v2 API does
//! (`username`, wrapped in `data`), or as a list.

use serde_json::Value;

use crate::channel::fields::text;
use crate::content::start_chars;
use crate::ticket::MAX_NAME_CHARS;

/// The people of a body.
pub(super) struct Users<'v>(Option<&'v Value>);

impl<'v> Users<'v> {
    pub(super) fn of(users: Option<&'v Value>) -> Self {
        Self(users)
    }

    fn user(&self, id: &str) -> Option<&'v Value> {
        let user = match self.0? {
            Value::Array(all) => all
                .iter()
                .find(|user| text(user.get("id")).as_deref() == Some(id)),
            Value::Object(all) => all.get(id),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        }?;
        Some(user.get("data").unwrap_or(user))
    }

    /// What somebody is called.
    pub(super) fn name(&self, id: &str) -> Option<String> {
        let name = text(self.user(id)?.get("name")).or_else(|| self.handle(id))?;
        let name = name.trim();
        (!name.is_empty()).then(|| start_chars(name, MAX_NAME_CHARS).to_owned())
    }

    /// Somebody's handle, without the @.
    pub(super) fn handle(&self, id: &str) -> Option<String> {
        let user = self.user(id)?;
        text(user.get("username")).or_else(|| text(user.get("screen_name")))
    }
}
