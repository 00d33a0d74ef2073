//! The items of a transaction, each with the condition under which it is written.

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use tributary_domain::event::Event;
use tributary_domain::message::Message;
use tributary_domain::ports::{
    Commit, CustomerWrite, ErrandWrite, FetchWrite, PortError, SendWrite, SlotWrite, TicketWrite,
};
use tributary_domain::{CustomerId, Reference, TicketId};

use crate::commit::identities;
use crate::fault::unbuildable;
use crate::keys::LedgerKey;
use crate::query::{key, ledger_key};
use crate::record::{self, Item, Writer, number, text};
use crate::tables::TableNames;

/// What an item stands for, as far as its refusal means something of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The idempotency record.
    Idempotency,
    /// The slot with this index.
    Slot(usize),
    /// Anything else: its refusal is a lost race.
    Other,
}

pub(crate) type Step = (Part, TransactWriteItem);

/// A commit as the items of a transaction.
pub(crate) fn plan(commit: &Commit, names: &TableNames) -> Result<Vec<Step>, PortError> {
    let Commit {
        ticket,
        evicted,
        revised,
        events,
        customer,
        identities,
        slots,
        sends,
        fetches,
        errands,
        idempotency,
        relies_on,
    } = commit;
    let id = &ticket.ticket().id;
    let mut steps = Vec::new();
    if let Some(record) = idempotency {
        let item = record::idempotency::to_item(record, ticket.ticket().updated_at);
        steps.push(told(
            Part::Idempotency,
            new_item(&names.ledger, item, "pk"),
        )?);
    }
    for (index, slot) in slots.iter().enumerate() {
        steps.push(told(Part::Slot(index), slot_put(names, slot))?);
    }
    steps.extend(ticket_steps(ticket, names)?);
    if let Some((other, version)) = relies_on {
        steps.push(check_version(names, other, *version)?);
    }
    for message in evicted {
        steps.push(put(message_put(names, id, message)?)?);
    }
    for message in revised {
        let there =
            message_put(names, id, message)?.condition_expression("attribute_exists(ticket_id)");
        steps.push(put(there)?);
    }
    for event in events {
        steps.push(put(event_put(names, event)?)?);
    }
    if let Some(customer) = customer {
        steps.push(customer_step(names, customer)?);
    }
    for identity in identities {
        steps.push(identities::step(names, identity)?);
    }
    for send in sends {
        steps.push(send_step(names, send)?);
    }
    for fetch in fetches {
        steps.push(fetch_step(names, fetch)?);
    }
    for errand in errands {
        steps.push(errand_step(names, errand)?);
    }
    Ok(steps)
}

type PutBuilder = aws_sdk_dynamodb::types::builders::PutBuilder;

pub(super) fn whole(table: &str, item: Item) -> PutBuilder {
    Put::builder().table_name(table).set_item(Some(item))
}

/// A new item: nothing may be under its key, of which `attribute` is a part.
pub(super) fn new_item(table: &str, item: Item, attribute: &str) -> PutBuilder {
    whole(table, item).condition_expression(format!("attribute_not_exists({attribute})"))
}

pub(super) fn put(builder: PutBuilder) -> Result<Step, PortError> {
    Ok((
        Part::Other,
        TransactWriteItem::builder()
            .put(builder.build().map_err(unbuildable)?)
            .build(),
    ))
}

/// An item of which a refusal tells what is there instead.
fn told(part: Part, builder: PutBuilder) -> Result<Step, PortError> {
    let builder = builder
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let (_, item) = put(builder)?;
    Ok((part, item))
}

pub(super) fn ticket_steps(
    write: &TicketWrite,
    names: &TableNames,
) -> Result<Vec<Step>, PortError> {
    match write {
        TicketWrite::Create(ticket) => Ok(vec![
            put(new_item(
                &names.tickets,
                record::ticket::to_item(ticket)?,
                "ticket_id",
            ))?,
            put(new_item(
                &names.ledger,
                reference_item(&ticket.reference, &ticket.id),
                "pk",
            ))?,
        ]),
        TicketWrite::Update {
            ticket,
            expected_version,
        } => Ok(vec![put(whole(
            &names.tickets,
            record::ticket::to_item(ticket)?,
        )
        .condition_expression("#version = :version")
        .expression_attribute_names("#version", "version")
        .expression_attribute_values(
            ":version",
            number(expected_version),
        ))?]),
    }
}

