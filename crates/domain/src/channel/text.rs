//! A platform's JSON as text. A body of many events is opened level by level, and each event is parsed only
//! while it is read, so that a body costs a small multiple of its size.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// What a part is called that is JSON by its outline only, such as half of a surrogate pair.
pub(super) const UNREADABLE: &str = "cannot be read";

/// The members of an object, still text.
#[derive(Default)]
pub(super) struct Fields<'b>(BTreeMap<String, &'b RawValue>);

impl<'b> Fields<'b> {
    /// The members of an object; none of anything else.
    pub(super) fn of(text: &'b RawValue) -> Self {
        if !text.get().starts_with('{') {
            return Self::default();
        }
        serde_json::from_str(text.get())
            .map(Self)
            .unwrap_or_default()
    }

    /// The text of a member.
    pub(super) fn get(&self, name: &str) -> Option<&'b RawValue> {
        self.0.get(name).copied()
    }

    /// A member as such.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        value(self.get(name)?).ok()
    }

    /// An object of the other members.
    pub(super) fn without(&self, names: &[&str]) -> Value {
        let others = self.iter().filter(|(name, _)| !names.contains(name));
        let others = others.filter_map(|(name, text)| Some((name.to_owned(), value(text).ok()?)));
        Value::Object(others.collect::<Map<_, _>>())
    }

    /// All members, by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &'b RawValue)> {
        self.0.iter().map(|(name, text)| (name.as_str(), *text))
    }
}

/// The items of a list; nothing when it is none.
pub(super) fn list(text: &RawValue) -> Option<Vec<&RawValue>> {
    let is_list = text.get().starts_with('[');
    is_list.then(|| serde_json::from_str(text.get()).unwrap_or_default())
}

/// The items of a list, and anything else as the only one.
pub(super) fn items(text: &RawValue) -> Vec<&RawValue> {
    list(text).unwrap_or_else(|| vec![text])
}

/// What a text says.
pub(super) fn value(text: &RawValue) -> Result<Value, &'static str> {
    serde_json::from_str(text.get()).map_err(|_| UNREADABLE)
}
