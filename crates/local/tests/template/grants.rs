//! What the functions may do. Whether that is all they do, and no more, is compared after the journeys.

use std::collections::{BTreeMap, BTreeSet};

use serde_norway::Value;
use tributary_blobs::{INBOX, QUARANTINE};
use tributary_domain::attachment::FETCHED_PREFIX;
use tributary_domain::message::Html;
use tributary_domain::replay_parked::PARKED;
use tributary_domain::revision::WholeText;

use crate::reading::{at, list, resources, template};

#[test]
fn the_status_function_may_change_nothing_and_only_relay_and_agents_end_sends() {
    let template = template();
    let functions = resources(&template, "AWS::Serverless::Function");
    let actions = |function: &str| -> BTreeSet<String> {
        allowed(&functions[function])
            .into_iter()
            .map(|(action, _)| action)
            .collect()
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
    let policies =
        at(&functions["TicketsFunction"], &["Properties", "Policies"]).expect("policies");
    let statements = sides(policies)
        .into_iter()
        .flat_map(|p| sides(&p["Statement"]));
    let deletes = |s: &&Value| {
        sides(&s["Action"])
            .into_iter()
            .any(|a| a.as_str() == Some("dynamodb:DeleteItem"))
    };
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

/// What a function may do to what. Of what depends on a condition, every side counts.
fn allowed(function: &Value) -> Vec<(String, Vec<String>)> {
    let policies = at(function, &["Properties", "Policies"]).expect("policies");
    let statements = sides(policies)
        .into_iter()
        .flat_map(|p| sides(&p["Statement"]));
    statements
        .flat_map(|s| {
            let resources: Vec<String> = sides(&s["Resource"])
                .into_iter()
                .filter_map(plain)
                .collect();
            let actions: Vec<String> = sides(&s["Action"]).into_iter().filter_map(plain).collect();
            actions
                .into_iter()
                .map(move |action| (action, resources.clone()))
        })
        .collect()
}

/// The values of a list or of one, with both sides of each `!If`.
fn sides(value: &Value) -> Vec<&Value> {
    match value {
        Value::Sequence(several) => several.iter().flat_map(sides).collect(),
        Value::Tagged(tagged) if tagged.tag == "If" => {
            let sides_of = tagged.value.as_sequence().into_iter().flatten();
            sides_of.skip(1).flat_map(sides).collect()
        }
        Value::Tagged(tagged) if tagged.value.as_str() == Some("AWS::NoValue") => Vec::new(),
        Value::Null => Vec::new(),
        Value::Tagged(_)
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Mapping(_) => vec![value],
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Tagged(tagged) => tagged.value.as_str().map(str::to_owned),
        Value::String(text) => Some(text.clone()),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Sequence(_)
        | Value::Mapping(_) => None,
    }
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
