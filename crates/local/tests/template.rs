//! The deployment's template against the code: routes, tables, settings.

#![allow(
    clippy::expect_used,
    reason = "a test that cannot read the template has failed"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_norway::Value;
use tributary_blobs::{INBOX, QUARANTINE};
use tributary_domain::attachment::FETCHED_PREFIX;
use tributary_domain::message::Html;
use tributary_domain::replay_parked::PARKED;
use tributary_domain::revision::WholeText;
use tributary_dynamodb::TableNames;
use tributary_dynamodb::tables::{KeyAttribute, TTL_ATTRIBUTE, definitions};
use tributary_edge::auth::sendgrid_signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER};
use tributary_edge::settings::{EnvReader, SettingsError};

/// The route that no function serves.
const MAIL_PATH: &str = "/api/webhooks/email";

fn template() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    let text = std::fs::read_to_string(path).expect("the template is there");
    serde_norway::from_str(&text).expect("the template is YAML")
}

/// A value below others, CloudFormation's tags taken off on the way.
fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| {
        let plain = if let Value::Tagged(tagged) = value {
            &tagged.value
        } else {
            value
        };
        plain.get(*name)
    })
}

fn text<'v>(value: &'v Value, path: &[&str]) -> Option<&'v str> {
    at(value, path).and_then(Value::as_str)
}

fn resources(template: &Value, kind: &str) -> BTreeMap<String, Value> {
    let all = at(template, &["Resources"])
        .and_then(Value::as_mapping)
        .expect("resources");
    all.iter()
        .filter(|(_, resource)| text(resource, &["Type"]) == Some(kind))
        .map(|(name, resource)| {
            (
                name.as_str().unwrap_or_default().to_owned(),
                resource.clone(),
            )
        })
        .collect()
}

fn list<'v>(value: &'v Value, path: &[&str]) -> Vec<&'v Value> {
    at(value, path)
        .and_then(Value::as_sequence)
        .map(|s| s.iter().collect())
        .unwrap_or_default()
}

#[test]
fn every_documented_path_reaches_the_function_that_serves_it_and_no_other_path_does() {
    let template = template();
    let functions = resources(&template, "AWS::Serverless::Function");
    for (function, document) in [
        ("WebhooksFunction", tributary_webhooks::openapi()),
        ("TicketsFunction", tributary_tickets::openapi()),
        ("ChatbotStatusFunction", tributary_chatbot_status::openapi()),
    ] {
        let events = at(&functions[function], &["Properties", "Events"])
            .and_then(Value::as_mapping)
            .expect("events");
        let routed: BTreeSet<String> = events
            .values()
            .map(|event| {
                assert_eq!(
                    text(event, &["Properties", "Method"]),
                    Some("ANY"),
                    "the function answers every method"
                );
                text(event, &["Properties", "Path"])
                    .expect("a path")
                    .to_owned()
            })
            .collect();
        // Served by the gateway itself.
        let documented = document
            .paths
            .paths
            .keys()
            .filter(|path| *path != MAIL_PATH);
        let documented: BTreeSet<String> = documented.cloned().collect();
        assert_eq!(routed, documented, "{function}");
    }
}

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

/// A value that each setting accepts, whatever the template computes.
fn sample(name: &str) -> &'static str {
    match name {
        "KAFKA_BOOTSTRAP" => "b-1.example.com:9098",
        "KAFKA_AUTH" => "iam",
        "COGNITO_ISSUER" | "COGNITO_JWKS_URL" | "ALLOWED_ORIGINS" => "https://example.com",
        "MAIL_FROM" => "support@example.com",
        "MAIL_REPLY_DOMAIN" => "reply.example.com",
        "REOPEN_WINDOW_HOURS" | "AUTO_CLOSE_DAYS" => "7",
        "GRAPH_API_VERSION" => "v26.0",
        "GREETINGS" => "{}",
        "WAKE_QUEUE_URL" => "https://sqs.example.com/1/wakes",
        url if url.ends_with("_API_URL") => "https://api.example.com",
        _ => "name",
    }
}

