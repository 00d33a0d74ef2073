//! Merges the partitions of the inbox index into one page.

use std::collections::{HashSet, VecDeque};

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use tributary_domain::ports::{InboxFilter, InboxPage, InboxPlace, PortError};
use tributary_domain::{Status, Ticket};

use crate::INBOX_SHARDS;
use crate::client::DynamoTickets;
use crate::inbox::{matching, place};
use crate::keys;
use crate::record::{self, Item, text};
use crate::tables::INBOX_INDEX;

/// Most rows looked at for one page; a page that finds too few ends there and says where to go on.
const MAX_EXAMINED: usize = 2000;
/// Rows of a partition's first and largest reads.
const FIRST_ROWS: usize = 4;
const MOST_ROWS: usize = 200;

/// The rows of one status and shard, read as far as they were needed.
struct Partition {
    request: QueryFluentBuilder,
    rows: VecDeque<Ticket>,
    next: Option<Item>,
    exhausted: bool,
    read_next: usize,
}

impl Partition {
    fn head(&self) -> Option<InboxPlace> {
        self.rows.front().map(place)
    }

    fn is_dry(&self) -> bool {
        self.rows.is_empty() && !self.exhausted
    }
}

impl DynamoTickets {
    pub(super) async fn merged_page(
        &self,
        filter: &InboxFilter,
        after: Option<&InboxPlace>,
        limit: usize,
    ) -> Result<InboxPage, PortError> {
        let mut partitions = self.partitions(filter, after, limit).await;
        let mut tickets: Vec<Ticket> = Vec::new();
        let mut seen = HashSet::new();
        let mut last: Option<InboxPlace> = None;
        let mut examined = 0;
        loop {
            self.refill(&mut partitions).await?;
            let newest = partitions
                .iter_mut()
                .filter(|p| p.head().is_some())
                .max_by_key(|p| p.head());
            let Some(partition) = newest else {
                return Ok(InboxPage {
                    tickets,
                    next: None,
                });
            };
            if tickets.len() >= limit || examined >= MAX_EXAMINED {
                return Ok(InboxPage {
                    tickets,
                    next: last,
                });
            }
            let Some(row) = partition.rows.pop_front() else {
                continue;
            };
            let here = place(&row);
            examined += 1;
            // The page before ended here; the index's conditions cannot exclude it.
            if after == Some(&here) {
                continue;
            }
            last = Some(here);
            // A ticket that moves while partitions are read may be met at its old place too.
            if matching::passes(&row, filter) && seen.insert(row.id.clone()) {
                tickets.push(row);
            }
        }
    }

    async fn partitions(
        &self,
        filter: &InboxFilter,
        after: Option<&InboxPlace>,
        limit: usize,
    ) -> Vec<Partition> {
        let statuses = Status::ALL
            .iter()
            .filter(|s| filter.statuses.is_empty() || filter.statuses.contains(s));
        let names: Vec<String> = statuses
            .flat_map(|s| (0..INBOX_SHARDS).map(|shard| keys::inbox(*s, shard)))
            .collect();
        let read_first = (2 * limit / names.len().max(1)).clamp(FIRST_ROWS, MOST_ROWS);
        let (from, to) = (
            filter.updated_since.map(|t| t.to_string()),
            after.map(keys::activity),
        );
        // DynamoDB refuses a BETWEEN whose bounds are reversed.
        let nothing = matches!((&from, &to), (Some(from), Some(to)) if from > to);
        let mut partitions = Vec::with_capacity(names.len());
        for name in names {
            let request = self
                .client()
                .await
                .query()
                .table_name(&self.names.tickets)
                .index_name(INBOX_INDEX)
                .scan_index_forward(false);
            let request = request.expression_attribute_values(":inbox", text(name));
            let request = match (&from, &to) {
                (None, None) => request.key_condition_expression("inbox = :inbox"),
                (Some(from), None) => request
                    .key_condition_expression("inbox = :inbox AND activity >= :from")
                    .expression_attribute_values(":from", text(from)),
                (None, Some(to)) => request
                    .key_condition_expression("inbox = :inbox AND activity < :to")
                    .expression_attribute_values(":to", text(to)),
                (Some(from), Some(to)) => request
                    .key_condition_expression("inbox = :inbox AND activity BETWEEN :from AND :to")
                    .expression_attribute_values(":from", text(from))
                    .expression_attribute_values(":to", text(to)),
            };
            partitions.push(Partition {
                request,
                rows: VecDeque::new(),
                next: None,
                exhausted: nothing,
                read_next: read_first,
            });
        }
        partitions
    }

    /// Reads on in every partition of which the next row is not known, all at once.
    async fn refill(&self, partitions: &mut [Partition]) -> Result<(), PortError> {
        let dry = partitions
            .iter_mut()
            .filter(|p| p.is_dry())
            .map(|p| self.read_on(p));
        futures::future::try_join_all(dry).await.map(drop)
    }

    async fn read_on(&self, partition: &mut Partition) -> Result<(), PortError> {
        while partition.is_dry() {
            let rows = i32::try_from(partition.read_next).unwrap_or(i32::MAX);
            let request = partition
                .request
                .clone()
                .limit(rows)
                .set_exclusive_start_key(partition.next.take());
            let page = self.query_page(request).await?;
            partition.rows = page
                .items
                .iter()
                .map(record::row::from_item)
                .collect::<Result<_, _>>()?;
            partition.exhausted = page.next.is_none();
            partition.next = page.next;
            partition.read_next = (partition.read_next * 2).min(MOST_ROWS);
        }
        Ok(())
    }
}
