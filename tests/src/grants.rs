//! What the template allows each function, beside what the functions did in the journeys (see [`crate::aws_tap`]).

mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};

pub use template::{Grant, grants_of};

/// What no double sees, and what it is for; the rest has to be seen.
const UNSEEN: [(&str, &str); 14] = [
    ("sqs:ReceiveMessage", ASKED_BY_LAMBDA),
    ("sqs:DeleteMessage", ASKED_BY_LAMBDA),
    ("sqs:GetQueueAttributes", ASKED_BY_LAMBDA),
    ("dynamodb:DescribeStream", ASKED_BY_LAMBDA),
    ("dynamodb:GetRecords", ASKED_BY_LAMBDA),
    ("dynamodb:GetShardIterator", ASKED_BY_LAMBDA),
    ("dynamodb:ListStreams", ASKED_BY_LAMBDA),
    (
        "kms:Decrypt",
        "Secrets Manager asks for it in the function's name",
    ),
    (
        "kms:GenerateDataKey",
        "Secrets Manager asks for it in the function's name",
    ),
    (
        "kafka-cluster:Connect",
        "the brokers of the journeys know no IAM",
    ),
    (
        "kafka-cluster:DescribeTopic",
        "the brokers of the journeys know no IAM",
    ),
    (
        "kafka-cluster:WriteData",
        "the brokers of the journeys know no IAM",
    ),
    (
        "kafka-cluster:WriteDataIdempotently",
        "the brokers of the journeys know no IAM",
    ),
    ("kafka:GetBootstrapBrokers", "asked by a deployment"),
];

/// What no journey can see though it is needed: function, action, resource, and when.
const RARE: &[Rare] = &[
    (
        "mail",
        "s3:ListBucket",
        "BlobsBucket",
        "S3 tells what is gone from what is forbidden only then",
    ),
    (
        "relay",
        "sqs:SendMessage",
        "RelayFailures",
        "Lambda tells there what the stream gave up on",
    ),
];

/// Who makes the calls of an event source mapping, in the function's name.
const ASKED_BY_LAMBDA: &str = "Lambda asks for it, to bring events";

/// A grant that no call proves: function, action, resource, and when it is needed.
type Rare = (&'static str, &'static str, &'static str, &'static str);

/// What is wrong with the template's grants.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Calls that the template does not allow: `tickets: dynamodb:Query LedgerTable`.
    pub missing: BTreeSet<String>,
    /// Actions that the template allows and no journey needed.
    pub unused: BTreeSet<String>,
    /// Actions that are said to be needed where no journey sees it, and that one called or the template does not allow.
    pub explained_in_vain: BTreeSet<String>,
}

impl Report {
    /// Whether the template allows exactly what is needed.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.missing.is_empty() && self.unused.is_empty() && self.explained_in_vain.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for call in &self.missing {
            writeln!(f, "not allowed, but called: {call}")?;
        }
        for grant in &self.unused {
            writeln!(f, "allowed, but never called: {grant}")?;
        }
        for grant in &self.explained_in_vain {
            writeln!(
                f,
                "called or not allowed any more, so take it off the list: {grant}"
            )?;
        }
        Ok(())
    }
}

/// Compares grants by function with the calls by function, each `action<tab>resource`.
#[must_use]
pub fn compare(
    grants: &BTreeMap<String, Vec<Grant>>,
    calls: &BTreeMap<String, BTreeSet<String>>,
) -> Report {
    compare_beside(RARE, grants, calls)
}

fn compare_beside(
    rare: &[Rare],
    grants: &BTreeMap<String, Vec<Grant>>,
    calls: &BTreeMap<String, BTreeSet<String>>,
) -> Report {
    let mut report = Report::default();
    for (function, calls) in calls {
        let granted = grants.get(function).map_or(&[][..], Vec::as_slice);
        for call in calls {
            let (action, resource) = call.split_once('\t').unwrap_or((call, ""));
            if !granted.iter().any(|grant| grant.allows(action, resource)) {
                report
                    .missing
                    .insert(format!("{function}: {action} {resource}"));
            }
        }
    }
    let name =
        |function: &str, action: &str, resource: &str| format!("{function}: {action} {resource}");
    let mut explained: BTreeSet<String> = rare
        .iter()
        .map(|(function, action, resource, _)| name(function, action, resource))
        .collect();
    for (function, granted) in grants {
        let calls = calls.get(function).cloned().unwrap_or_default();
        for grant in granted {
            let seen = calls.iter().any(|call| {
                let (action, resource) = call.split_once('\t').unwrap_or((call, ""));
                grant.allows(action, resource)
            });
            let unseen = UNSEEN.iter().any(|(action, _)| *action == grant.action);
            let name = name(function, &grant.action, &grant.resource);
            if !seen && !explained.remove(&name) && !unseen {
                report.unused.insert(name);
            }
        }
    }
    report.explained_in_vain = explained;
    report
}

