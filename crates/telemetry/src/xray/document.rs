//! A subsegment as X-Ray's daemon takes it (AWS X-Ray Developer Guide, "Segment documents" and "Sending segment
//! documents to the X-Ray daemon").

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

const HEADER: &[u8] = b"{\"format\":\"json\",\"version\":1}\n";

/// A value by which traces are found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Annotation {
    /// A text.
    Text(String),
    /// A number.
    Number(u64),
}

/// A call of an AWS service.
#[derive(Debug, Serialize)]
pub(super) struct AwsCall {
    /// Its operation, such as `GetItem`.
    pub(super) operation: String,
}

/// One piece of work of an invocation.
#[derive(Debug, Serialize)]
pub(super) struct Subsegment {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) trace_id: String,
    parent_id: String,
    r#type: &'static str,
    start_time: f64,
    end_time: f64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    fault: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aws: Option<AwsCall>,
    annotations: BTreeMap<&'static str, Annotation>,
    #[serde(skip)]
    pub(super) request_id: Option<String>,
}

impl Subsegment {
    /// Begins now, below `parent_id` in a trace; none where the system gives no randomness for its id.
    pub(super) fn begin(trace_id: &str, parent_id: &str, request_id: Option<&str>) -> Option<Self> {
        let mut annotations = BTreeMap::new();
        if let Some(id) = request_id {
            annotations.insert("request_id", Annotation::Text(id.to_owned()));
        }
        Some(Self {
            name: String::new(),
            id: format!("{:016x}", getrandom::u64().ok()?),
            trace_id: trace_id.to_owned(),
            parent_id: parent_id.to_owned(),
            r#type: "subsegment",
            start_time: seconds(SystemTime::now()),
            end_time: 0.0,
            fault: false,
            namespace: None,
            aws: None,
            annotations,
            request_id: request_id.map(str::to_owned),
        })
    }

    /// Adds what became known of it.
    pub(super) fn add(&mut self, annotations: Vec<(&'static str, Annotation)>, fault: bool) {
        self.annotations.extend(annotations);
        self.fault |= fault;
    }

    /// What the daemon is sent; none when it cannot be written.
    pub(super) fn end(mut self, now: SystemTime) -> Option<Vec<u8>> {
        self.end_time = seconds(now);
        self.namespace = self.aws.is_some().then_some("aws");
        let mut datagram = HEADER.to_vec();
        serde_json::to_writer(&mut datagram, &self).ok()?;
        Some(datagram)
    }
}

fn seconds(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs_f64()
}
