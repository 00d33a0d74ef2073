//! Spans as X-Ray subsegments. Lambda makes a segment for each invocation and names it in the span of its runtime; the
//! spans of ours and of the AWS SDK below it go to the daemon that Lambda runs beside the function.
//!
//! What a subsegment may say is listed in [`ANNOTATED`]: ids and results, never content, addresses or names.

mod document;
mod header;

use std::net::{Ipv4Addr, UdpSocket};
use std::time::SystemTime;

use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use self::document::{Annotation, AwsCall, Subsegment};
use self::header::TraceHeader;

/// Fields of spans that a subsegment repeats, by which traces are found.
const ANNOTATED: [&str; 9] = [
    "ticket_id",
    "message_id",
    "channel",
    "attempt",
    "part",
    "method",
    "route",
    "status",
    "result",
];

/// The layer, if Lambda named the daemon's address. Spans of other crates than ours and the AWS SDK's are passed over.
pub(super) fn layer_from_environment<S>() -> Option<impl Layer<S>>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    let address = std::env::var("AWS_XRAY_DAEMON_ADDRESS").ok()?;
    let daemon = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    daemon.connect(address).ok()?;
    // A trace is worth no waiting.
    daemon.set_nonblocking(true).ok()?;
    let traced = Targets::new()
        .with_target("tributary_", LevelFilter::INFO)
        .with_target("lambda_runtime", LevelFilter::INFO)
        .with_target("aws_sdk_", LevelFilter::DEBUG);
    let send = move |document: &[u8]| {
        // What is lost is a trace.
        let _ = daemon.send(document);
    };
    Some(XRay { send }.with_filter(traced))
}

/// Makes a subsegment of each span and hands it to `send` when the span ends.
struct XRay<F> {
    send: F,
}

/// The trace that an invocation belongs to.
struct Invocation {
    header: TraceHeader,
    request_id: Option<String>,
}

/// A span that becomes a subsegment.
struct Open(Subsegment);

impl<S, F> Layer<S> for XRay<F>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    F: Fn(&[u8]) + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(header) = fields.trace.as_deref().and_then(TraceHeader::parse) {
            let request_id = fields.request_id;
            span.extensions_mut()
                .insert(Invocation { header, request_id });
            return;
        }
        let Some(mut subsegment) = below(&span) else {
            return;
        };
        subsegment.name = fields
            .service
            .clone()
            .unwrap_or_else(|| span.name().to_owned());
        subsegment.aws = fields
            .operation
            .take()
            .map(|operation| AwsCall { operation });
        subsegment.add(fields.annotations, fields.fault);
        span.extensions_mut().insert(Open(subsegment));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(Open(subsegment)) = span.extensions_mut().get_mut() {
            let mut fields = Fields::default();
            values.record(&mut fields);
            subsegment.add(fields.annotations, fields.fault);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        let ended: Option<Open> = span.extensions_mut().remove();
        if let Some(document) = ended.and_then(|Open(s)| s.end(SystemTime::now())) {
            (self.send)(&document);
        }
    }
}

/// The subsegment of a span in the trace of those around it; none outside of an invocation that is traced.
fn below<S: for<'s> LookupSpan<'s>>(span: &SpanRef<'_, S>) -> Option<Subsegment> {
    for around in span.scope().skip(1) {
        let extensions = around.extensions();
        if let Some(Open(parent)) = extensions.get() {
            return Subsegment::begin(&parent.trace_id, &parent.id, parent.request_id.as_deref());
        }
        if let Some(Invocation { header, request_id }) = extensions.get() {
            let sampled = header.sampled.then_some(header)?;
            return Subsegment::begin(&sampled.root, &sampled.parent, request_id.as_deref());
        }
    }
    None
}

/// What of a span's fields matters here.
#[derive(Default)]
struct Fields {
    trace: Option<String>,
    request_id: Option<String>,
    service: Option<String>,
    operation: Option<String>,
    fault: bool,
    annotations: Vec<(&'static str, Annotation)>,
}

impl Fields {
    fn annotate(&mut self, field: &Field, value: Annotation) {
        let known = ANNOTATED.iter().find(|name| **name == field.name());
        if let Some(name) = known {
            self.annotations.push((name, value));
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        let text = value.to_owned();
        match field.name() {
            "xrayTraceId" => self.trace = Some(text),
            "requestId" => self.request_id = Some(text),
            "rpc.service" => self.service = Some(text),
            "rpc.method" => self.operation = Some(text),
            _ => self.annotate(field, Annotation::Text(text)),
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.annotate(field, Annotation::Number(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if field.name() == "fault" {
            self.fault = value;
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Ids and channels come as their Display, which arrives here.
        self.record_str(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests;
