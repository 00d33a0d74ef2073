//! What a function tells of itself: logs, one JSON object a line on stdout, with the request id of the span Lambda's
//! runtime opens; metrics, in the same place; and traces, to X-Ray's daemon (docs/adr/0011-telemetry.md). It knows
//! nothing of tickets, so every adapter may use it.

pub mod metrics;
mod xray;

use std::sync::OnceLock;

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;

use self::metrics::Metrics;

/// Which function this process is.
static FUNCTION: OnceLock<&'static str> = OnceLock::new();

/// What a function hands its metrics over with.
#[derive(Debug, Clone, Copy)]
pub struct Telemetry {
    metrics: Option<Metrics>,
}

/// Starts all of it for the function of this name: logs at the level of `RUST_LOG` (default info), panics by place,
/// without their message, which may quote anything; metrics if there is a `METRICS_NAMESPACE`; traces if Lambda named
/// X-Ray's daemon (`AWS_XRAY_DAEMON_ADDRESS`). Call it once, first; a second call changes nothing.
pub fn init(function: &'static str) -> Telemetry {
    let first = FUNCTION.set(function).is_ok();
    let filter: Targets = std::env::var("RUST_LOG")
        .ok()
        .and_then(|wanted| wanted.parse().ok())
        .unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let log = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(true)
        .with_ansi(false)
        .with_writer(std::io::stdout)
        .with_filter(filter);
    let traces = xray::layer_from_environment();
    let subscriber = tracing_subscriber::registry().with(log).with(traces);
    if tracing::subscriber::set_global_default(subscriber).is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let (file, line) = panic
                .location()
                .map_or(("unknown", 0), |place| (place.file(), place.line()));
            tracing::error!(file, line, "panicked");
        }));
    }
    Telemetry {
        metrics: first.then(Metrics::from_environment).flatten(),
    }
}

impl Telemetry {
    /// Writes what was counted since the last time. Call it after each invocation.
    pub fn flush(&self) {
        if let Some(metrics) = &self.metrics {
            metrics.flush();
        }
    }
}

/// The function that this process is, for metrics that tell functions apart; `none` before [`init`].
#[must_use]
pub fn function() -> &'static str {
    FUNCTION.get().copied().unwrap_or("none")
}
