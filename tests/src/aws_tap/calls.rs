//! Requests to AWS as the permissions they need: `dynamodb:Query<tab>LedgerTable/index/QueueIndex`. Which permission a
//! call needs: Service Authorization Reference, "Actions, resources, and condition keys" of each service.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use http::{HeaderMap, Method, Uri};
use serde_json::Value;

use super::Resources;

/// What of a request tells the permission.
pub(super) struct Request<'r> {
    pub(super) method: &'r Method,
    pub(super) uri: &'r Uri,
    pub(super) headers: &'r HeaderMap,
    pub(super) body: &'r [u8],
}

impl Request<'_> {
    /// The service of a call in one of AWS's JSON protocols: `DynamoDB_20120810`. S3 speaks none of them.
    pub(super) fn service(&self) -> Option<&str> {
        self.target().map(|(service, _)| service)
    }

    fn target(&self) -> Option<(&str, &str)> {
        let target = self.headers.get("x-amz-target")?.to_str().ok()?;
        target.split_once('.')
    }

    /// The permissions that it needs.
    pub(super) fn calls(&self, resources: &Resources) -> Result<BTreeSet<String>> {
        let Some((service, operation)) = self.target() else {
            return self.s3();
        };
        let body: Value = serde_json::from_slice(self.body)?;
        let named = |name: &str| {
            let resource = resources.0.get(name).copied();
            resource.with_context(|| format!("{name} is none of the deployment's"))
        };
        let mut calls = BTreeSet::new();
        let mut call =
            |action: String, resource: &str| calls.insert(format!("{action}\t{resource}"));
        match service {
            "secretsmanager" => {
                let secret = body["SecretId"].as_str().context("a secret")?;
                call(format!("secretsmanager:{operation}"), secret_of(secret)?);
            }
            "AWSCognitoIdentityProviderService" => {
                call(format!("cognito-idp:{operation}"), "UserPool");
            }
            "AmazonSQS" => {
                call(format!("sqs:{operation}"), "RelayWakes");
            }
            _ if service.starts_with("DynamoDB_") => match operation {
                "TransactWriteItems" => {
                    for item in body["TransactItems"].as_array().context("items")? {
                        for (kind, item) in item.as_object().context("an item")? {
                            let action = match kind.as_str() {
                                "Put" => "PutItem",
                                "Update" => "UpdateItem",
                                "Delete" => "DeleteItem",
                                "ConditionCheck" => "ConditionCheckItem",
                                other => bail!("{other} is no part of a transaction"),
                            };
                            let table = named(item["TableName"].as_str().context("a table")?)?;
                            call(
                                format!("dynamodb:{action}"),
                                &resource_of(table, action, item),
                            );
                        }
                    }
                }
                "BatchGetItem" => {
                    for table in body["RequestItems"].as_object().context("tables")?.keys() {
                        call("dynamodb:BatchGetItem".to_owned(), named(table)?);
                    }
                }
                _ => {
                    let table = named(body["TableName"].as_str().context("a table")?)?;
                    call(
                        format!("dynamodb:{operation}"),
                        &resource_of(table, operation, &body),
                    );
                }
            },
            _ => bail!("nobody has said which permission {service}.{operation} needs"),
        }
        Ok(calls)
    }

    /// The permissions of a request to S3, whose first part of the path is the bucket.
    fn s3(&self) -> Result<BTreeSet<String>> {
        let path = self.uri.path().trim_start_matches('/');
        let (_bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let object = |key: &str| format!("BlobsBucket/{key}");
        let mut calls = BTreeSet::new();
        let mut call =
            |action: &str, resource: String| calls.insert(format!("{action}\t{resource}"));
        if key.is_empty() && *self.method == Method::GET {
            let query = self.uri.query().unwrap_or_default();
            let prefix = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("prefix="));
            let prefix = prefix.unwrap_or_default().replace("%2F", "/");
            call("s3:ListBucket", format!("BlobsBucket?{prefix}"));
            return Ok(calls);
        }
        match *self.method {
            Method::PUT => {
                call("s3:PutObject", object(key));
                if let Some(source) = self.headers.get("x-amz-copy-source") {
                    let source = source.to_str()?.trim_start_matches('/');
                    let (_bucket, key) = source.split_once('/').context("a bucket and a key")?;
                    call("s3:GetObject", object(&key.replace("%2F", "/")));
                }
            }
            Method::GET | Method::HEAD => {
                call("s3:GetObject", object(key));
            }
            Method::DELETE => {
                call("s3:DeleteObject", object(key));
            }
            // A browser that posts a file with a form that the function signed.
            Method::POST => {
                call("s3:PutObject", object("uploads/a-form"));
            }
            _ => bail!("nobody has said which permission {} needs", self.method),
        }
        Ok(calls)
    }
}

