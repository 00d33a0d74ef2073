//! Customers.

use tributary_domain::channel::{Channel, ChannelIdentity};
use tributary_domain::customer::Customer;
use tributary_domain::id::CustomerId;
use tributary_domain::ports::PortError;
use tributary_domain::time::Timestamp;

use crate::record::{Item, Reader, Writer, text};

/// A customer as stored.
pub(crate) fn to_item(customer: &Customer) -> Item {
    let Customer {
        id,
        name,
        primary_email,
        channels,
        identities,
        created_at,
        renamed_at,
        joined_into,
    } = customer;
    Writer::default()
        .value("internal_id", text(id.as_str()))
        .maybe_text("name", name.as_deref())
        .maybe_text("primary_email", primary_email.as_deref())
        .list("channels", channels.iter().map(|c| text(c.as_str())))
        .list("identities", identities.iter().map(|i| text(i.to_string())))
        .value("created_at", text(created_at.to_string()))
        .millis("renamed_at", *renamed_at)
        .maybe_text("joined_into", joined_into.as_ref().map(CustomerId::as_str))
        .finish()
}

/// Reads a customer back. Each new identity appends its channel, so repetitions are dropped here.
pub(crate) fn from_item(item: &Item) -> Result<Customer, PortError> {
    let item = Reader::new("customer", item);
    Ok(Customer {
        id: item.parsed("internal_id", |t| CustomerId::parse(t).ok())?,
        name: item.owned("name")?,
        primary_email: item.owned("primary_email")?,
        channels: once_each(item.texts("channels", Channel::parse)?),
        identities: once_each(item.texts("identities", |t| ChannelIdentity::parse(t).ok())?),
        created_at: item.parsed("created_at", |t| Timestamp::parse(t).ok())?,
        renamed_at: item.maybe_millis("renamed_at")?,
        joined_into: item.maybe_parsed("joined_into", |t| CustomerId::parse(t).ok())?,
    })
}

fn once_each<T: PartialEq>(all: Vec<T>) -> Vec<T> {
    let mut kept: Vec<T> = Vec::with_capacity(all.len());
    for value in all {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}
