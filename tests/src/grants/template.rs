//! The functions' policies in `template.yaml`, resolved to the names of its resources.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_norway::Value;
use serde_norway::value::TaggedValue;

use crate::runtime_api::FUNCTIONS;

/// One action on one resource that a function may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// `dynamodb:GetItem`
    pub action: String,
    /// The resource's name in the template, and what follows of its ARN: `BlobsBucket/content/*`.
    pub resource: String,
    /// What the key of the items has to begin with.
    pub leading_keys: Option<String>,
    /// What the listed keys have to begin with.
    pub prefix: Option<String>,
}

impl Grant {
    /// Whether it allows a call. A resource may end in `?` and what keys begin with.
    #[must_use]
    pub fn allows(&self, action: &str, resource: &str) -> bool {
        let (resource, begins) = resource.split_once('?').unwrap_or((resource, ""));
        let here = match self.resource.strip_suffix('*') {
            Some(start) => resource.starts_with(start),
            None => resource == self.resource,
        };
        let keys = self.leading_keys.as_deref().or(self.prefix.as_deref());
        self.action == action && here && keys.is_none_or(|keys| begins.starts_with(keys))
    }
}

/// What each function of the template may do, by the name of its binary.
///
/// # Errors
/// When the template cannot be read as far as this needs.
pub fn grants_of(template: &Path) -> Result<BTreeMap<String, Vec<Grant>>> {
    let template: Value = serde_norway::from_str(&std::fs::read_to_string(template)?)?;
    let mut all = BTreeMap::new();
    for (binary, resource) in FUNCTIONS {
        let policies = &template["Resources"][resource]["Properties"]["Policies"];
        let mut grants = Vec::new();
        for statement in statements(policies) {
            let Some(actions) = statement.get("Action") else {
                continue;
            };
            for action in list(actions) {
                for resource in list(&statement["Resource"]) {
                    grants.push(Grant {
                        action: action.as_str().context("an action")?.to_owned(),
                        resource: name_of(resource)
                            .with_context(|| format!("{binary}: {resource:?}"))?,
                        leading_keys: condition(statement, "dynamodb:LeadingKeys"),
                        prefix: condition(statement, "s3:prefix"),
                    });
                }
            }
        }
        anyhow::ensure!(!grants.is_empty(), "{resource} has no policies");
        all.insert(binary.to_owned(), grants);
    }
    Ok(all)
}

/// Every statement below a value, whatever conditions of CloudFormation stand around it.
fn statements(value: &Value) -> Vec<&Value> {
    match value {
        Value::Sequence(values) => values.iter().flat_map(statements).collect(),
        Value::Mapping(map) if map.contains_key("Effect") => vec![value],
        Value::Mapping(map) => map.values().flat_map(statements).collect(),
        Value::Tagged(tagged) => statements(&tagged.value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// One or several values. Of a choice both sides count, and no value is none.
fn list(value: &Value) -> Vec<&Value> {
    // A tagged sequence would count as one too.
    if let Value::Sequence(values) = value {
        return values.iter().flat_map(list).collect();
    }
    let Value::Tagged(tagged) = value else {
        return vec![value];
    };
    if tagged.tag == "If" {
        let sides = tagged.value.as_sequence().into_iter().flatten();
        return sides.skip(1).flat_map(list).collect();
    }
    if tagged.value.as_str() == Some("AWS::NoValue") {
        return Vec::new();
    }
    vec![value]
}

/// What a condition asks keys to begin with.
fn condition(statement: &Value, key: &str) -> Option<String> {
    let operators = statement.get("Condition")?.as_mapping()?;
    let wanted = operators.values().find_map(|operator| operator.get(key))?;
    let first = list(wanted).first()?.as_str()?.to_owned();
    Some(first.trim_end_matches('*').to_owned())
}

/// The name of a resource that a statement speaks of.
fn name_of(resource: &Value) -> Option<String> {
    let Value::Tagged(tagged) = resource else {
        return resource.as_str().map(str::to_owned);
    };
    let TaggedValue { tag, value } = &**tagged;
    // `!Sub` with values of its own: the text comes first.
    let text = match value.as_sequence() {
        Some(parts) => parts.first()?.as_str()?,
        None => value.as_str()?,
    };
    if tag == "Ref" {
        Some(text.to_owned())
    } else if tag == "GetAtt" {
        text.split_once('.').map(|(name, _)| name.to_owned())
    } else if tag == "Sub" {
        Some(text.replace(".Arn}", "").replace("${", "").replace('}', ""))
    } else {
        None
    }
}
