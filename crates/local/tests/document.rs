//! The committed API document against the code.

use std::path::Path;

#[test]
fn the_committed_document_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api/openapi.json");
    let committed = std::fs::read_to_string(path).expect("docs/api/openapi.json is committed");
    let generated = serde_json::to_string_pretty(&tributary_local::document::openapi())
        .expect("the document is JSON");
    assert!(
        committed.trim_end() == generated,
        "docs/api/openapi.json is not what the code says: run `make openapi` and commit it"
    );
}

#[test]
fn every_call_is_named_once_proven_described_and_refused_with_problems() {
    let document = serde_json::to_value(tributary_local::document::openapi()).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    let schemes = &document["components"]["securitySchemes"];
    let mut names = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let call = format!("{method} {path}");
            let name = operation["operationId"].as_str().expect("an operationId");
            assert!(names.insert(name), "{name} names two calls");
            assert!(operation["summary"].is_string(), "{call} has no summary");

            let health = path == "/api/health";
            // X asks before it knows anything of us: there it is we who prove.
            let open = health || call == "get /api/webhooks/twitter";
            for proof in operation["security"].as_array().expect("its proofs") {
                let proof = proof.as_object().expect("a proof");
                assert_eq!(proof.is_empty(), open, "{call}");
                assert!(proof.keys().all(|k| schemes[k].is_object()), "{call}");
            }
            let responses = operation["responses"].as_object().expect("responses");
            let mut refusals = 0;
            for (status, response) in responses {
                let described = response["description"]
                    .as_str()
                    .is_some_and(|d| !d.is_empty());
                assert!(described, "{call} {status} is not described");
                let is_refusal = status.starts_with(['4', '5']);
                let is_problem = response["content"]["application/problem+json"].is_object();
                assert_eq!(is_problem, is_refusal, "{call} {status}");
                refusals += usize::from(is_refusal);
            }
            assert_eq!(refusals == 0, health, "{call}");
        }
    }
}

#[test]
fn every_schema_and_field_says_what_it_is() {
    let document = serde_json::to_value(tributary_local::document::openapi()).expect("JSON");
    let says = |schema: &serde_json::Value| {
        schema["description"].is_string()
            || schema["$ref"].is_string()
            || schema["oneOf"].is_array()
            || schema["allOf"].is_array()
    };
    for (name, schema) in document["components"]["schemas"]
        .as_object()
        .expect("schemas")
    {
        assert!(says(schema), "{name}");
        for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
            assert!(says(schema), "{name}.{field}");
        }
    }
}
