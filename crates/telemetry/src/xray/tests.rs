use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;

const SAMPLED: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

/// What the daemon gets while `work` runs below an invocation with this trace header.
fn sent_during(header: &str, work: impl FnOnce()) -> Vec<Value> {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&sent);
    let send = move |datagram: &[u8]| kept.lock().expect("no panic").push(datagram.to_vec());
    let subscriber = tracing_subscriber::registry().with(XRay { send });
    tracing::subscriber::with_default(subscriber, || {
        let invocation = info_span!(
            "Lambda runtime invoke",
            requestId = "req-1",
            xrayTraceId = header
        );
        invocation.in_scope(work);
    });
    let sent = sent.lock().expect("no panic");
    sent.iter()
        .map(|datagram| {
            let (first, document) = std::str::from_utf8(datagram)
                .expect("text")
                .split_once('\n')
                .expect("a header line");
            assert_eq!(first, r#"{"format":"json","version":1}"#);
            serde_json::from_str(document).expect("JSON")
        })
        .collect()
}

#[test]
fn a_span_is_a_subsegment_of_its_invocation_with_ids_and_results_and_nothing_else() {
    let sent = sent_during(SAMPLED, || {
        let span = info_span!(
            "provider",
            channel = %"whatsapp",
            ticket_id = "tkt_1",
            to = "+15550100",
            attempt = 2_u64,
            result = tracing::field::Empty,
            fault = tracing::field::Empty,
        );
        span.in_scope(|| {
            span.record("result", "unknown");
            span.record("fault", true);
        });
    });
    let [document] = sent.as_slice() else {
        panic!("one subsegment: {sent:?}");
    };
    assert_eq!(document["name"], "provider");
    assert_eq!(document["type"], "subsegment");
    assert_eq!(document["trace_id"], "1-5759e988-bd862e3fe1be46a994272793");
    assert_eq!(document["parent_id"], "53995c3f42cd8ad8");
    assert_eq!(document["fault"], true);
    assert_eq!(document["id"].as_str().map(str::len), Some(16));
    assert!(document["start_time"].as_f64() <= document["end_time"].as_f64());
    assert_eq!(
        document["annotations"],
        json!({"request_id": "req-1", "channel": "whatsapp", "ticket_id": "tkt_1", "attempt": 2, "result": "unknown"})
    );
    assert!(!document.to_string().contains("15550100"));
}

#[test]
fn a_call_of_the_sdk_is_a_call_of_aws_below_the_work_that_made_it() {
    let sent = sent_during(SAMPLED, || {
        info_span!("work", ticket_id = "tkt_1").in_scope(|| {
            let call = info_span!(
                "DynamoDB.GetItem",
                "rpc.service" = "DynamoDB",
                "rpc.method" = "GetItem"
            );
            call.in_scope(|| ());
        });
    });
    let [call, work] = sent.as_slice() else {
        panic!("two subsegments: {sent:?}");
    };
    assert_eq!(call["name"], "DynamoDB");
    assert_eq!(call["namespace"], "aws");
    assert_eq!(call["aws"], json!({"operation": "GetItem"}));
    assert_eq!(call["parent_id"], work["id"]);
    assert_eq!(call["annotations"]["request_id"], "req-1");
}

#[test]
fn a_trace_that_is_not_kept_costs_nothing() {
    let unsampled = SAMPLED.replace("Sampled=1", "Sampled=0");
    assert_eq!(
        sent_during(&unsampled, || info_span!("work").in_scope(|| ())),
        Vec::<Value>::new()
    );
}
