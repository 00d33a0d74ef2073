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
