//! Tables and bucket.

use std::collections::BTreeSet;

use serde_norway::Value;
use tributary_domain::replay_parked::PARKED;
use tributary_dynamodb::TableNames;
use tributary_dynamodb::tables::{KeyAttribute, TTL_ATTRIBUTE, definitions};

use crate::reading::{at, list, resources, template, text};

fn keys_of(value: &Value, table: &Value) -> Vec<(String, bool)> {
    let numbers: BTreeSet<&str> = list(table, &["Properties", "AttributeDefinitions"])
        .into_iter()
        .filter(|a| text(a, &["AttributeType"]) == Some("N"))
        .filter_map(|a| text(a, &["AttributeName"]))
        .collect();
    list(value, &["KeySchema"])
        .into_iter()
        .filter_map(|k| text(k, &["AttributeName"]))
        .map(|name| (name.to_owned(), numbers.contains(name)))
        .collect()
}

fn declared(keys: &[KeyAttribute]) -> Vec<(String, bool)> {
    keys.iter().map(|k| (k.name.to_owned(), k.number)).collect()
}

#[test]
fn the_tables_are_those_the_store_expects() {
    let template = template();
    let tables = resources(&template, "AWS::DynamoDB::Table");
    let names = TableNames {
        tickets: "TicketsTable".to_owned(),
        customers: "CustomersTable".to_owned(),
        ledger: "LedgerTable".to_owned(),
        timeline: "TimelineTable".to_owned(),
    };
    let expected = definitions(&names);
    assert_eq!(tables.len(), expected.len());
    for definition in expected {
        let table = &tables[&definition.name];
        let properties = at(table, &["Properties"]).expect("properties");
        assert_eq!(
            keys_of(properties, table),
            declared(&definition.keys),
            "{}",
            definition.name
        );
        let indexes = list(properties, &["GlobalSecondaryIndexes"]);
        assert_eq!(
            indexes.len(),
            definition.indexes.len(),
            "{}",
            definition.name
        );
        for index in &definition.indexes {
            let there = indexes
                .iter()
                .find(|i| text(i, &["IndexName"]) == Some(index.name))
                .expect(index.name);
            assert_eq!(
                keys_of(there, table),
                declared(&index.keys),
                "{}",
                index.name
            );
            let projected: BTreeSet<&str> = list(there, &["Projection", "NonKeyAttributes"])
                .into_iter()
                .filter_map(Value::as_str)
                .collect();
            assert_eq!(
                projected,
                index.includes.iter().copied().collect(),
                "{}",
                index.name
            );
            let kind = if index.includes.is_empty() {
                "KEYS_ONLY"
            } else {
                "INCLUDE"
            };
            assert_eq!(
                text(there, &["Projection", "ProjectionType"]),
                Some(kind),
                "{}",
                index.name
            );
        }
        let stream = text(properties, &["StreamSpecification", "StreamViewType"]);
        assert_eq!(
            stream,
            definition.streams_and_expires.then_some("NEW_IMAGE"),
            "{}",
            definition.name
        );
        let expiry = text(properties, &["TimeToLiveSpecification", "AttributeName"]);
        assert_eq!(
            expiry,
            definition.streams_and_expires.then_some(TTL_ATTRIBUTE),
            "{}",
            definition.name
        );
    }
}

#[test]
fn parked_bodies_are_encrypted_and_go_after_thirty_days() {
    let template = template();
    let bucket = at(&template, &["Resources", "BlobsBucket", "Properties"]).expect("the bucket");
    assert!(
        at(
            bucket,
            &["BucketEncryption", "ServerSideEncryptionConfiguration"]
        )
        .is_some()
    );
    let rules = list(bucket, &["LifecycleConfiguration", "Rules"]);
    let parked = rules.iter().find(|r| text(r, &["Prefix"]) == Some(PARKED));
    let days = parked.and_then(|r| at(r, &["ExpirationInDays"]));
    assert_eq!(days.and_then(Value::as_u64), Some(30));
}