fn reference_item(reference: &Reference, ticket_id: &TicketId) -> Item {
    let key = LedgerKey::Reference(reference.clone());
    Writer::default()
        .value("pk", text(key.pk()))
        .value("sk", text(key.sk()))
        .value("ticket_id", text(ticket_id.as_str()))
        .finish()
}

fn check_version(names: &TableNames, id: &TicketId, version: u64) -> Result<Step, PortError> {
    let check = ConditionCheck::builder()
        .table_name(&names.tickets)
        .set_key(Some(key("ticket_id", id.as_str())))
        .condition_expression("#version = :version")
        .expression_attribute_names("#version", "version")
        .expression_attribute_values(":version", number(version));
    Ok((
        Part::Other,
        TransactWriteItem::builder()
            .condition_check(check.build().map_err(unbuildable)?)
            .build(),
    ))
}

fn message_put(
    names: &TableNames,
    id: &TicketId,
    message: &Message,
) -> Result<PutBuilder, PortError> {
    Ok(whole(
        &names.timeline,
        record::message::to_item(id, message)?,
    ))
}

fn event_put(names: &TableNames, event: &Event) -> Result<PutBuilder, PortError> {
    Ok(whole(&names.ledger, record::event::to_item(event)?))
}

fn slot_put(names: &TableNames, write: &SlotWrite) -> PutBuilder {
    let item = record::slot::to_item(write);
    if write.applies == 0 {
        return new_item(&names.ledger, item, "pk");
    }
    whole(&names.ledger, item)
        .condition_expression("attribute_not_exists(ticket_id) AND size(waiting) = :waiting")
        .expression_attribute_values(":waiting", number(write.applies))
}

pub(super) fn customer_step(names: &TableNames, write: &CustomerWrite) -> Result<Step, PortError> {
    match write {
        CustomerWrite::Create(customer) => put(new_item(
            &names.customers,
            record::customer::to_item(customer),
            "internal_id",
        )),
        CustomerWrite::Learn {
            id,
            identities,
            name,
            renamed_at,
            of_identities,
        } => {
            let list = |values: Vec<AttributeValue>| AttributeValue::L(values);
            let mut sets = Vec::new();
            let mut update = customer_update(names, id, *of_identities);
            if !identities.is_empty() {
                sets.push("identities = list_append(identities, :identities), channels = list_append(channels, :channels)");
                let channels = identities.iter().map(|i| text(i.channel().as_str()));
                let identities = identities.iter().map(|i| text(i.to_string()));
                update = update
                    .expression_attribute_values(":identities", list(identities.collect()))
                    .expression_attribute_values(":channels", list(channels.collect()));
            }
            if let Some(name) = name {
                sets.push("#name = :name");
                update = update
                    .expression_attribute_names("#name", "name")
                    .expression_attribute_values(":name", text(name.as_str()));
            }
            if let Some(at) = renamed_at {
                sets.push("renamed_at = :renamed");
                update = update.expression_attribute_values(":renamed", number(at.as_millis()));
            }
            if sets.is_empty() {
                sets.push("created_at = created_at");
            }
            updated(update.update_expression(format!("SET {}", sets.join(", "))))
        }
        CustomerWrite::Name { id, name } => updated(
            customer_update(names, id, None)
                .update_expression("SET #name = :name")
                .condition_expression(format!("{IS_USED} AND attribute_not_exists(#name)"))
                .expression_attribute_names("#name", "name")
                .expression_attribute_values(":name", text(name.as_str())),
        ),
        CustomerWrite::Join {
            id,
            into,
            of_identities,
        } => updated(
            customer_update(names, id, Some(*of_identities))
                .update_expression("SET joined_into = :into")
                .expression_attribute_values(":into", text(into.as_str())),
        ),
    }
}

