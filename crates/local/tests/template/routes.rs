//! Which function the gateway asks for what.

use std::collections::{BTreeMap, BTreeSet};

use serde_norway::Value;
use tributary_edge::ProblemCode;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;

use crate::reading::{at, resources, template, text};

/// The route that no function serves.
pub(crate) const MAIL_PATH: &str = "/api/webhooks/email";

fn methods(item: &PathItem) -> BTreeSet<&'static str> {
    let PathItem {
        get,
        put,
        post,
        delete,
        options,
        head,
        patch,
        trace,
        ..
    } = item;
    let operations = [
        ("GET", get),
        ("PUT", put),
        ("POST", post),
        ("DELETE", delete),
        ("OPTIONS", options),
        ("HEAD", head),
        ("PATCH", patch),
        ("TRACE", trace),
    ];
    operations
        .into_iter()
        .filter(|(_, operation)| operation.is_some())
        .map(|(method, _)| method)
        .collect()
}

/// The calls of a document.
fn documented(document: &OpenApi) -> BTreeSet<(String, String)> {
    let paths = document
        .paths
        .paths
        .iter()
        .filter(|(path, _)| *path != MAIL_PATH);
    paths
        .flat_map(|(path, item)| {
            let methods = methods(item).into_iter();
            methods.map(|method| (path.clone(), method.to_owned()))
        })
        .collect()
}

/// What a browser asks before the calls of a document: everywhere but at the webhooks.
fn asked_before(document: &OpenApi) -> BTreeSet<(String, String)> {
    let paths = document.paths.paths.keys();
    paths
        .filter(|path| !path.starts_with("/api/webhooks/"))
        .map(|path| (path.clone(), "OPTIONS".to_owned()))
        .collect()
}

#[test]
fn every_documented_call_reaches_the_function_that_serves_it_and_no_other_call_does() {
    let template = template();
    let functions = resources(&template, "AWS::Serverless::Function");
    let documents = BTreeMap::from([
        ("WebhooksFunction", tributary_webhooks::openapi()),
        ("TicketsFunction", tributary_tickets::openapi()),
        ("ChatbotStatusFunction", tributary_chatbot_status::openapi()),
    ]);
    for (name, function) in &functions {
        let events = at(function, &["Properties", "Events"]).and_then(Value::as_mapping);
        let routed: BTreeSet<(String, String)> = events
            .into_iter()
            .flat_map(|events| events.values())
            .filter(|event| text(event, &["Type"]) == Some("Api"))
            .map(|event| {
                let part = |part| {
                    text(event, &["Properties", part])
                        .expect("a route")
                        .to_owned()
                };
                (part("Path"), part("Method"))
            })
            .collect();
        let mut expected = documents
            .get(name.as_str())
            .map(documented)
            .unwrap_or_default();
        // Every door answers a browser's question alike; one is asked for all.
        if name == "ChatbotStatusFunction" {
            expected.extend(documents.values().flat_map(asked_before));
        }
        assert_eq!(routed, expected, "{name}");
    }
}

#[test]
fn what_the_gateway_answers_by_itself_is_a_problem_that_the_functions_know() {
    let template = template();
    let answers = at(
        &template,
        &["Resources", "Api", "Properties", "GatewayResponses"],
    );
    let answers = answers.and_then(Value::as_mapping).expect("answers");
    for (name, answer) in answers {
        let body = text(answer, &["ResponseTemplates", "application/json"]).expect("a body");
        let problem: serde_json::Value = serde_json::from_str(body).expect("JSON");
        let code = problem["code"].as_str().expect("a code");
        let known = ProblemCode::ALL
            .into_iter()
            .find(|known| known.as_str() == code);
        let known = known.unwrap_or_else(|| panic!("{name:?}: nobody knows {code}"));
        assert_eq!(problem["title"], known.title(), "{name:?}");
        assert_eq!(problem["status"], known.status().as_u16(), "{name:?}");
        assert_eq!(
            text(answer, &["StatusCode"]),
            Some(known.status().as_str()),
            "{name:?}"
        );
        assert_eq!(
            problem["type"],
            format!("https://tributary.dev/problems/{code}"),
            "{name:?}"
        );
    }
}
