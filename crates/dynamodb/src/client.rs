//! The adapter: a client made at first use, and the names of the tables.

use aws_sdk_dynamodb::Client;
use tokio::sync::OnceCell;
use tributary_edge::aws::Aws;
use tributary_edge::settings::TablesSettings;

use crate::capacity::Capacity;
use crate::tables::TableNames;

/// Tickets, customers, ledger and timeline on DynamoDB.
pub struct DynamoTickets {
    aws: Option<Aws>,
    client: OnceCell<Client>,
    pub(crate) names: TableNames,
    pub(crate) capacity: Capacity,
}

impl DynamoTickets {
    /// With a client made elsewhere.
    #[must_use]
    pub fn new(client: Client, names: TableNames) -> Self {
        Self {
            aws: None,
            client: OnceCell::new_with(Some(client)),
            names,
            capacity: Capacity::default(),
        }
    }

    /// What the operations cost so far.
    #[must_use]
    pub fn capacity(&self) -> &Capacity {
        &self.capacity
    }

    pub(crate) async fn client(&self) -> &Client {
        self.client
            .get_or_init(async || match &self.aws {
                Some(aws) => Client::new(aws.config().await),
                None => Client::new(Aws::from_environment().config().await),
            })
            .await
    }
}

/// The adapter of a Lambda; its client is made when first used.
#[must_use]
pub fn from_settings(tables: &TablesSettings, aws: Aws) -> DynamoTickets {
    DynamoTickets {
        aws: Some(aws),
        client: OnceCell::new(),
        names: TableNames::from(tables),
        capacity: Capacity::default(),
    }
}