#[test]
fn every_function_is_given_each_setting_it_reads() {
    let template = template();
    let functions = resources(&template, "AWS::Serverless::Function");
    let read = |function: &str, settings: fn(EnvReader) -> Result<(), SettingsError>| {
        let shared = at(
            &template,
            &["Globals", "Function", "Environment", "Variables"],
        );
        let own = at(
            &functions[function],
            &["Properties", "Environment", "Variables"],
        );
        let names = [shared, own]
            .into_iter()
            .flatten()
            .filter_map(Value::as_mapping)
            .flat_map(|m| m.keys());
        let vars = names
            .filter_map(Value::as_str)
            .map(|name| (name.to_owned(), sample(name).to_owned()));
        assert_eq!(settings(EnvReader::new(vars)), Ok(()), "{function}");
    };
    read("WebhooksFunction", |env| {
        tributary_webhooks::Settings::read(env).map(drop)
    });
    read("MailFunction", |env| {
        tributary_webhooks::Settings::read(env).map(drop)
    });
    read("MailAuthorizerFunction", |env| {
        env.read(EnvReader::secrets_prefix).map(drop)
    });
    read("TicketsFunction", |env| {
        tributary_tickets::Settings::read(env).map(drop)
    });
    read("ChatbotStatusFunction", |env| {
        tributary_chatbot_status::Settings::read(env).map(drop)
    });
    read("RelayFunction", |env| {
        tributary_relay::Settings::read(env).map(drop)
    });
}

