//! Reads the template as far as the tests need it.

use std::collections::BTreeMap;
use std::path::Path;

use serde_norway::Value;

pub(crate) fn template() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    let text = std::fs::read_to_string(path).expect("the template is there");
    serde_norway::from_str(&text).expect("the template is YAML")
}

/// A value below others, CloudFormation's tags taken off on the way.
pub(crate) fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| {
        let plain = if let Value::Tagged(tagged) = value {
            &tagged.value
        } else {
            value
        };
        plain.get(*name)
    })
}

pub(crate) fn text<'v>(value: &'v Value, path: &[&str]) -> Option<&'v str> {
    at(value, path).and_then(Value::as_str)
}

pub(crate) fn resources(template: &Value, kind: &str) -> BTreeMap<String, Value> {
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

pub(crate) fn list<'v>(value: &'v Value, path: &[&str]) -> Vec<&'v Value> {
    at(value, path)
        .and_then(Value::as_sequence)
        .map(|s| s.iter().collect())
        .unwrap_or_default()
}
