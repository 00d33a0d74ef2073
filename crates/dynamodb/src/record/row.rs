//! The part of a ticket that lists show, as the inbox index projects it.

use std::collections::BTreeMap;

use tributary_domain::channel::{AccountId, Channel, ChannelIdentity};
use tributary_domain::customer::CustomerSummary;
use tributary_domain::delivery::Watermarks;
use tributary_domain::id::{AgentId, CustomerId, MessageId, Reference, TicketId};
use tributary_domain::message::{SenderType, Visibility};
use tributary_domain::ports::PortError;
use tributary_domain::ticket::{FieldVersions, LastMessage, Priority, Source, Ticket, Window};
use tributary_domain::time::Timestamp;

use crate::keys;
use crate::record::{Item, Reader, Writer, text};

/// Longer identities are not stored beside the source that says the same, which keeps every row
/// within 8 KB.
const LONGEST_REPEATED_IDENTITY: usize = 128;

/// Reads a row: status, shard and last activity from its keys. Its window is empty, its version that
/// of the last listed change, and what lists do not show is as on a new ticket.
pub(crate) fn from_item(item: &Item) -> Result<Ticket, PortError> {
    let item = Reader::new("row", item);
    let (status, shard) = item.parsed("inbox", keys::parse_inbox)?;
    let place = item.parsed("activity", keys::parse_activity)?;
    let source = read_source(&item.map("source", "source")?)?;
    let version = item.number("row_version")?;
    let custom_fields: BTreeMap<String, serde_json::Value> = item.json("custom_fields")?;
    Ok(Ticket {
        id: place.ticket_id,
        reference: item.parsed("reference", |t| Reference::parse(t).ok())?,
        created_at: item.parsed("created_at", |t| Timestamp::parse(t).ok())?,
        updated_at: place.updated_at,
        status,
        priority: item.parsed("priority", Priority::parse)?,
        assigned_agent_id: item.maybe_parsed("assigned_agent_id", |t| AgentId::parse(t).ok())?,
        tags: item.texts("tags", |t| Some(t.to_owned()))?,
        subject: item.owned("subject")?.unwrap_or_default(),
        version,
        listed_version: version,
        field_versions: FieldVersions::default(),
        message_count: item.number("message_count")?,
        last_position: 0,
        last_sequence: 0,
        customer: read_customer(&item.map("customer", "customer")?, &source)?,
        source,
        last_message: item
            .maybe_map("last_message", "last_message")?
            .map(|m| read_last_message(&m))
            .transpose()?,
        last_agent_message: None,
        last_mail: None,
        last_customer_message_at: item.maybe_millis("window_at")?,
        resolved_at: None,
        watermarks: Watermarks::default(),
        snoozed_until: item.maybe_millis("snoozed_until")?,
        superseded: false,
        merged_into: item.maybe_parsed("merged_into", |t| TicketId::parse(t).ok())?,
        custom_fields,
        shard,
        window: Window::default(),
    })
}

pub(crate) fn source_map(source: &Source) -> Item {
    let Source {
        channel,
        origin_platform_id,
        account_id,
        is_bot_handoff,
    } = source;
    Writer::default()
        .value("channel", text(channel.as_str()))
        .value("origin_platform_id", text(origin_platform_id))
        .value("account_id", text(account_id.as_str()))
        .flag("is_bot_handoff", *is_bot_handoff)
        .finish()
}

pub(crate) fn read_source(item: &Reader<'_>) -> Result<Source, PortError> {
    Ok(Source {
        channel: item.parsed("channel", Channel::parse)?,
        origin_platform_id: item.text("origin_platform_id")?.to_owned(),
        account_id: item.parsed("account_id", |t| AccountId::parse(t).ok())?,
        is_bot_handoff: item.flag("is_bot_handoff")?,
    })
}

fn same_as_source(source: &Source) -> Option<ChannelIdentity> {
    ChannelIdentity::new(source.channel, &source.origin_platform_id).ok()
}

pub(crate) fn customer_map(customer: &CustomerSummary, source: &Source) -> Item {
    let CustomerSummary {
        id,
        name,
        email,
        channel_identity,
    } = customer;
    let spelled = channel_identity.to_string();
    let repeated = spelled.len() > LONGEST_REPEATED_IDENTITY
        && same_as_source(source).as_ref() == Some(channel_identity);
    Writer::default()
        .value("internal_id", text(id.as_str()))
        .maybe_text("name", name.as_deref())
        .maybe_text("email", email.as_deref())
        .some("channel_identity", (!repeated).then_some(text(spelled)))
        .finish()
}

pub(crate) fn read_customer(
    item: &Reader<'_>,
    source: &Source,
) -> Result<CustomerSummary, PortError> {
    let identity = item.maybe_parsed("channel_identity", |t| ChannelIdentity::parse(t).ok())?;
    Ok(CustomerSummary {
        id: item.parsed("internal_id", |t| CustomerId::parse(t).ok())?,
        name: item.owned("name")?,
        email: item.owned("email")?,
        channel_identity: identity
            .or_else(|| same_as_source(source))
            .ok_or_else(|| item.corrupt("channel_identity"))?,
    })
}

pub(crate) fn last_message_map(message: &LastMessage) -> Item {
    let LastMessage {
        message_id,
        timestamp,
        sender_type,
        visibility,
        content,
    } = message;
    Writer::default()
        .value("message_id", text(message_id.as_str()))
        .millis("timestamp", Some(*timestamp))
        .value("sender_type", text(sender_type.as_str()))
        .text_unless(
            "visibility",
            visibility.as_str(),
            Visibility::Public.as_str(),
        )
        .text("content", content)
        .finish()
}

pub(crate) fn read_last_message(item: &Reader<'_>) -> Result<LastMessage, PortError> {
    Ok(LastMessage {
        message_id: item.parsed("message_id", |t| MessageId::parse(t).ok())?,
        timestamp: item.millis("timestamp")?,
        sender_type: item.parsed("sender_type", SenderType::parse)?,
        visibility: item
            .maybe_parsed("visibility", Visibility::parse)?
            .unwrap_or(Visibility::Public),
        content: item.owned("content")?.unwrap_or_default(),
    })
}