/// The customer exists and was not joined with another.
const IS_USED: &str = "attribute_exists(internal_id) AND attribute_not_exists(joined_into)";

/// A change of a customer who exists and was not joined with another, and has so many identities.
fn customer_update(
    names: &TableNames,
    id: &CustomerId,
    of_identities: Option<usize>,
) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
    let update = Update::builder()
        .table_name(&names.customers)
        .set_key(Some(key("internal_id", id.as_str())));
    match of_identities {
        None => update.condition_expression(IS_USED),
        Some(count) => update
            .condition_expression(format!("{IS_USED} AND size(identities) = :count"))
            .expression_attribute_values(":count", number(count)),
    }
}

fn updated(builder: aws_sdk_dynamodb::types::builders::UpdateBuilder) -> Result<Step, PortError> {
    let update = builder.build().map_err(unbuildable)?;
    Ok((
        Part::Other,
        TransactWriteItem::builder().update(update).build(),
    ))
}

fn send_step(names: &TableNames, write: &SendWrite) -> Result<Step, PortError> {
    match write {
        SendWrite::Create(intent) => {
            put(new_item(&names.ledger, record::send::to_item(intent), "pk"))
        }
        SendWrite::Replace { from, to } => {
            let mut builder = whole(&names.ledger, record::send::to_item(to))
                .condition_expression(record::send::SAME)
                .expression_attribute_names("#state", "state");
            for (name, value) in record::send::same(from) {
                builder = builder.expression_attribute_values(name, value);
            }
            put(builder)
        }
        SendWrite::Finish(from) => {
            let mut builder = Delete::builder()
                .table_name(&names.ledger)
                .set_key(Some(ledger_key(&record::send::key(from))))
                .condition_expression(record::send::SAME)
                .expression_attribute_names("#state", "state");
            for (name, value) in record::send::same(from) {
                builder = builder.expression_attribute_values(name, value);
            }
            Ok((
                Part::Other,
                TransactWriteItem::builder()
                    .delete(builder.build().map_err(unbuildable)?)
                    .build(),
            ))
        }
    }
}

fn fetch_step(names: &TableNames, write: &FetchWrite) -> Result<Step, PortError> {
    const SAME_ATTEMPT: &str = "attempt = :attempt";
    match write {
        FetchWrite::Create(intent) => put(new_item(
            &names.ledger,
            record::fetch::to_item(intent),
            "pk",
        )),
        FetchWrite::Replace { from, to } => put(whole(&names.ledger, record::fetch::to_item(to))
            .condition_expression(SAME_ATTEMPT)
            .expression_attribute_values(":attempt", number(from.attempt))),
        FetchWrite::Finish(from) => {
            let delete = Delete::builder()
                .table_name(&names.ledger)
                .set_key(Some(ledger_key(&record::fetch::key(from))))
                .condition_expression(SAME_ATTEMPT)
                .expression_attribute_values(":attempt", number(from.attempt));
            Ok((
                Part::Other,
                TransactWriteItem::builder()
                    .delete(delete.build().map_err(unbuildable)?)
                    .build(),
            ))
        }
    }
}

fn errand_step(names: &TableNames, write: &ErrandWrite) -> Result<Step, PortError> {
    match write {
        ErrandWrite::Create(errand) => put(new_item(
            &names.ledger,
            record::errand::to_item(errand),
            "pk",
        )),
        ErrandWrite::Finish(from) => {
            let delete = Delete::builder()
                .table_name(&names.ledger)
                .set_key(Some(ledger_key(&record::errand::key(from))))
                .condition_expression("attempt = :attempt")
                .expression_attribute_values(":attempt", number(from.attempt));
            Ok((
                Part::Other,
                TransactWriteItem::builder()
                    .delete(delete.build().map_err(unbuildable)?)
                    .build(),
            ))
        }
    }
}
