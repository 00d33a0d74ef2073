//! Details of an event as a batch keeps them.

use std::fmt;

use serde_json::{Map, Value};

/// A platform's details of one event, as JSON text: of a thousand events they take a tenth of what maps do.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Details(Box<str>);

impl Details {
    /// The details by name.
    #[must_use]
    pub fn to_map(&self) -> Map<String, Value> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl From<Map<String, Value>> for Details {
    fn from(details: Map<String, Value>) -> Self {
        match details.is_empty() {
            true => Self::default(),
            false => Self(Value::Object(details).to_string().into()),
        }
    }
}

impl fmt::Debug for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_map().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn no_details_are_no_text() {
        assert_eq!(Details::from(Map::new()), Details::default());
        assert_eq!(Details::default().to_map(), Map::new());
    }

    proptest! {
        #[test]
        fn details_come_back_as_they_were(
            text in any::<String>(),
            whole in any::<i64>(),
            place in proptest::num::f64::NORMAL,
        ) {
            let Value::Object(map) = json!({"text": text, "whole": whole, "in": {"place": [place]}}) else {
                unreachable!("it is an object")
            };
            prop_assert_eq!(Details::from(map.clone()).to_map(), map);
        }
    }
}