/// The calls that journeys left in `directory`, by function.
///
/// # Errors
/// When there are none.
pub fn recorded(directory: &Path) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let entries = std::fs::read_dir(directory)
        .with_context(|| format!("no calls were recorded in {}", directory.display()))?;
    let mut calls: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in entries {
        let path = entry?.path();
        let function = path
            .file_stem()
            .and_then(|name| name.to_str())
            .context("a function")?;
        let lines = std::fs::read_to_string(&path)?;
        calls
            .entry(function.to_owned())
            .or_default()
            .extend(lines.lines().map(str::to_owned));
    }
    Ok(calls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(action: &str, resource: &str) -> Grant {
        Grant {
            action: action.to_owned(),
            resource: resource.to_owned(),
            leading_keys: None,
            prefix: None,
        }
    }

    fn of<T>(function: &str, of: T) -> BTreeMap<String, T> {
        BTreeMap::from([(function.to_owned(), of)])
    }

    #[test]
    fn a_call_that_nothing_allows_and_a_grant_that_nobody_needs_are_both_told() {
        let grants = of(
            "tickets",
            vec![
                grant("dynamodb:GetItem", "TicketsTable"),
                grant("s3:PutObject", "BlobsBucket/content/*"),
                grant("kms:Decrypt", "SecretsKey"),
            ],
        );
        let calls = of(
            "tickets",
            BTreeSet::from([
                "dynamodb:GetItem\tLedgerTable".to_owned(),
                "s3:PutObject\tBlobsBucket/content/a/b".to_owned(),
            ]),
        );
        let report = compare_beside(&[], &grants, &calls);
        assert_eq!(
            report.missing,
            BTreeSet::from(["tickets: dynamodb:GetItem LedgerTable".to_owned()])
        );
        assert_eq!(
            report.unused,
            BTreeSet::from(["tickets: dynamodb:GetItem TicketsTable".to_owned()])
        );
    }

    #[test]
    fn what_is_explained_must_be_allowed_and_never_called() {
        let rare: [Rare; 3] = [
            ("tickets", "dynamodb:GetItem", "TicketsTable", "never"),
            ("tickets", "dynamodb:Query", "TicketsTable", "called"),
            ("tickets", "dynamodb:Scan", "TicketsTable", "not allowed"),
        ];
        let granted = ["dynamodb:GetItem", "dynamodb:Query"];
        let granted = granted.map(|action| grant(action, "TicketsTable"));
        let calls = BTreeSet::from(["dynamodb:Query\tTicketsTable".to_owned()]);
        let report = compare_beside(&rare, &of("tickets", granted.into()), &of("tickets", calls));
        let in_vain = ["Query", "Scan"].map(|of| format!("tickets: dynamodb:{of} TicketsTable"));
        let expected = Report {
            explained_in_vain: in_vain.into(),
            ..Report::default()
        };
        assert_eq!(report, expected);
    }

    #[test]
    fn a_condition_on_keys_or_prefixes_is_part_of_what_is_allowed() {
        let mut delete = grant("dynamodb:DeleteItem", "LedgerTable");
        delete.leading_keys = Some("send#".to_owned());
        assert!(delete.allows("dynamodb:DeleteItem", "LedgerTable?send#"));
        assert!(!delete.allows("dynamodb:DeleteItem", "LedgerTable?slot#"));
        let mut list = grant("s3:ListBucket", "BlobsBucket");
        list.prefix = Some("parked/".to_owned());
        assert!(list.allows("s3:ListBucket", "BlobsBucket?parked/whatsapp/"));
        assert!(!list.allows("s3:ListBucket", "BlobsBucket?mail/"));
    }
}
