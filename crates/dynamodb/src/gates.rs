//! The port `Gates`: one item of the ledger an account, changed under its version, and the index of what each
//! account has to send.

use tributary_domain::gate::Gate;
use tributary_domain::ports::{Gates, PortError, QueuedSend, SendIntent};
use tributary_domain::{AccountId, Channel};

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use crate::client::DynamoTickets;
use crate::fault::unavailable;
use crate::keys::{self, LedgerKey};
use crate::record::{self, Item, number, text};
use crate::tables::{QUEUE, QUEUE_INDEX};

impl Gates for DynamoTickets {
    async fn gate(&self, channel: Channel, account: &AccountId) -> Result<Gate, PortError> {
        let key = LedgerKey::Gate {
            channel,
            account: account.clone(),
        };
        let item = self.get_ledger(&key).await?;
        item.as_ref()
            .map_or(Ok(Gate::default()), record::gate::from_item)
    }

    async fn replace_gate(
        &self,
        channel: Channel,
        account: &AccountId,
        from: &Gate,
        to: &Gate,
    ) -> Result<bool, PortError> {
        let to = Gate {
            version: from.version + 1,
            ..to.clone()
        };
        let item = record::gate::to_item(channel, account, &to);
        // None was there before the first change.
        let condition = match from.version {
            0 => "attribute_not_exists(pk)",
            _ => "#version = :version",
        };
        let mut request = self.put_ledger(item).await.condition_expression(condition);
        if from.version > 0 {
            request = request
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":version", number(from.version));
        }
        self.put_if(request).await
    }

    async fn queue(
        &self,
        channel: Channel,
        account: &AccountId,
        limit: usize,
    ) -> Result<Vec<QueuedSend>, PortError> {
        let request = self
            .client()
            .await
            .query()
            .table_name(&self.names.ledger)
            .index_name(QUEUE_INDEX)
            .key_condition_expression("#queue = :queue")
            .expression_attribute_names("#queue", QUEUE)
            .expression_attribute_values(":queue", text(keys::queue(channel, account)));
        let items = self.query_all(request, limit).await?;
        items.iter().map(record::send::queued).collect()
    }

    async fn postpone_send(&self, from: &SendIntent, to: &SendIntent) -> Result<bool, PortError> {
        let mut request = self
            .put_ledger(record::send::to_item(to))
            .await
            .condition_expression(record::send::SAME)
            .expression_attribute_names("#state", "state");
        for (name, value) in record::send::same(from) {
            request = request.expression_attribute_values(name, value);
        }
        self.put_if(request).await
    }
}

type PutRequest = aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;

impl DynamoTickets {
    async fn put_ledger(&self, item: Item) -> PutRequest {
        let request = self.client().await.put_item();
        request
            .table_name(&self.names.ledger)
            .set_item(Some(item))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// Puts an item; `false` if the condition does not hold.
    async fn put_if(&self, request: PutRequest) -> Result<bool, PortError> {
        match request.send().await {
            Ok(answer) => {
                self.capacity.wrote(answer.consumed_capacity.as_slice());
                Ok(true)
            }
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(false),
            Err(error) => Err(unavailable(error)),
        }
    }
}
