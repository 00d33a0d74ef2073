//! The port `Outbox`: events in order under a lease, intents to send, and what is due.

use std::time::Duration;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValue};
use futures::stream::{self, StreamExt, TryStreamExt};
use tributary_domain::event::Event;
use tributary_domain::ports::{
    DueWork, Errand, FetchIntent, Outbox, PortError, PublishLease, SendIntent,
};
use tributary_domain::{TicketId, Timestamp};
use tributary_telemetry::metrics;

use crate::PENDING_SHARDS;
use crate::client::DynamoTickets;
use crate::fault::unavailable;
use crate::keys::{self, LedgerKey, Unfinished};
use crate::query::ledger_key;
use crate::record::{self, Item, Reader, number, text};
use crate::tables::{PENDING_INDEX, TTL_ATTRIBUTE};

/// How long a published event is kept, and a lease that nobody takes any more: without it, what is
/// kept of the ticket's events is looked at once more from the start.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// Events marked at the same time.
const MARKED_AT_ONCE: usize = 10;

impl Outbox for DynamoTickets {
    async fn is_pending(&self, ticket_id: &TicketId, sequence: u64) -> Result<bool, PortError> {
        let key = LedgerKey::Event {
            ticket_id: ticket_id.clone(),
            sequence,
        };
        Ok(self
            .get_ledger(&key)
            .await?
            .is_some_and(|item| item.contains_key("pending")))
    }

    async fn lease(
        &self,
        ticket_id: &TicketId,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<PublishLease>, PortError> {
        let request = self
            .update(&LedgerKey::Lease {
                ticket_id: ticket_id.clone(),
            })
            .await
            .update_expression("SET #owner = :owner, #until = :until, #expiry = :expiry")
            .condition_expression(
                "attribute_not_exists(#until) OR #until < :now OR #owner = :owner",
            )
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#until", "until")
            .expression_attribute_names("#expiry", TTL_ATTRIBUTE)
            .expression_attribute_values(":owner", text(owner))
            .expression_attribute_values(":until", number(until.as_millis()))
            .expression_attribute_values(":now", number(now.as_millis()))
            .expression_attribute_values(":expiry", number(until.plus(KEPT).as_seconds()))
            .return_values(ReturnValue::AllNew);
        let Some(item) = self.update_if(request).await? else {
            return Ok(None);
        };
        let published_through = Reader::new("lease", &item)
            .maybe_number("published_through")?
            .unwrap_or(0);
        Ok(Some(PublishLease {
            ticket_id: ticket_id.clone(),
            owner: owner.to_owned(),
            published_through,
        }))
    }

    async fn release(&self, lease: &PublishLease) -> Result<(), PortError> {
        let PublishLease {
            ticket_id,
            owner,
            published_through,
        } = lease;
        let request = self
            .update(&LedgerKey::Lease {
                ticket_id: ticket_id.clone(),
            })
            .await
            .update_expression("SET published_through = :through REMOVE #until, #owner")
            .condition_expression("#owner = :owner")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":owner", text(owner))
            .expression_attribute_values(":through", number(published_through));
        self.update_if(request).await.map(drop)
    }

