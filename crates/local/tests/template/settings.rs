//! What the functions read from their environment, and what they are given.

use std::collections::{BTreeMap, BTreeSet};

use serde_norway::Value;
use tributary_edge::settings::{EnvReader, SettingsError};

use crate::reading::{at, resources, template};

/// What is set for others than our own code.
const FOR_OTHERS: [&str; 2] = [
    // lambda_http
    "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH",
    // Read by the telemetry, which reports no faults: without it nothing is counted.
    "METRICS_NAMESPACE",
];

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
        "SEEN_RECEIPTS" => "facebook,whatsapp",
        "TYPING_INDICATORS" => "facebook,instagram,whatsapp",
        "WAKE_QUEUE_URL" => "https://sqs.example.com/1/wakes",
        url if url.ends_with("_API_URL") => "https://api.example.com",
        _ => "name",
    }
}

/// The variables of a function, its own and those of all.
fn given(template: &Value, function: &Value) -> BTreeSet<String> {
    let shared = at(
        template,
        &["Globals", "Function", "Environment", "Variables"],
    );
    let own = at(function, &["Properties", "Environment", "Variables"]);
    let names = [shared, own]
        .into_iter()
        .flatten()
        .filter_map(Value::as_mapping);
    let names = names.flat_map(|m| m.keys()).filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

type Read = fn(EnvReader) -> Result<(), SettingsError>;

fn readers() -> BTreeMap<&'static str, Read> {
    let webhooks: Read = |env| tributary_webhooks::Settings::read(env).map(drop);
    BTreeMap::from([
        ("WebhooksFunction", webhooks),
        ("MailFunction", webhooks),
        ("MailAuthorizerFunction", |env| {
            env.read(EnvReader::secrets_prefix).map(drop)
        }),
        ("TicketsFunction", |env| {
            tributary_tickets::Settings::read(env).map(drop)
        }),
        ("ChatbotStatusFunction", |env| {
            tributary_chatbot_status::Settings::read(env).map(drop)
        }),
        ("RelayFunction", |env| {
            tributary_relay::Settings::read(env).map(drop)
        }),
    ])
}

fn values(names: &BTreeSet<String>) -> impl Iterator<Item = (String, String)> {
    names
        .iter()
        .map(|name| (name.clone(), sample(name).to_owned()))
}

#[test]
fn every_function_is_given_each_setting_it_reads() {
    let template = template();
    let functions = resources(&template, "AWS::Serverless::Function");
    for (name, read) in readers() {
        let given = given(&template, &functions[name]);
        assert_eq!(read(EnvReader::new(values(&given))), Ok(()), "{name}");
        // A desk without Kafka.
        let archive = values(&given).map(|(name, value)| match &*name {
            "KAFKA_BOOTSTRAP" => (name, String::new()),
            "KAFKA_AUTH" => (name, "none".to_owned()),
            _ => (name, value),
        });
        assert_eq!(
            read(EnvReader::new(archive)),
            Ok(()),
            "{name} without Kafka"
        );
    }
}

/// A setting is read if another value for it can be wrong: none is taken whatever it says.
#[test]
fn every_setting_that_is_given_is_read_by_somebody() {
    let template = template();
    let functions = resources(&template, "AWS::Serverless::Function");
    let mut given_to_somebody = BTreeSet::new();
    let mut read_by_somebody = BTreeSet::new();
    for (name, read) in readers() {
        let given = given(&template, &functions[name]);
        for setting in &given {
            let broken = values(&given).map(|(name, value)| {
                let value = if name == *setting {
                    "\u{0} no value".to_owned()
                } else {
                    value
                };
                (name, value)
            });
            if read(EnvReader::new(broken)).is_err() {
                read_by_somebody.insert(setting.clone());
            }
        }
        given_to_somebody.extend(given);
    }
    for name in FOR_OTHERS {
        assert!(
            given_to_somebody.remove(name),
            "{name} is not given any more"
        );
    }
    assert_eq!(given_to_somebody, read_by_somebody);
}
