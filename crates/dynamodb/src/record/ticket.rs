//! Tickets with their window.

use aws_sdk_dynamodb::types::AttributeValue;
use tributary_domain::delivery::Watermarks;
use tributary_domain::id::{AgentId, MessageId, Reference, TicketId};
use tributary_domain::message::MessagePlace;
use tributary_domain::ports::{InboxPlace, PortError};
use tributary_domain::ticket::{FieldVersions, Priority, Status, Ticket, Window};
use tributary_domain::time::Timestamp;

use crate::keys;
use crate::record::{Item, Reader, Writer, json, message, number, row, text};

/// A ticket as stored.
pub(crate) fn to_item(ticket: &Ticket) -> Result<Item, PortError> {
    let Ticket {
        id,
        reference,
        created_at,
        updated_at,
        status,
        priority,
        assigned_agent_id,
        tags,
        subject,
        version,
        listed_version,
        field_versions,
        message_count,
        last_position,
        last_sequence,
        source,
        customer,
        last_message,
        last_agent_message,
        last_mail,
        last_customer_message_at,
        watermarks: Watermarks { delivered, read },
        resolved_at,
        snoozed_until,
        superseded,
        merged_into,
        custom_fields,
        shard,
        window,
    } = ticket;
    let place = InboxPlace {
        updated_at: *updated_at,
        ticket_id: id.clone(),
    };
    let timeline: Vec<Item> = window
        .messages()
        .iter()
        .map(message::to_map)
        .collect::<Result<_, _>>()?;
    Ok(Writer::default()
        .value("ticket_id", text(id.as_str()))
        .value("customer_id", text(customer.id.as_str()))
        .value(
            "status_timestamp",
            text(keys::status_timestamp(*status, *created_at)),
        )
        .value("inbox", text(keys::inbox(*status, *shard)))
        .value("activity", text(keys::activity(&place)))
        .value("reference", text(reference.as_str()))
        .value("created_at", text(created_at.to_string()))
        .value("updated_at", text(updated_at.to_string()))
        .value("status", text(status.as_str()))
        .value("priority", text(priority.as_str()))
        .maybe_text(
            "assigned_agent_id",
            assigned_agent_id.as_ref().map(AgentId::as_str),
        )
        .list("tags", tags.iter().map(text))
        .text("subject", subject)
        .number("version", version)
        .number("row_version", listed_version)
        .map("field_versions", field_versions_map(field_versions))
        .number("message_count", message_count)
        .number("last_position", last_position)
        .number("last_sequence", last_sequence)
        .map("source", row::source_map(source))
        .map("customer", row::customer_map(customer, source))
        .some(
            "last_message",
            last_message
                .as_ref()
                .map(|m| AttributeValue::M(row::last_message_map(m))),
        )
        .some(
            "last_agent_message",
            last_agent_message
                .as_ref()
                .map(|p| AttributeValue::M(place_map(p))),
        )
        .some("last_mail", last_mail.map(number))
        .millis("window_at", *last_customer_message_at)
        .millis("delivered_until", *delivered)
        .millis("read_until", *read)
        .millis("resolved_at", *resolved_at)
        .millis("snoozed_until", *snoozed_until)
        .flag("superseded", *superseded)
        .maybe_text("merged_into", merged_into.as_ref().map(TicketId::as_str))
        .some(
            "custom_fields",
            if custom_fields.is_empty() {
                None
            } else {
                Some(json(custom_fields)?)
            },
        )
        .number("shard", shard)
        .list("timeline", timeline.into_iter().map(AttributeValue::M))
        .finish())
}

/// Reads a ticket back.
pub(crate) fn from_item(item: &Item) -> Result<Ticket, PortError> {
    let item = Reader::new("ticket", item);
    let source = row::read_source(&item.map("source", "source")?)?;
    Ok(Ticket {
        id: item.parsed("ticket_id", |t| TicketId::parse(t).ok())?,
        reference: item.parsed("reference", |t| Reference::parse(t).ok())?,
        created_at: item.parsed("created_at", |t| Timestamp::parse(t).ok())?,
        updated_at: item.parsed("updated_at", |t| Timestamp::parse(t).ok())?,
        status: item.parsed("status", Status::parse)?,
        priority: item.parsed("priority", Priority::parse)?,
        assigned_agent_id: item.maybe_parsed("assigned_agent_id", |t| AgentId::parse(t).ok())?,
        tags: item.texts("tags", |t| Some(t.to_owned()))?,
        subject: item.owned("subject")?.unwrap_or_default(),
        version: item.number("version")?,
        listed_version: item.number("row_version")?,
        field_versions: read_field_versions(&item.map("field_versions", "field_versions")?)?,
        message_count: item.number("message_count")?,
        last_position: item.number("last_position")?,
        last_sequence: item.number("last_sequence")?,
        customer: row::read_customer(&item.map("customer", "customer")?, &source)?,
        source,
        last_message: item
            .maybe_map("last_message", "last_message")?
            .map(|m| row::read_last_message(&m))
            .transpose()?,
        last_agent_message: item
            .maybe_map("last_agent_message", "last_agent_message")?
            .map(|p| read_place(&p))
            .transpose()?,
        last_mail: item.maybe_number("last_mail")?,
        last_customer_message_at: item.maybe_millis("window_at")?,
        watermarks: Watermarks {
            delivered: item.maybe_millis("delivered_until")?,
            read: item.maybe_millis("read_until")?,
        },
        resolved_at: item.maybe_millis("resolved_at")?,
        snoozed_until: item.maybe_millis("snoozed_until")?,
        superseded: item.flag("superseded")?,
        merged_into: item.maybe_parsed("merged_into", |t| TicketId::parse(t).ok())?,
        custom_fields: item.json("custom_fields")?,
        shard: item.number("shard")?,
        window: Window::from_stored(item.maps("timeline", "message", message::read)?),
    })
}

fn field_versions_map(versions: &FieldVersions) -> Item {
    let FieldVersions {
        status,
        priority,
        assigned_agent_id,
        tags,
        subject,
    } = versions;
    let field = |writer: Writer, name, version: &u64| {
        if *version == 0 {
            writer
        } else {
            writer.number(name, version)
        }
    };
    let writer = field(Writer::default(), "status", status);
    let writer = field(writer, "priority", priority);
    let writer = field(writer, "assigned_agent_id", assigned_agent_id);
    let writer = field(writer, "tags", tags);
    field(writer, "subject", subject).finish()
}

fn read_field_versions(item: &Reader<'_>) -> Result<FieldVersions, PortError> {
    let field = |name| Ok::<u64, PortError>(item.maybe_number(name)?.unwrap_or(0));
    Ok(FieldVersions {
        status: field("status")?,
        priority: field("priority")?,
        assigned_agent_id: field("assigned_agent_id")?,
        tags: field("tags")?,
        subject: field("subject")?,
    })
}

fn place_map(place: &MessagePlace) -> Item {
    let MessagePlace {
        message_id,
        position,
        timestamp,
    } = place;
    Writer::default()
        .value("message_id", text(message_id.as_str()))
        .number("position", position)
        .millis("timestamp", Some(*timestamp))
        .finish()
}

fn read_place(item: &Reader<'_>) -> Result<MessagePlace, PortError> {
    Ok(MessagePlace {
        message_id: item.parsed("message_id", |t| MessageId::parse(t).ok())?,
        position: item.number("position")?,
        timestamp: item.millis("timestamp")?,
    })
}
