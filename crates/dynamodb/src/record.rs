//! Stored items: one module per kind, each the only place that knows its attributes. What is null,
//! empty or the usual value is left out, since every byte of a ticket is paid for with each message.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use tributary_domain::ports::PortError;
use tributary_domain::time::Timestamp;

pub(crate) mod account;
pub(crate) mod customer;
pub(crate) mod errand;
pub(crate) mod event;
pub(crate) mod fetch;
pub(crate) mod gate;
pub(crate) mod idempotency;
pub(crate) mod identity;
pub(crate) mod message;
pub(crate) mod row;
pub(crate) mod send;
pub(crate) mod slot;
pub(crate) mod ticket;

/// Attributes of an item, or of a map inside one.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Text.
pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A whole number.
pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Puts an item together.
#[derive(Debug, Default)]
pub(crate) struct Writer(Item);

impl Writer {
    pub(crate) fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn some(self, name: &str, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.value(name, value),
            None => self,
        }
    }

    /// Text, unless it is empty.
    pub(crate) fn text(self, name: &str, value: &str) -> Self {
        self.text_unless(name, value, "")
    }

    /// Text, unless it is the usual one.
    pub(crate) fn text_unless(self, name: &str, value: &str, usual: &str) -> Self {
        if value == usual {
            self
        } else {
            self.value(name, text(value))
        }
    }

    pub(crate) fn maybe_text(self, name: &str, value: Option<&str>) -> Self {
        self.some(name, value.map(text))
    }

    pub(crate) fn number(self, name: &str, value: impl ToString) -> Self {
        self.value(name, number(value))
    }

    /// A time in milliseconds since the epoch.
    pub(crate) fn millis(self, name: &str, value: Option<Timestamp>) -> Self {
        self.some(name, value.map(|t| number(t.as_millis())))
    }

    /// True, or nothing.
    pub(crate) fn flag(self, name: &str, value: bool) -> Self {
        self.some(name, value.then_some(AttributeValue::Bool(true)))
    }

    /// A list, unless it is empty.
    pub(crate) fn list(self, name: &str, values: impl Iterator<Item = AttributeValue>) -> Self {
        let values: Vec<AttributeValue> = values.collect();
        if values.is_empty() {
            self
        } else {
            self.value(name, AttributeValue::L(values))
        }
    }

    pub(crate) fn map(self, name: &str, value: Item) -> Self {
        self.value(name, AttributeValue::M(value))
    }

    pub(crate) fn finish(self) -> Item {
        self.0
    }
}

/// Takes an item apart. Errors name the attribute, never its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    kind: &'static str,
    item: &'a Item,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(kind: &'static str, item: &'a Item) -> Self {
        Self { kind, item }
    }

    pub(crate) fn corrupt(&self, name: &str) -> PortError {
        PortError::Corrupt(format!("{}: {name}", self.kind))
    }

    pub(crate) fn maybe_text(&self, name: &str) -> Result<Option<&'a str>, PortError> {
        match self.item.get(name) {
            None => Ok(None),
            Some(AttributeValue::S(text)) => Ok(Some(text)),
            Some(_) => Err(self.corrupt(name)),
        }
    }

    pub(crate) fn text(&self, name: &str) -> Result<&'a str, PortError> {
        self.maybe_text(name)?.ok_or_else(|| self.corrupt(name))
    }

    pub(crate) fn owned(&self, name: &str) -> Result<Option<String>, PortError> {
        Ok(self.maybe_text(name)?.map(str::to_owned))
    }

    /// A text that is an id, a name of an enum or the like.
    pub(crate) fn parsed<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, PortError> {
        parse(self.text(name)?).ok_or_else(|| self.corrupt(name))
    }

    pub(crate) fn maybe_parsed<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, PortError> {
        self.maybe_text(name)?
            .map(|text| parse(text).ok_or_else(|| self.corrupt(name)))
            .transpose()
    }

    pub(crate) fn maybe_number<T: std::str::FromStr>(
        &self,
        name: &str,
    ) -> Result<Option<T>, PortError> {
        match self.item.get(name) {
            None => Ok(None),
            Some(AttributeValue::N(digits)) => {
                digits.parse().map(Some).map_err(|_| self.corrupt(name))
            }
            Some(_) => Err(self.corrupt(name)),
        }
    }

    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T, PortError> {
        self.maybe_number(name)?.ok_or_else(|| self.corrupt(name))
    }

    pub(crate) fn maybe_millis(&self, name: &str) -> Result<Option<Timestamp>, PortError> {
        Ok(self.maybe_number(name)?.map(Timestamp::from_millis))
    }

    pub(crate) fn millis(&self, name: &str) -> Result<Timestamp, PortError> {
        self.maybe_millis(name)?.ok_or_else(|| self.corrupt(name))
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, PortError> {
        match self.item.get(name) {
            None => Ok(false),
            Some(AttributeValue::Bool(value)) => Ok(*value),
            Some(_) => Err(self.corrupt(name)),
        }
    }

    pub(crate) fn maybe_map(
        &self,
        name: &str,
        kind: &'static str,
    ) -> Result<Option<Reader<'a>>, PortError> {
        match self.item.get(name) {
            None => Ok(None),
            Some(AttributeValue::M(item)) => Ok(Some(Reader { kind, item })),
            Some(_) => Err(self.corrupt(name)),
        }
    }

    pub(crate) fn map(&self, name: &str, kind: &'static str) -> Result<Reader<'a>, PortError> {
        self.maybe_map(name, kind)?
            .ok_or_else(|| self.corrupt(name))
    }

    /// Every attribute by name.
    pub(crate) fn entries(
        &self,
    ) -> impl Iterator<Item = (&'a String, &'a AttributeValue)> + use<'a> {
        self.item.iter()
    }

    /// A list; an absent one is empty.
    pub(crate) fn list<T>(
        &self,
        name: &str,
        read: impl Fn(&'a AttributeValue) -> Option<Result<T, PortError>>,
    ) -> Result<Vec<T>, PortError> {
        match self.item.get(name) {
            None => Ok(Vec::new()),
            Some(AttributeValue::L(values)) => values
                .iter()
                .map(|v| read(v).unwrap_or_else(|| Err(self.corrupt(name))))
                .collect(),
            Some(_) => Err(self.corrupt(name)),
        }
    }

    /// A list of texts, each read by `parse`.
    pub(crate) fn texts<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, PortError> {
        self.list(name, |value| Some(Ok(parse(value.as_s().ok()?)?)))
    }

    /// A list of maps.
    pub(crate) fn maps<T>(
        &self,
        name: &str,
        kind: &'static str,
        read: impl Fn(Reader<'a>) -> Result<T, PortError>,
    ) -> Result<Vec<T>, PortError> {
        self.list(name, |value| {
            Some(read(Reader {
                kind,
                item: value.as_m().ok()?,
            }))
        })
    }

    /// JSON kept as text.
    pub(crate) fn json<T: serde::de::DeserializeOwned + Default>(
        &self,
        name: &str,
    ) -> Result<T, PortError> {
        match self.maybe_text(name)? {
            None => Ok(T::default()),
            Some(text) => serde_json::from_str(text).map_err(|_| self.corrupt(name)),
        }
    }
}

/// JSON as text: DynamoDB's numbers are not JSON's, so a platform's details are not taken apart.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> Result<AttributeValue, PortError> {
    serde_json::to_string(value)
        .map(AttributeValue::S)
        .map_err(|e| PortError::Corrupt(format!("cannot be written as JSON: {e}")))
}
