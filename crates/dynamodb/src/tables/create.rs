//! Makes the tables, for the local stack and for tests; in AWS the template does.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType, TableStatus,
    TimeToLiveSpecification, TimeToLiveStatus,
};

use crate::tables::{KeyAttribute, TTL_ATTRIBUTE, TableDefinition, TableNames, definitions};

/// The tables could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CreateTablesError {
    /// DynamoDB refused or did not answer.
    #[error(transparent)]
    Dynamodb(#[from] aws_sdk_dynamodb::Error),
    /// A table did not become active within a minute.
    #[error("table {0} did not become active in time")]
    NotActive(String),
}

const ACTIVE_TRIES: u32 = 240;
const ACTIVE_PAUSE: Duration = Duration::from_millis(250);

/// Makes the tables that do not exist and waits until all can be used. Existing ones stay as they are.
///
/// # Errors
/// [`CreateTablesError`].
pub async fn create_tables(client: &Client, names: &TableNames) -> Result<(), CreateTablesError> {
    for table in definitions(names) {
        create(client, &table).await?;
        wait_until_active(client, &table.name).await?;
        if table.streams_and_expires {
            expire(client, &table.name).await?;
        }
    }
    Ok(())
}

fn schema(
    keys: &[KeyAttribute],
) -> Result<Vec<KeySchemaElement>, aws_sdk_dynamodb::error::BuildError> {
    keys.iter()
        .zip([KeyType::Hash, KeyType::Range])
        .map(|(key, kind)| {
            KeySchemaElement::builder()
                .attribute_name(key.name)
                .key_type(kind)
                .build()
        })
        .collect()
}

async fn create(client: &Client, table: &TableDefinition) -> Result<(), aws_sdk_dynamodb::Error> {
    let TableDefinition {
        name,
        keys,
        indexes,
        streams_and_expires,
    } = table;
    let mut request = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(schema(keys)?));
    for key in table.key_attributes() {
        let kind = if key.number {
            ScalarAttributeType::N
        } else {
            ScalarAttributeType::S
        };
        request = request.attribute_definitions(
            AttributeDefinition::builder()
                .attribute_name(key.name)
                .attribute_type(kind)
                .build()?,
        );
    }
    for index in indexes {
        let projection = if index.includes.is_empty() {
            Projection::builder().projection_type(ProjectionType::KeysOnly)
        } else {
            let names = index.includes.iter().map(|n| (*n).to_owned()).collect();
            Projection::builder()
                .projection_type(ProjectionType::Include)
                .set_non_key_attributes(Some(names))
        };
        let builder = GlobalSecondaryIndex::builder()
            .index_name(index.name)
            .set_key_schema(Some(schema(&index.keys)?));
        request = request.global_secondary_indexes(builder.projection(projection.build()).build()?);
    }
    if *streams_and_expires {
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(StreamViewType::NewImage)
            .build()?;
        request = request.stream_specification(stream);
    }
    match request.send().await {
        Ok(_) => Ok(()),
        Err(error) if error.code() == Some("ResourceInUseException") => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn wait_until_active(client: &Client, name: &str) -> Result<(), CreateTablesError> {
    for _ in 0..ACTIVE_TRIES {
        let answer = client
            .describe_table()
            .table_name(name)
            .send()
            .await
            .map_err(aws_sdk_dynamodb::Error::from)?;
        if answer.table().and_then(|t| t.table_status()) == Some(&TableStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(ACTIVE_PAUSE).await;
    }
    Err(CreateTablesError::NotActive(name.to_owned()))
}

async fn expire(client: &Client, name: &str) -> Result<(), aws_sdk_dynamodb::Error> {
    let answer = client
        .describe_time_to_live()
        .table_name(name)
        .send()
        .await?;
    let status = answer
        .time_to_live_description()
        .and_then(|d| d.time_to_live_status());
    if matches!(
        status,
        Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
    ) {
        return Ok(());
    }
    let specification = TimeToLiveSpecification::builder()
        .enabled(true)
        .attribute_name(TTL_ATTRIBUTE)
        .build()?;
    client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(specification)
        .send()
        .await?;
    Ok(())
}