#[test]
fn the_status_function_may_change_nothing_and_only_relay_and_agents_end_sends() {
    let template = template();
    let functions = resources(&template, "AWS::Serverless::Function");
    let actions = |function: &str| {
        let policies = list(&functions[function], &["Properties", "Policies"]);
        let statements = policies.into_iter().flat_map(|p| list(p, &["Statement"]));
        let named = statements.filter_map(|s| at(s, &["Action"])).flat_map(|a| {
            a.as_sequence()
                .map_or_else(|| vec![a], |several| several.iter().collect())
        });
        named
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    let reads = [
        "dynamodb:GetItem",
        "dynamodb:Query",
        "s3:GetObject",
        "secretsmanager:GetSecretValue",
        "kms:Decrypt",
    ];
    assert_eq!(
        actions("ChatbotStatusFunction"),
        reads.map(str::to_owned).into()
    );
    for function in ["WebhooksFunction", "MailFunction"] {
        assert!(
            !actions(function).contains("dynamodb:DeleteItem"),
            "{function}"
        );
    }
    // An agent takes back what waits, and nothing else.
    let policies = list(&functions["TicketsFunction"], &["Properties", "Policies"]);
    let statements = policies.into_iter().flat_map(|p| list(p, &["Statement"]));
    let deletes =
        |s: &&Value| at(s, &["Action"]).and_then(Value::as_str) == Some("dynamodb:DeleteItem");
    let deleting: Vec<&Value> = statements.filter(deletes).collect();
    assert_eq!(deleting.len(), 1);
    let keys = [
        "Condition",
        "ForAllValues:StringLike",
        "dynamodb:LeadingKeys",
    ];
    let keys = list(deleting[0], &keys);
    let keys: Vec<&str> = keys.into_iter().filter_map(Value::as_str).collect();
    assert_eq!(keys, ["send#*"]);
    assert!(actions("RelayFunction").contains("dynamodb:DeleteItem"));
}

/// What a function may do to what.
fn allowed(function: &Value) -> Vec<(String, Vec<String>)> {
    let texts = |value: Option<&Value>| -> Vec<String> {
        let plain = |value: &Value| match value {
            Value::Tagged(tagged) => tagged.value.as_str().map(str::to_owned),
            Value::String(text) => Some(text.clone()),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Sequence(_)
            | Value::Mapping(_) => None,
        };
        match value {
            Some(Value::Sequence(several)) => several.iter().filter_map(plain).collect(),
            Some(one) => plain(one).into_iter().collect(),
            None => Vec::new(),
        }
    };
    let policies = list(function, &["Properties", "Policies"]);
    let statements = policies.into_iter().flat_map(|p| list(p, &["Statement"]));
    statements
        .flat_map(|s| {
            let resources = texts(at(s, &["Resource"]));
            texts(at(s, &["Action"]))
                .into_iter()
                .map(move |action| (action, resources.clone()))
        })
        .collect()
}

#[test]
fn only_the_relay_writes_a_secret_and_only_instagrams() {
    let template = template();
    for (name, function) in resources(&template, "AWS::Serverless::Function") {
        let writes: Vec<Vec<String>> = allowed(&function)
            .into_iter()
            .filter(|(action, _)| {
                action.starts_with("secretsmanager:") && !action.ends_with(":GetSecretValue")
            })
            .map(|(_, resources)| resources)
            .collect();
        let expected = if name == "RelayFunction" {
            vec![vec!["InstagramSecret".to_owned()]]
        } else {
            Vec::new()
        };
        assert_eq!(writes, expected, "{name}");
    }
}

#[test]
fn only_the_relay_deletes_blobs_of_messages_and_what_it_deletes_is_gone() {
    let template = template();
    for (name, function) in resources(&template, "AWS::Serverless::Function") {
        let deletes: Vec<(String, Vec<String>)> = allowed(&function)
            .into_iter()
            .filter(|(action, _)| action.starts_with("s3:Delete") || action == "s3:*")
            .collect();
        let prefixes = [FETCHED_PREFIX, WholeText::PREFIX];
        let keys = prefixes.map(|prefix| format!("${{BlobsBucket.Arn}}/{prefix}*"));
        let delete = |keys: &[String]| vec![("s3:DeleteObject".to_owned(), keys.to_vec())];
        let expected = match &*name {
            "RelayFunction" => delete(&keys),
            // What has become a message needs to lie at the door no longer.
            "MailFunction" => delete(&[format!("${{BlobsBucket.Arn}}/{INBOX}*")]),
            _ => Vec::new(),
        };
        assert_eq!(deletes, expected, "{name}");
    }
    let bucket = at(&template, &["Resources", "BlobsBucket", "Properties"]).expect("the bucket");
    for keeps_more in [
        "VersioningConfiguration",
        "ReplicationConfiguration",
        "ObjectLockEnabled",
    ] {
        assert_eq!(at(bucket, &[keeps_more]), None, "{keeps_more}");
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

fn mail_method(template: &Value) -> &Value {
    let api = ["Resources", "Api", "Properties"];
    let api = at(template, &api).expect("the API");
    // Else the transform drops every route of a function.
    let merges = at(api, &["MergeDefinitions"]).and_then(Value::as_bool);
    assert_eq!(merges, Some(true));
    let method = ["DefinitionBody", "paths", MAIL_PATH, "post"];
    at(api, &method).expect("the method of mail")
}

#[test]
fn mail_goes_into_the_inbox_with_what_proves_it() {
    let template = template();
    let method = mail_method(&template);
    let integration = at(method, &["x-amazon-apigateway-integration"]).expect("an integration");
    let uri = at(integration, &["uri"]).expect("an address");
    let Value::Tagged(uri) = uri else {
        panic!("the address names the bucket")
    };
    let uri = uri.value.as_str().expect("text");
    assert!(
        uri.ends_with(&format!("{{BlobsBucket}}/{INBOX}{{mail}}")),
        "{uri}"
    );
    let sent = |name: &str| text(integration, &["requestParameters", name]);
    assert_eq!(
        sent("integration.request.path.mail"),
        Some("context.extendedRequestId"),
        "a client may choose the other id, and so overwrite what is there"
    );
    for (kept, header) in [
        ("signature", SIGNATURE_HEADER),
        ("timestamp", TIMESTAMP_HEADER),
    ] {
        let from = sent(&format!("integration.request.header.x-amz-meta-{kept}"));
        let from = from.expect("is kept").to_lowercase();
        assert_eq!(from, format!("method.request.header.{header}"));
    }
    let admitted = sent("integration.request.header.x-amz-meta-admitted");
    assert_eq!(admitted, Some("context.authorizer.admitted"));
    assert!(sent("integration.request.header.Content-Type").is_some());
    assert!(
        at(integration, &["requestTemplates"]).is_none(),
        "the bytes stay as they came"
    );
    let media = list(
        at(&template, &["Resources", "Api", "Properties"]).expect("the API"),
        &["BinaryMediaTypes"],
    );
    assert_eq!(
        media.first().and_then(|m| m.as_str()),
        Some("multipart~1form-data")
    );
}

#[test]
fn trouble_of_ours_is_never_a_4xx_to_mail() {
    let template = template();
    let method = mail_method(&template);
    let answers = at(method, &["x-amazon-apigateway-integration", "responses"]);
    let answers = answers.and_then(Value::as_mapping).expect("answers");
    for (when, answer) in answers {
        let expected = if when.as_str() == Some("200") {
            "200"
        } else {
            "503"
        };
        assert_eq!(text(answer, &["statusCode"]), Some(expected));
    }
    let gateway = ["Resources", "Api", "Properties", "GatewayResponses"];
    let gateway = at(&template, &gateway).expect("answers of the gateway");
    for kind in ["THROTTLED", "QUOTA_EXCEEDED", "DEFAULT_5XX"] {
        assert_eq!(text(gateway, &[kind, "StatusCode"]), Some("503"), "{kind}");
    }
    let retry = text(
        gateway,
        &["THROTTLED", "ResponseParameters", "Headers", "Retry-After"],
    );
    assert_eq!(retry, Some("'1'"));
    let authorizer = [
        "Resources",
        "Api",
        "Properties",
        "DefinitionBody",
        "securityDefinitions",
        "MailAuthorizer",
        "x-amazon-apigateway-authorizer",
    ];
    let authorizer = at(&template, &authorizer).expect("an authorizer");
    assert!(
        at(authorizer, &["identitySource"]).is_none(),
        "a signed mail without Authorization would be refused unasked"
    );
    let kept = at(authorizer, &["authorizerResultTtlInSeconds"]).and_then(Value::as_u64);
    assert_eq!(kept, Some(0));
}

#[test]
fn the_functions_of_mail_may_do_what_they_do_and_no_more() {
    let template = template();
    let functions = resources(&template, "AWS::Serverless::Function");
    let of = |function: &str, service: &str| -> BTreeMap<String, Vec<String>> {
        let allowed = allowed(&functions[function]).into_iter();
        allowed
            .filter(|(action, _)| action.starts_with(service))
            .collect()
    };
    let secret = vec!["SendgridSecret".to_owned()];
    for function in ["MailFunction", "MailAuthorizerFunction"] {
        let secrets = of(function, "secretsmanager:");
        assert_eq!(secrets.len(), 1);
        assert_eq!(
            secrets["secretsmanager:GetSecretValue"], secret,
            "{function}"
        );
    }
    assert!(of("MailAuthorizerFunction", "s3:").is_empty());
    assert!(of("MailAuthorizerFunction", "dynamodb:").is_empty());
    let objects = allowed(&functions["MailFunction"]);
    let on = |wanted: &str| -> Vec<String> {
        let of = objects.iter().filter(|(action, _)| action == wanted);
        of.flat_map(|(_, resources)| resources.clone()).collect()
    };
    let below = |prefix: &str| format!("${{BlobsBucket.Arn}}/{prefix}*");
    assert_eq!(on("s3:GetObject"), [below(INBOX)]);
    assert_eq!(on("s3:DeleteObject"), [below(INBOX)]);
    for prefix in [PARKED, QUARANTINE, FETCHED_PREFIX, Html::PREFIX] {
        assert!(on("s3:PutObject").contains(&below(prefix)), "{prefix}");
    }
}

/// What the authorizer says stands beside a mail, and is believed.
#[test]
fn no_function_may_write_the_inbox() {
    for (name, function) in resources(&template(), "AWS::Serverless::Function") {
        let writes = allowed(&function).into_iter();
        let writes = writes.filter(|(action, _)| action == "s3:PutObject");
        for resource in writes.flat_map(|(_, resources)| resources) {
            let prefix = resource.trim_start_matches("${BlobsBucket.Arn}/");
            let prefix = prefix.trim_end_matches('*');
            assert!(!INBOX.starts_with(prefix), "{name}: {resource}");
        }
    }
}

#[test]
fn what_mail_leaves_in_the_bucket_is_told_of_and_goes_after_thirty_days() {
    let template = template();
    let bucket = at(&template, &["Resources", "BlobsBucket", "Properties"]).expect("the bucket");
    let rules = list(bucket, &["LifecycleConfiguration", "Rules"]);
    for prefix in [INBOX, QUARANTINE] {
        let rule = rules.iter().find(|r| text(r, &["Prefix"]) == Some(prefix));
        let days = rule.and_then(|r| at(r, &["ExpirationInDays"]));
        assert_eq!(days.and_then(Value::as_u64), Some(30), "{prefix}");
    }
    let alarms = resources(&template, "AWS::CloudWatch::Alarm");
    for alarm in [
        "MailQuarantinedAlarm",
        "MailParkedAlarm",
        "MailRefusedAlarm",
        "MailLateAlarm",
        "MailFailuresAlarm",
    ] {
        assert_eq!(
            list(&alarms[alarm], &["Properties", "AlarmActions"]).len(),
            1,
            "{alarm}"
        );
    }
    // Six hours of tries, each after the last has certainly ended.
    let queue = at(&template, &["Resources", "MailArrived", "Properties"]).expect("the queue");
    let number =
        |value: &Value, path: &[&str]| at(value, path).and_then(Value::as_u64).expect("a number");
    let hidden = number(queue, &["VisibilityTimeout"]);
    let tries = number(queue, &["RedrivePolicy", "maxReceiveCount"]);
    let timeout = number(
        &template,
        &["Resources", "MailFunction", "Properties", "Timeout"],
    );
    assert!(hidden >= 6 * timeout, "as Lambda asks of a queue's timeout");
    assert_eq!(hidden * tries, 6 * 3600);
}
