use std::process::Command;

use serde_json::Value;

use super::*;

/// Counts as a function does, in a process of its own, since a process has one recorder.
const COUNTING: &str = "TELEMETRY_TEST_COUNTS";

#[test]
fn what_a_function_counts_is_written_as_cloudwatch_reads_it() {
    if std::env::var(COUNTING).is_ok() {
        let telemetry = crate::init("webhooks");
        arrived("whatsapp", Arrival::Stored, 3);
        arrived("whatsapp", Arrival::Duplicate, 0);
        arrived("whatsapp", Arrival::Parked, 1);
        handed_over("email", Handed::Unknown, Duration::from_millis(1500));
        write_units(17);
        telemetry.flush();
        telemetry.flush();
        return;
    }
    let test = "metrics::tests::what_a_function_counts_is_written_as_cloudwatch_reads_it";
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args([test, "--exact", "--nocapture"])
        .env(COUNTING, "1")
        .env("METRICS_NAMESPACE", "tributary-staging")
        .output()
        .expect("the test runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<Value> = text
        .lines()
        .filter_map(|line| line.find("{\"_aws\"").map(|at| &line[at..]))
        .map(|line| serde_json::from_str(line).expect("a line is one object"))
        .collect();
    let value = |name: &str, dimensions: &[(&str, &str)]| {
        let mut found = lines.iter().filter(|line| {
            let declared = &line["_aws"]["CloudWatchMetrics"][0];
            let named: Vec<&str> = dimensions.iter().map(|(key, _)| *key).collect();
            declared["Dimensions"] == serde_json::json!([named])
                && dimensions.iter().all(|(key, value)| line[*key] == *value)
                && line.get(name).is_some()
        });
        let line = found.next().cloned().unwrap_or_default();
        assert!(found.next().is_none(), "{name} is written twice");
        line[name].clone()
    };
    assert_eq!(
        value(
            "WebhookEvents",
            &[("channel", "whatsapp"), ("outcome", "stored")]
        ),
        3
    );
    assert_eq!(
        value(
            "WebhookEvents",
            &[("channel", "whatsapp"), ("outcome", "parked")]
        ),
        1
    );
    assert!(
        value(
            "WebhookEvents",
            &[("channel", "whatsapp"), ("outcome", "duplicate")]
        )
        .is_null()
    );
    assert_eq!(value("Parked", &[]), 1);
    assert_eq!(
        value("Sends", &[("channel", "email"), ("outcome", "unknown")]),
        1
    );
    assert_eq!(
        value("ProviderCall", &[("channel", "email")]),
        serde_json::json!([1500.0])
    );
    assert_eq!(value("WriteUnits", &[("function", "webhooks")]), 17);
    assert_eq!(value("ColdStart", &[("function", "webhooks")]), 1);
    let namespaces = lines
        .iter()
        .map(|line| &line["_aws"]["CloudWatchMetrics"][0]["Namespace"]);
    assert!(
        namespaces
            .into_iter()
            .all(|namespace| namespace == "tributary-staging")
    );
}
