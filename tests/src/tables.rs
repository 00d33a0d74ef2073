//! What the tables of a world hold, and time made to pass in them.

use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::{AttributeValue, Select};
use tributary_blobs::S3Blobs;
use tributary_domain::ports::Blobs as _;
use tributary_local::emulator::sdk_config;
use tributary_local::stack::BUCKET;

use crate::world::World;

impl World {
    /// How many items each table holds: tickets, customers, ledger, timeline.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub async fn item_counts(&self) -> Result<[i32; 4]> {
        let names = &self.tables;
        let mut counts = [0; 4];
        let tables = [
            &names.tickets,
            &names.customers,
            &names.ledger,
            &names.timeline,
        ];
        for (count, table) in counts.iter_mut().zip(tables) {
            *count = self
                .client
                .scan()
                .table_name(table)
                .select(Select::Count)
                .send()
                .await?
                .count;
        }
        Ok(counts)
    }

    /// How many events the ledger knows, and how many of them are still to be published.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub async fn events(&self) -> Result<(u64, usize)> {
        let items = self.event_items().await?;
        let left = items.iter().filter(|i| i.contains_key("pending")).count();
        Ok((items.len() as u64, left))
    }

    /// The events that are still to be published: ticket and sequence.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub async fn waiting_events(&self) -> Result<Vec<(String, u64)>> {
        let text = |value: Option<&AttributeValue>| value.and_then(|v| v.as_s().ok()).cloned();
        self.event_items()
            .await?
            .iter()
            .filter(|item| item.contains_key("pending"))
            .map(|item| {
                let key = text(item.get("pk")).context("no pk")?;
                let ticket = key.strip_prefix("out#").context("no event")?.to_owned();
                let sequence = text(item.get("sk")).context("no sk")?.parse()?;
                Ok((ticket, sequence))
            })
            .collect()
    }

    async fn event_items(&self) -> Result<Vec<std::collections::HashMap<String, AttributeValue>>> {
        Ok(self
            .client
            .scan()
            .table_name(&self.tables.ledger)
            .filter_expression("begins_with(pk, :events)")
            .expression_attribute_values(":events", AttributeValue::S("out#".to_owned()))
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await?)
    }

    /// The ids of all tickets.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub async fn ticket_ids(&self) -> Result<Vec<String>> {
        let tickets = self.client.scan().table_name(&self.tables.tickets);
        let items = tickets.into_paginator().items().send();
        let items = items.collect::<Result<Vec<_>, _>>().await?;
        let id = |item: &std::collections::HashMap<String, AttributeValue>| {
            Some(item.get("ticket_id")?.as_s().ok()?.clone())
        };
        Ok(items.iter().filter_map(id).collect())
    }

    /// The objects of the bucket, which all worlds share, whose keys begin with `prefix`.
    ///
    /// # Errors
    /// When the emulator does not answer.
    pub async fn objects(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>> {
        let blobs = S3Blobs::with_config(BUCKET.to_owned(), sdk_config(&self.aws_url));
        let mut objects = Vec::new();
        let mut after = None;
        loop {
            let page = blobs.list(prefix, after.as_deref(), 1000).await?;
            let Some(last) = page.last() else {
                return Ok(objects);
            };
            after = Some(last.key.clone());
            for blob in page {
                if let Some(bytes) = blobs.get(&blob.key).await? {
                    objects.push((blob.key, bytes));
                }
            }
        }
    }

    /// The state and attempt of each of a ticket's unfinished sends, in order.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub async fn sends(&self, ticket_id: &str) -> Result<Vec<(String, String)>> {
        let text = |item: &std::collections::HashMap<String, AttributeValue>, name: &str| {
            item.get(name)
                .and_then(|v| v.as_s().or_else(|_| v.as_n()).ok())
                .cloned()
                .unwrap_or_default()
        };
        Ok(self
            .ledger_items(&format!("send#{ticket_id}"))
            .await?
            .iter()
            .map(|item| (text(item, "state"), text(item, "attempt")))
            .collect())
    }

    /// Lets every wait and every lease of a ticket's sends run out.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub async fn let_sends_be_due(&self, ticket_id: &str) -> Result<()> {
        self.let_be_due(&format!("send#{ticket_id}")).await
    }

    /// Lets every wait of a ticket's errands run out.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub async fn let_errands_be_due(&self, ticket_id: &str) -> Result<()> {
        self.let_be_due(&format!("errand#{ticket_id}")).await
    }

    /// How many errands of a ticket are left.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub async fn errands(&self, ticket_id: &str) -> Result<usize> {
        let items = self.ledger_items(&format!("errand#{ticket_id}")).await?;
        Ok(items.len())
    }

    async fn let_be_due(&self, partition: &str) -> Result<()> {
        for item in self.ledger_items(partition).await? {
            self.client
                .update_item()
                .table_name(&self.tables.ledger)
                .key("pk", item.get("pk").context("no pk")?.clone())
                .key("sk", item.get("sk").context("no sk")?.clone())
                .update_expression("SET due_at = :long_ago")
                .expression_attribute_values(":long_ago", AttributeValue::N("1".to_owned()))
                .send()
                .await?;
        }
        Ok(())
    }

    async fn ledger_items(
        &self,
        partition: &str,
    ) -> Result<Vec<std::collections::HashMap<String, AttributeValue>>> {
        Ok(self
            .client
            .query()
            .table_name(&self.tables.ledger)
            .key_condition_expression("pk = :partition")
            .expression_attribute_values(":partition", AttributeValue::S(partition.to_owned()))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await?)
    }
}
