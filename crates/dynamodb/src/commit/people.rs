//! The items of a transaction that changes who is who.

use tributary_domain::customer::{Identity, IdentityKind};
use tributary_domain::ports::{PeopleWrite, PortError};

use crate::commit::plan::{Step, customer_step, new_item, put, ticket_steps, whole};
use crate::record::{self, text};
use crate::tables::TableNames;

/// Customers, identities and tickets, each under the condition that it is as it was read.
pub(crate) fn plan(people: &PeopleWrite, names: &TableNames) -> Result<Vec<Step>, PortError> {
    let PeopleWrite {
        customers,
        identities,
        tickets,
    } = people;
    let mut steps = Vec::new();
    for customer in customers {
        steps.push(customer_step(names, customer)?);
    }
    for (before, after) in identities {
        steps.push(identity_step(names, before.as_ref(), after)?);
    }
    for ticket in tickets {
        steps.extend(ticket_steps(ticket, names)?);
    }
    Ok(steps)
}

fn identity_step(
    names: &TableNames,
    before: Option<&Identity>,
    after: &Identity,
) -> Result<Step, PortError> {
    let item = record::identity::to_item(after);
    let Some(before) = before else {
        return put(new_item(&names.customers, item, "internal_id"));
    };
    let mut stored = record::identity::to_item(before);
    let builder = whole(&names.customers, item)
        .expression_attribute_values(":customer", text(before.customer_id.as_str()));
    let attribute = match &before.kind {
        IdentityKind::Canonical { .. } => "current_tickets",
        IdentityKind::Alias { .. } => "alias_of",
    };
    let value = stored
        .remove(attribute)
        .ok_or_else(|| PortError::Corrupt(format!("an identity without {attribute}")))?;
    put(builder
        .condition_expression(format!("customer_id = :customer AND {attribute} = :value"))
        .expression_attribute_values(":value", value))
}