    async fn events_after(
        &self,
        ticket_id: &TicketId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(Event, bool)>, PortError> {
        let request = self
            .client()
            .await
            .query()
            .table_name(&self.names.ledger)
            .key_condition_expression("pk = :events AND sk > :after")
            .expression_attribute_values(":events", text(keys::events_of(ticket_id)))
            .expression_attribute_values(":after", text(keys::padded(after)))
            .consistent_read(true);
        self.query_all(request, limit)
            .await?
            .iter()
            .map(record::event::from_item)
            .collect()
    }

    async fn mark_published(&self, events: &[&Event], now: Timestamp) -> Result<(), PortError> {
        let expiry = now.plus(KEPT).as_seconds();
        let key = |event: &Event| LedgerKey::Event {
            ticket_id: event.ticket_id.clone(),
            sequence: event.sequence,
        };
        let keys: Vec<LedgerKey> = events.iter().map(|event| key(event)).collect();
        stream::iter(keys)
            .map(|key| async move {
                let request = self
                    .update(&key)
                    .await
                    .update_expression("SET #expiry = :expiry REMOVE pending, due_at")
                    .condition_expression("attribute_exists(pk)")
                    .expression_attribute_names("#expiry", TTL_ATTRIBUTE)
                    .expression_attribute_values(":expiry", number(expiry));
                self.update_if(request).await.map(drop)
            })
            .buffer_unordered(MARKED_AT_ONCE)
            .try_collect()
            .await
    }

    async fn sends(&self, ticket_id: &TicketId) -> Result<Vec<SendIntent>, PortError> {
        let request = self
            .client()
            .await
            .query()
            .table_name(&self.names.ledger)
            .key_condition_expression("pk = :sends")
            .expression_attribute_values(":sends", text(keys::sends_of(ticket_id)))
            .consistent_read(true);
        self.query_all(request, usize::MAX)
            .await?
            .iter()
            .map(record::send::from_item)
            .collect()
    }

    async fn fetches(&self, ticket_id: &TicketId) -> Result<Vec<FetchIntent>, PortError> {
        let request = self
            .client()
            .await
            .query()
            .table_name(&self.names.ledger)
            .key_condition_expression("pk = :fetches")
            .expression_attribute_values(":fetches", text(keys::fetches_of(ticket_id)))
            .consistent_read(true);
        self.query_all(request, usize::MAX)
            .await?
            .iter()
            .map(record::fetch::from_item)
            .collect()
    }

    async fn errands(&self, ticket_id: &TicketId) -> Result<Vec<Errand>, PortError> {
        let request = self
            .client()
            .await
            .query()
            .table_name(&self.names.ledger)
            .key_condition_expression("pk = :errands")
            .expression_attribute_values(":errands", text(keys::errands_of(ticket_id)))
            .consistent_read(true);
        self.query_all(request, usize::MAX)
            .await?
            .iter()
            .map(record::errand::from_item)
            .collect()
    }

    async fn finish_errand(&self, errand: &Errand) -> Result<bool, PortError> {
        let request = self
            .client()
            .await
            .delete_item()
            .table_name(&self.names.ledger)
            .set_key(Some(ledger_key(&record::errand::key(errand))))
            .condition_expression("attempt = :attempt")
            .expression_attribute_values(":attempt", number(errand.attempt))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match request.send().await {
            Ok(answer) => {
                self.capacity.wrote(answer.consumed_capacity.as_slice());
                Ok(true)
            }
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(false),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn postpone_errand(&self, from: &Errand, to: &Errand) -> Result<bool, PortError> {
        let request = self
            .update(&record::errand::key(to))
            .await
            .update_expression("SET attempt = :next, due_at = :due")
            .condition_expression("attempt = :attempt")
            .expression_attribute_values(":attempt", number(from.attempt))
            .expression_attribute_values(":next", number(to.attempt))
            .expression_attribute_values(":due", number(to.due_at.as_millis()));
        Ok(self.update_if(request).await?.is_some())
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<DueWork>, PortError> {
        let (sends, gates, events, fetches, errands) = futures::future::try_join5(
            self.due_of(Unfinished::Sends, now, limit),
            self.due_of(Unfinished::Gates, now, limit),
            self.due_of(Unfinished::Events, now, limit),
            self.due_of(Unfinished::Fetches, now, limit),
            self.due_of(Unfinished::Errands, now, limit),
        )
        .await?;
        let late = |oldest: Option<&(Timestamp, DueWork)>| {
            oldest.map_or(Duration::ZERO, |(due, _)| now.since(*due))
        };
        metrics::outbox_age(late(events.first()));
        metrics::send_queue_age(late(sends.first()));
        let mut work: Vec<DueWork> = Vec::new();
        let ranked = sends.into_iter().chain(gates).chain(events).chain(fetches);
        for (_, item) in ranked.chain(errands) {
            if !work.contains(&item) {
                work.push(item);
            }
        }
        Ok(work)
    }
}

impl DynamoTickets {
    /// An update of an item of the ledger.
    pub(crate) async fn update(&self, key: &LedgerKey) -> UpdateItemFluentBuilder {
        let request = self
            .client()
            .await
            .update_item()
            .table_name(&self.names.ledger)
            .set_key(Some(ledger_key(key)));
        request.return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// Sends an update; none when its condition does not hold.
    pub(crate) async fn update_if(
        &self,
        request: UpdateItemFluentBuilder,
    ) -> Result<Option<Item>, PortError> {
        match request.send().await {
            Ok(answer) => {
                self.capacity.wrote(answer.consumed_capacity.as_slice());
                Ok(Some(answer.attributes.unwrap_or_default()))
            }
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// What is due of one kind, oldest first, at most `limit` records.
    async fn due_of(
        &self,
        kind: Unfinished,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Timestamp, DueWork)>, PortError> {
        let shards = (0..PENDING_SHARDS).map(|shard| self.due_in(kind, shard, now, limit));
        let parts = futures::future::try_join_all(shards).await?;
        let mut due: Vec<(Timestamp, DueWork)> = parts.into_iter().flatten().collect();
        due.sort_by_key(|(at, _)| *at);
        due.truncate(limit);
        Ok(due)
    }

    /// What is due in one partition of the index, oldest first. A record that names no work is passed
    /// over: it must not stop the others.
    async fn due_in(
        &self,
        kind: Unfinished,
        shard: u32,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Timestamp, DueWork)>, PortError> {
        let request = self
            .client()
            .await
            .query()
            .table_name(&self.names.ledger)
            .index_name(PENDING_INDEX)
            .key_condition_expression("pending = :shard AND due_at <= :now")
            .expression_attribute_values(":shard", text(keys::pending_shard(kind, shard)))
            .expression_attribute_values(":now", number(now.as_millis()));
        Ok(self
            .query_all(request, limit)
            .await?
            .iter()
            .filter_map(due_work)
            .collect())
    }
}

fn due_work(item: &Item) -> Option<(Timestamp, DueWork)> {
    let item = Reader::new("unfinished work", item);
    let work = match LedgerKey::parse(item.text("pk").ok()?, item.text("sk").ok()?)? {
        LedgerKey::Event {
            ticket_id,
            sequence: _,
        } => DueWork::Events(ticket_id),
        LedgerKey::Send {
            ticket_id,
            position: _,
        } => DueWork::Sends(ticket_id),
        LedgerKey::Fetch {
            ticket_id,
            position: _,
        } => DueWork::Fetches(ticket_id),
        LedgerKey::Errand {
            ticket_id,
            kind: _,
            version: _,
        } => DueWork::Errands(ticket_id),
        LedgerKey::Slot { .. }
        | LedgerKey::Lease { .. }
        | LedgerKey::Idempotency { .. }
        | LedgerKey::Reference(_)
        | LedgerKey::Typing { .. }
        | LedgerKey::Account { .. } => return None,
        LedgerKey::Gate { channel, account } => DueWork::Gate(channel, account),
    };
    Some((item.millis("due_at").ok()?, work))
}