/// The secret of a platform, under whichever prefix.
fn secret_of(name: &str) -> Result<&'static str> {
    Ok(match name.rsplit('/').next() {
        Some("facebook") => "FacebookSecret",
        Some("instagram") => "InstagramSecret",
        Some("whatsapp") => "WhatsappSecret",
        Some("twitter") => "TwitterSecret",
        Some("sendgrid") => "SendgridSecret",
        Some("chatbot") => "ChatbotSecret",
        _ => bail!("{name} is none of the deployment's secrets"),
    })
}

/// The table, its index, or, for a deletion, the items whose key begins so.
fn resource_of(table: &str, action: &str, call: &Value) -> String {
    if let Some(index) = call["IndexName"].as_str() {
        return format!("{table}/index/{index}");
    }
    if action == "DeleteItem"
        && let Some(kind) = call["Key"]["pk"]["S"]
            .as_str()
            .and_then(|pk| pk.split_once('#'))
    {
        return format!("{table}?{}#", kind.0);
    }
    table.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(method: Method, uri: &str, target: Option<&str>, body: &Value) -> Vec<String> {
        let mut headers = HeaderMap::new();
        if let Some(target) = target {
            headers.insert("x-amz-target", target.parse().expect("a header"));
        }
        let names = [("tributary-ledger", "LedgerTable")];
        let resources = Resources(
            names
                .map(|(name, resource)| (name.to_owned(), resource))
                .into(),
        );
        let body = body.to_string();
        let request = Request {
            method: &method,
            uri: &uri.parse().expect("an address"),
            headers: &headers,
            body: body.as_bytes(),
        };
        request
            .calls(&resources)
            .expect("permissions")
            .into_iter()
            .collect()
    }

    #[test]
    fn a_transaction_needs_what_each_of_its_items_needs() {
        let body = serde_json::json!({"TransactItems": [
            {"Put": {"TableName": "tributary-ledger"}},
            {"Delete": {"TableName": "tributary-ledger", "Key": {"pk": {"S": "send#tkt_1"}}}},
        ]});
        let target = Some("DynamoDB_20120810.TransactWriteItems");
        assert_eq!(
            calls(Method::POST, "/", target, &body),
            [
                "dynamodb:DeleteItem\tLedgerTable?send#",
                "dynamodb:PutItem\tLedgerTable"
            ]
        );
    }

    #[test]
    fn indexes_secrets_and_objects_are_resources_of_their_own() {
        let query = serde_json::json!({"TableName": "tributary-ledger", "IndexName": "QueueIndex"});
        assert_eq!(
            calls(Method::POST, "/", Some("DynamoDB_20120810.Query"), &query),
            ["dynamodb:Query\tLedgerTable/index/QueueIndex"]
        );
        let secret = serde_json::json!({"SecretId": "tributary/whatsapp"});
        assert_eq!(
            calls(
                Method::POST,
                "/",
                Some("secretsmanager.GetSecretValue"),
                &secret
            ),
            ["secretsmanager:GetSecretValue\tWhatsappSecret"]
        );
        assert_eq!(
            calls(
                Method::GET,
                "/blobs?list-type=2&prefix=parked%2F",
                None,
                &Value::Null
            ),
            ["s3:ListBucket\tBlobsBucket?parked/"]
        );
        assert_eq!(
            calls(Method::DELETE, "/blobs/mail/inbox/1", None, &Value::Null),
            ["s3:DeleteObject\tBlobsBucket/mail/inbox/1"]
        );
    }
}
