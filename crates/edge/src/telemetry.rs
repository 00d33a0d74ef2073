//! Logs: one JSON object a line on stdout, with the request id of the span Lambda's runtime opens.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Starts logging at the level of `RUST_LOG` (default info) and logs panics by place, without their message, which may
/// quote anything. Call it once, first; a second call changes nothing.
pub fn init() {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .from_env_lossy();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(true)
        .with_ansi(false)
        .with_env_filter(filter)
        .with_writer(std::io::stdout)
        .finish();
    if tracing::subscriber::set_global_default(subscriber).is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let (file, line) = panic
                .location()
                .map_or(("unknown", 0), |place| (place.file(), place.line()));
            tracing::error!(file, line, "panicked");
        }));
    }
}
