//! The port `Tickets`: reads as of the latest commit, and waiting for a message in its slot.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, ReturnConsumedCapacity, ReturnValue,
    ReturnValuesOnConditionCheckFailure,
};
use tributary_domain::customer::{Customer, Identity};
use tributary_domain::message::Message;
use tributary_domain::ports::{
    Commit, CommitError, IdempotencyRecord, IdempotencyScope, MAX_WAITING, PeopleWrite, PortError,
    SendIntent, SendState, SendWrite, Slot, SlotKey, Tickets, Waited, WaitingEvent,
};
use tributary_domain::{ChannelIdentity, CustomerId, Ticket, TicketId, Timestamp};
use tributary_telemetry::metrics;

use crate::client::DynamoTickets;
use crate::commit::{Told, people, plan};
use crate::fault::{unavailable, unbuildable};
use crate::keys::{self, LedgerKey};
use crate::query::{key, ledger_key};
use crate::record::{self, Item, Reader, number, text};

/// Tries of a batch read of which parts were left.
const BATCH_TRIES: u32 = 6;
/// Most keys of a batch read (BatchGetItem, API reference).
pub(crate) const BATCH_KEYS: usize = 100;

impl Tickets for DynamoTickets {
    async fn identities(&self, identities: &[ChannelIdentity]) -> Result<Vec<Identity>, PortError> {
        // A batch that names one key twice is refused whole.
        let names: BTreeSet<String> = identities.iter().map(keys::identity).collect();
        let keys: Vec<Item> = names.iter().map(|n| key("internal_id", n)).collect();
        let items = match <[Item; 1]>::try_from(keys) {
            Ok([only]) => self
                .get(&self.names.customers, only)
                .await?
                .into_iter()
                .collect(),
            Err(keys) => {
                self.get_batch(&self.names.customers, keys, true, &[])
                    .await?
            }
        };
        items.iter().map(record::identity::from_item).collect()
    }

    async fn customer(&self, id: &CustomerId) -> Result<Option<Customer>, PortError> {
        let item = self
            .get(&self.names.customers, key("internal_id", id.as_str()))
            .await?;
        item.as_ref().map(record::customer::from_item).transpose()
    }

    async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, PortError> {
        let item = self
            .get(&self.names.tickets, key("ticket_id", id.as_str()))
            .await?;
        item.as_ref().map(record::ticket::from_item).transpose()
    }

    async fn older_messages(
        &self,
        id: &TicketId,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Message>, PortError> {
        let request = self
            .client()
            .await
            .query()
            .table_name(&self.names.timeline)
            .key_condition_expression("ticket_id = :ticket AND #position < :before")
            .expression_attribute_names("#position", "position")
            .expression_attribute_values(":ticket", text(id.as_str()))
            .expression_attribute_values(":before", number(before))
            .scan_index_forward(false)
            .consistent_read(true);
        let items = self.query_all(request, limit).await?;
        items
            .iter()
            .map(|item| record::message::read(Reader::new("message", item)))
            .collect()
    }

    async fn slot(&self, key: &SlotKey) -> Result<Option<Slot>, PortError> {
        self.get_ledger(&LedgerKey::slot(key))
            .await?
            .as_ref()
            .map(record::slot::from_item)
            .transpose()
    }

    async fn wait_in_slot(&self, key: &SlotKey, event: &WaitingEvent) -> Result<Waited, PortError> {
        let event = record::slot::event_text(event)?;
        let answer = self
            .client()
            .await
            .update_item()
            .table_name(&self.names.ledger)
            .set_key(Some(ledger_key(&LedgerKey::slot(key))))
            .update_expression("ADD waiting :events")
            .condition_expression("attribute_not_exists(ticket_id) AND (attribute_not_exists(waiting) OR size(waiting) < :most OR contains(waiting, :event))")
            .expression_attribute_values(":events", AttributeValue::Ss(vec![event.clone()]))
            .expression_attribute_values(":event", text(event.as_str()))
            .expression_attribute_values(":most", number(MAX_WAITING))
            .return_values(ReturnValue::UpdatedOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                self.capacity.wrote(answer.consumed_capacity.as_slice());
                let before = answer.attributes.unwrap_or_default();
                let repeated = record::slot::waiting_texts(&before).contains(&event);
                Ok(if repeated {
                    Waited::Repeated
                } else {
                    Waited::Parked
                })
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failure)) => {
                    let item = failure.item.clone().unwrap_or_default();
                    match record::slot::from_item(&item)? {
                        Slot::Present(message) => Ok(Waited::Present(message)),
                        Slot::Waiting(_) => Ok(Waited::Full),
                    }
                }
                Some(_) | None => Err(unavailable(error)),
            },
        }
    }

    async fn idempotency(
        &self,
        scope: &IdempotencyScope,
        key: &str,
    ) -> Result<Option<IdempotencyRecord>, PortError> {
        let item = self.get_ledger(&LedgerKey::idempotency(scope, key)).await?;
        item.as_ref()
            .map(|item| record::idempotency::from_item(item, scope, key))
            .transpose()
    }

    async fn write_people(
        &self,
        people: &PeopleWrite,
        budget: Duration,
    ) -> Result<(), CommitError> {
        let steps = people::plan(people, &self.names)?;
        self.write(steps, Told::default(), budget).await
    }

    async fn commit(&self, commit: &Commit, budget: Duration) -> Result<(), CommitError> {
        let told = Told::of(commit);
        self.write(plan(commit, &self.names)?, told, budget).await?;
        commit.sends.iter().for_each(count_age);
        Ok(())
    }
}

