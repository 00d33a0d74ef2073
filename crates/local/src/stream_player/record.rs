//! A stream record as the Streams API gives it, turned into the JSON that Lambda hands to a function.
use std::collections::HashMap;

use aws_sdk_dynamodbstreams::types::{AttributeValue, OperationType, Record};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// The filter of the event source mapping: inserts and modifications whose new image holds `pending`.
pub(super) fn is_pending(record: &Record) -> bool {
    let written = matches!(
        record.event_name(),
        Some(OperationType::Insert | OperationType::Modify)
    );
    let image = record.dynamodb().and_then(|change| change.new_image());
    written && image.is_some_and(|image| image.contains_key("pending"))
}

/// Names and nesting as in docs.aws.amazon.com/lambda/latest/dg/with-ddb.html.
pub(super) fn event_record(record: &Record, stream_arn: &str) -> Value {
    let mut change = Map::new();
    if let Some(dynamodb) = record.dynamodb() {
        if let Some(time) = dynamodb.approximate_creation_date_time() {
            change.insert(
                "ApproximateCreationDateTime".to_owned(),
                json!(time.as_secs_f64()),
            );
        }
        if let Some(keys) = dynamodb.keys() {
            change.insert("Keys".to_owned(), item(keys));
        }
        if let Some(image) = dynamodb.new_image() {
            change.insert("NewImage".to_owned(), item(image));
        }
        change.insert(
            "SequenceNumber".to_owned(),
            json!(dynamodb.sequence_number()),
        );
        change.insert("SizeBytes".to_owned(), json!(dynamodb.size_bytes()));
        let view = dynamodb.stream_view_type().map(|view| view.as_str());
        change.insert("StreamViewType".to_owned(), json!(view));
    }
    json!({
        "eventID": record.event_id(),
        "eventName": record.event_name().map(OperationType::as_str),
        "eventVersion": record.event_version(),
        "eventSource": "aws:dynamodb",
        "awsRegion": record.aws_region(),
        "eventSourceARN": stream_arn,
        "dynamodb": change,
    })
}

fn item(attributes: &HashMap<String, AttributeValue>) -> Value {
    attributes
        .iter()
        .map(|(name, value)| (name.clone(), attribute(value)))
        .collect::<Map<_, _>>()
        .into()
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the SDK's enum is open for kinds that DynamoDB may add"
)]
fn attribute(value: &AttributeValue) -> Value {
    let base64 = |blob: &aws_sdk_dynamodbstreams::primitives::Blob| STANDARD.encode(blob);
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(value) => json!({ "BOOL": value }),
        AttributeValue::Null(value) => json!({ "NULL": value }),
        AttributeValue::B(blob) => json!({ "B": base64(blob) }),
        AttributeValue::Ss(texts) => json!({ "SS": texts }),
        AttributeValue::Ns(numbers) => json!({ "NS": numbers }),
        AttributeValue::Bs(blobs) => json!({ "BS": blobs.iter().map(base64).collect::<Vec<_>>() }),
        AttributeValue::L(values) => {
            json!({ "L": values.iter().map(attribute).collect::<Vec<_>>() })
        }
        AttributeValue::M(attributes) => json!({ "M": item(attributes) }),
        _ => json!({ "NULL": true }),
    }
}
