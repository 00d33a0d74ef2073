//! The OpenAPI document of this door.

use serde_json::Value;

fn document() -> Value {
    serde_json::to_value(tributary_tickets::openapi()).expect("JSON")
}

#[test]
fn the_document_lists_every_route_with_its_answers_and_refusals() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let responses = operation["responses"].as_object().expect("responses");
            let statuses: Vec<&str> = responses.keys().map(String::as_str).collect();
            routes.push(format!("{method} {path} {}", statuses.join(" ")));
        }
    }
    insta::assert_snapshot!(routes.join("\n"));
}

#[test]
fn every_refusal_is_a_problem_and_every_reference_resolves() {
    let document = document();
    let schemas = document["components"]["schemas"]
        .as_object()
        .expect("schemas");
    let text = document.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap_or_default();
        assert!(schemas.contains_key(name), "{name}");
    }
    for item in document["paths"].as_object().expect("paths").values() {
        for operation in item.as_object().expect("methods").values() {
            for (status, response) in operation["responses"].as_object().expect("responses") {
                let is_problem = response["content"]["application/problem+json"].is_object();
                assert_eq!(
                    is_problem,
                    status.starts_with(['4', '5']),
                    "{status}: {response}"
                );
            }
        }
    }
}

#[test]
fn every_route_but_health_needs_a_proof() {
    let document = document();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for operation in item.as_object().expect("methods").values() {
            let needed = operation["security"].as_array().expect("stated");
            let open = needed.iter().any(|n| n == &serde_json::json!({}));
            assert_eq!(open, path == "/api/health", "{path}");
            assert!(!needed.is_empty(), "{path}");
        }
    }
}
