//! The port `Inbox`: pages of rows, newest activity first, merged from the partitions of the index.

use futures::stream::{self, StreamExt, TryStreamExt};
use tributary_domain::ports::{Inbox, InboxFilter, InboxPage, InboxPlace, PortError};
use tributary_domain::{CustomerId, Status, Ticket, TicketId, Timestamp};

use crate::INBOX_SHARDS;
use crate::client::DynamoTickets;
use crate::keys;
use crate::query::key;
use crate::record::{self, Item, text};
use crate::tables::{CUSTOMER_INDEX, INBOX_INDEX, ROW_ATTRIBUTES};
use crate::tickets::BATCH_KEYS;

mod matching;
mod merge;

/// Batch reads of a customer's tickets at the same time.
const BATCHES_AT_ONCE: usize = 4;

impl Inbox for DynamoTickets {
    async fn page(
        &self,
        filter: &InboxFilter,
        after: Option<&InboxPlace>,
        limit: usize,
    ) -> Result<InboxPage, PortError> {
        self.merged_page(filter, after, limit).await
    }

    async fn of_customer(
        &self,
        id: &CustomerId,
        after: Option<&InboxPlace>,
        limit: usize,
    ) -> Result<InboxPage, PortError> {
        let request = self
            .client()
            .await
            .query()
            .table_name(&self.names.tickets)
            .index_name(CUSTOMER_INDEX)
            .key_condition_expression("customer_id = :customer")
            .expression_attribute_values(":customer", text(id.as_str()));
        let keys: Vec<Item> = self
            .query_all(request, usize::MAX)
            .await?
            .iter()
            .filter_map(|item| Some(key("ticket_id", item.get("ticket_id")?.as_s().ok()?)))
            .collect();
        let attributes: Vec<&str> = ["inbox", "activity"]
            .into_iter()
            .chain(ROW_ATTRIBUTES)
            .collect();
        let chunks: Vec<Vec<Item>> = keys.chunks(BATCH_KEYS).map(<[Item]>::to_vec).collect();
        let items: Vec<Vec<Item>> = stream::iter(chunks)
            .map(|keys| self.get_batch(&self.names.tickets, keys, false, &attributes))
            .buffer_unordered(BATCHES_AT_ONCE)
            .try_collect()
            .await?;
        let mut rows: Vec<Ticket> = items
            .iter()
            .flatten()
            .map(record::row::from_item)
            .collect::<Result<_, _>>()?;
        rows.retain(|row| after.is_none_or(|after| place(row) < *after));
        rows.sort_by_cached_key(|row| std::cmp::Reverse(place(row)));
        let next = if rows.len() > limit {
            rows.get(limit.saturating_sub(1)).map(place)
        } else {
            None
        };
        rows.truncate(limit);
        Ok(InboxPage {
            tickets: rows,
            next,
        })
    }

    async fn resolved_before(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<TicketId>, PortError> {
        let shards = (0..INBOX_SHARDS).map(|shard| async move {
            let request = self
                .client()
                .await
                .query()
                .table_name(&self.names.tickets)
                .index_name(INBOX_INDEX)
                .key_condition_expression("inbox = :inbox AND activity < :before")
                .expression_attribute_values(":inbox", text(keys::inbox(Status::Resolved, shard)))
                .expression_attribute_values(":before", text(before.to_string()));
            self.query_all(request, limit).await
        });
        let items = futures::future::try_join_all(shards).await?;
        let mut places: Vec<InboxPlace> = items
            .iter()
            .flatten()
            .filter_map(|item| keys::parse_activity(item.get("activity")?.as_s().ok()?))
            .collect();
        places.sort_unstable();
        places.truncate(limit);
        Ok(places.into_iter().map(|place| place.ticket_id).collect())
    }
}

/// Where a row stands.
fn place(row: &Ticket) -> InboxPlace {
    InboxPlace {
        updated_at: row.updated_at,
        ticket_id: row.id.clone(),
    }
}
