//! Identity items of a transaction.

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem, Update};
use tributary_domain::ports::{IdentityWrite, PortError};

use crate::commit::plan::{Part, Step, new_item, put};
use crate::fault::unbuildable;
use crate::keys;
use crate::query::key;
use crate::record::{self, text};
use crate::tables::TableNames;

/// Creates, moves or checks a pointer. An account's name is an attribute's name here, so it always
/// stands behind an alias.
pub(super) fn step(names: &TableNames, write: &IdentityWrite) -> Result<Step, PortError> {
    match write {
        IdentityWrite::Create(identity) => put(new_item(
            &names.customers,
            record::identity::to_item(identity),
            "internal_id",
        )),
        IdentityWrite::Point {
            identity,
            account,
            from,
            to,
        } => {
            let update = Update::builder()
                .table_name(&names.customers)
                .set_key(Some(key("internal_id", keys::identity(identity))))
                .update_expression("SET current_tickets.#account = :to")
                .expression_attribute_names("#account", account.as_str())
                .expression_attribute_values(":to", text(to.as_str()));
            let update = match from {
                Some(from) => update
                    .condition_expression("current_tickets.#account = :from")
                    .expression_attribute_values(":from", text(from.as_str())),
                None => update.condition_expression("attribute_exists(current_tickets) AND attribute_not_exists(current_tickets.#account)"),
            };
            Ok((
                Part::Other,
                TransactWriteItem::builder()
                    .update(update.build().map_err(unbuildable)?)
                    .build(),
            ))
        }
        IdentityWrite::Check {
            identity,
            account,
            is,
        } => {
            let check = ConditionCheck::builder()
                .table_name(&names.customers)
                .set_key(Some(key("internal_id", keys::identity(identity))))
                .condition_expression("current_tickets.#account = :is")
                .expression_attribute_names("#account", account.as_str())
                .expression_attribute_values(":is", text(is.as_str()));
            Ok((
                Part::Other,
                TransactWriteItem::builder()
                    .condition_check(check.build().map_err(unbuildable)?)
                    .build(),
            ))
        }
    }
}