/// Counts how long a message took to its provider's answer, if this settles one.
fn count_age(write: &SendWrite) {
    match write {
        SendWrite::Finish(SendIntent {
            state: SendState::Sending { .. },
            queued_at,
            channel,
            ..
        }) => metrics::sent_after(channel.as_str(), now().since(*queued_at)),
        SendWrite::Finish(_) | SendWrite::Create(_) | SendWrite::Replace { .. } => {}
    }
}

fn now() -> Timestamp {
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

impl DynamoTickets {
    /// The items under at most [`BATCH_KEYS`] `keys` that exist, in no order; of each only `attributes`, if any are named.
    pub(crate) async fn get_batch(
        &self,
        table: &str,
        keys: Vec<Item>,
        consistent: bool,
        attributes: &[&str],
    ) -> Result<Vec<Item>, PortError> {
        let mut found = Vec::new();
        let mut left = keys;
        for attempt in 0..BATCH_TRIES {
            if left.is_empty() {
                return Ok(found);
            }
            if attempt > 0 {
                tokio::time::sleep(Duration::from_millis(10 << attempt)).await;
            }
            let mut wanted = KeysAndAttributes::builder()
                .set_keys(Some(left))
                .consistent_read(consistent);
            if !attributes.is_empty() {
                let alias = |i: usize| format!("#a{i}");
                let names: HashMap<String, String> = attributes
                    .iter()
                    .enumerate()
                    .map(|(i, n)| (alias(i), (*n).to_owned()))
                    .collect();
                let projection: Vec<String> = (0..attributes.len()).map(alias).collect();
                wanted = wanted
                    .projection_expression(projection.join(", "))
                    .set_expression_attribute_names(Some(names));
            }
            let request = self
                .client()
                .await
                .batch_get_item()
                .request_items(table, wanted.build().map_err(unbuildable)?);
            let answer = request
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(unavailable)?;
            self.capacity.read(answer.consumed_capacity());
            found.extend(
                answer
                    .responses
                    .unwrap_or_default()
                    .remove(table)
                    .unwrap_or_default(),
            );
            left = answer
                .unprocessed_keys
                .unwrap_or_default()
                .remove(table)
                .map(|k| k.keys)
                .unwrap_or_default();
        }
        if left.is_empty() {
            Ok(found)
        } else {
            Err(PortError::Unavailable(
                "parts of a batch read were left again and again".into(),
            ))
        }
    }
}
