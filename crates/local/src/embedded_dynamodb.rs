//! DynamoDB in this process: persistent in one file, served over the real wire protocol on a free loopback port.
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use dynoxide::Database;
use tokio::runtime::Runtime;
use tokio::sync::Notify;

use crate::ports;

mod stream_records;

/// As often as the local stack looks for items whose time to live is over; AWS takes up to days.
const TTL_SWEEP: Duration = Duration::from_secs(60);
const STOP_GRACE: Duration = Duration::from_secs(5);

/// The running engine. It has threads of its own, because its SQLite work blocks the thread that serves it.
#[derive(Debug)]
pub struct EmbeddedDynamodb {
    url: String,
    stop: Arc<Notify>,
    /// None only after [`EmbeddedDynamodb::stop`].
    runtime: Option<Runtime>,
    server: tokio::task::JoinHandle<Result<(), String>>,
}

impl EmbeddedDynamodb {
    /// Opens or creates `dynamodb.db` in `data_dir` and serves it.
    ///
    /// An acknowledged write survives kill -9: SQLite runs in WAL mode with `synchronous=FULL`, the default of
    /// the engine, so it is on the disk before it is answered.
    ///
    /// # Errors
    /// When the file cannot be opened or no port is free.
    pub async fn start(data_dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(data_dir)
            .with_context(|| format!("cannot create {}", data_dir.display()))?;
        let path = data_dir.join("dynamodb.db");
        let name = path
            .to_str()
            .with_context(|| format!("{} is not UTF-8", path.display()))?;
        let db = Database::new(name)
            .map_err(|error| anyhow!("cannot open {}: {error}", path.display()))?;
        stream_records::keep_fast(&path)
            .with_context(|| format!("cannot prepare {}", path.display()))?;

        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("dynamodb")
            .enable_all()
            .build()?;
        // Bound here, so that the first request waits in the queue and is never refused.
        let listener = ports::listen(0).await?.into_std()?;
        let url = format!("http://{}", listener.local_addr()?);
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let served = db.clone();
        let server = runtime.spawn(async move {
            let listener =
                tokio::net::TcpListener::from_std(listener).map_err(|error| error.to_string())?;
            let stopped = async move { stopped.notified().await };
            dynoxide::server::serve_with_shutdown(listener, served, stopped).await
        });
        runtime.spawn(async move {
            let mut ticks = tokio::time::interval(TTL_SWEEP);
            loop {
                ticks.tick().await;
                if let Err(error) = db.sweep_ttl() {
                    tracing::warn!(%error, "expired items could not be removed");
                }
            }
        });
        Ok(Self {
            url,
            stop,
            runtime: Some(runtime),
            server,
        })
    }

    /// The endpoint, for DynamoDB and DynamoDB Streams alike.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops serving: running requests finish, for at most five seconds.
    pub async fn stop(mut self) {
        self.stop.notify_one();
        // A client that keeps a connection busy loses it here; what was acknowledged is on disk.
        let _ = tokio::time::timeout(STOP_GRACE, &mut self.server).await;
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for EmbeddedDynamodb {
    fn drop(&mut self) {
        // A runtime may not be dropped, only shut down, where another one runs.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
