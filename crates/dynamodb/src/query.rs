//! Single reads and pages of queries, with what they cost.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use tributary_domain::ports::PortError;

use crate::client::DynamoTickets;
use crate::fault::unavailable;
use crate::keys::LedgerKey;
use crate::record::{Item, text};

/// The key of a table with a partition key only.
pub(crate) fn key(name: &str, value: impl Into<String>) -> Item {
    Item::from([(name.to_owned(), text(value))])
}

/// The key of an item of the ledger.
pub(crate) fn ledger_key(key: &LedgerKey) -> Item {
    Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
    ])
}

/// A page of a query.
pub(crate) struct QueryPage {
    pub(crate) items: Vec<Item>,
    /// Where the next page starts, if there may be one.
    pub(crate) next: Option<Item>,
}

impl DynamoTickets {
    /// An item as of the latest write.
    pub(crate) async fn get(&self, table: &str, key: Item) -> Result<Option<Item>, PortError> {
        let request = self
            .client()
            .await
            .get_item()
            .table_name(table)
            .set_key(Some(key))
            .consistent_read(true);
        let answer = request
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(unavailable)?;
        self.capacity.read(answer.consumed_capacity.as_slice());
        Ok(answer.item)
    }

    /// An item of the ledger as of the latest write.
    pub(crate) async fn get_ledger(&self, key: &LedgerKey) -> Result<Option<Item>, PortError> {
        self.get(&self.names.ledger, ledger_key(key)).await
    }

    /// One page of a query.
    pub(crate) async fn query_page(
        &self,
        request: QueryFluentBuilder,
    ) -> Result<QueryPage, PortError> {
        let answer = request
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(unavailable)?;
        self.capacity.read(answer.consumed_capacity.as_slice());
        Ok(QueryPage {
            items: answer.items.unwrap_or_default(),
            next: answer.last_evaluated_key,
        })
    }

    /// Every item of a query, at most `limit`.
    pub(crate) async fn query_all(
        &self,
        request: QueryFluentBuilder,
        limit: usize,
    ) -> Result<Vec<Item>, PortError> {
        let mut all = Vec::new();
        let mut start = None;
        while all.len() < limit {
            let left = i32::try_from(limit - all.len()).unwrap_or(i32::MAX);
            let page = self
                .query_page(request.clone().limit(left).set_exclusive_start_key(start))
                .await?;
            all.extend(page.items);
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        Ok(all)
    }
}
