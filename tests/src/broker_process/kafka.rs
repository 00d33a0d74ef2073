//! Apache Kafka in KRaft mode, one node that is broker and controller. It keeps messages on the disk.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::Engine;
use crate::world::project;

mod iam;

pub use iam::Iam;

/// Small, and quick to start rather than quick to run. It writes warnings on standard error.
const JVM: [&str; 4] = [
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
];
/// Below the ports that the system gives to outgoing connections: nobody takes one while Kafka is dead.
const FIRST_PORT: u16 = 15_000;
const PORTS: u16 = 15_000;

/// Where one is installed, listens and keeps its data, which goes with it.
#[derive(Debug)]
pub struct Kafka {
    engines: PathBuf,
    address: String,
    iam: Option<Iam>,
    dir: TempDir,
}

impl Kafka {
    /// One with an empty store and free loopback ports; with `Some` there is a listener more, for clients
    /// that prove themselves as MSK asks it, with this access key.
    ///
    /// # Errors
    /// When it is not installed (the text says what to do) or cannot format its store.
    pub async fn prepare(access_key: Option<&str>) -> Result<Self> {
        let engines = std::path::absolute(project().join(".tools/engines"))?;
        ensure!(
            engines.join(".ready").exists(),
            "no Apache Kafka in {}; run `make engines` first",
            engines.display()
        );
        let dir = tempfile::tempdir()?;
        let iam = match access_key {
            Some(key) => Some(Iam::prepare(dir.path(), port()?, key).await?),
            None => None,
        };
        let (port, controller) = (port()?, port()?);
        let kafka = Self {
            engines,
            address: format!("127.0.0.1:{port}"),
            iam,
            dir,
        };
        std::fs::write(kafka.settings(), kafka.properties(controller))?;
        kafka.format().await?;
        Ok(kafka)
    }

    /// The listener for IAM.
    ///
    /// # Errors
    /// When it was not asked for.
    pub fn iam(&self) -> Result<&Iam> {
        self.iam.as_ref().context("there is no listener for IAM")
    }

    fn settings(&self) -> PathBuf {
        self.dir.path().join("server.properties")
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    fn properties(&self, controller: u16) -> String {
        let address = &self.address;
        let data = self.dir.path().join("data");
        let data = data.display();
        let (more, protocol, settings) = match &self.iam {
            Some(iam) => (
                format!(",IAM://{}", iam.address()),
                ",IAM:SASL_SSL",
                iam.properties(),
            ),
            None => Default::default(),
        };
        format!(
            "process.roles=broker,controller\n\
             node.id=1\n\
             controller.quorum.voters=1@127.0.0.1:{controller}\n\
             controller.listener.names=CONTROLLER\n\
             inter.broker.listener.name=PLAINTEXT\n\
             listeners=PLAINTEXT://{address},CONTROLLER://127.0.0.1:{controller}{more}\n\
             advertised.listeners=PLAINTEXT://{address}{more}\n\
             listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT{protocol}\n\
             log.dirs={data}\n\
             auto.create.topics.enable=false\n\
             offsets.topic.replication.factor=1\n\
             group.initial.rebalance.delay.ms=0\n\
             {settings}"
        )
    }

    fn java(&self) -> Command {
        let place = |name: &str| self.engines.join(name).display().to_string();
        let class_path = format!("{}:{}", place("classes"), place("kafka/*"));
        let mut java = Command::new("java");
        java.args(JVM).arg("-cp").arg(class_path);
        java
    }

    async fn format(&self) -> Result<()> {
        let done = self
            .java()
            .args(["kafka.tools.StorageTool", "format"])
            // Any 16 bytes in base64.
            .args(["--cluster-id", "dHJpYnV0YXJ5LXRlc3Q"])
            .arg("--config")
            .arg(self.settings())
            .stdin(Stdio::null())
            .output()
            .await
            .context("cannot run java")?;
        ensure!(
            done.status.success(),
            "Kafka cannot format its store: {}{}",
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr)
        );
        Ok(())
    }
}

impl Engine for Kafka {
    fn address(&self) -> &str {
        &self.address
    }

    fn keeps_messages(&self) -> bool {
        true
    }

    fn spawn(&self) -> Result<Child> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.log())?;
        self.java()
            .args(["Leashed", "kafka.Kafka"])
            .arg(self.settings())
            // It ends when this closes, however we end.
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("cannot run java")
    }

    fn last_words(&self) -> String {
        end_of(&self.log())
    }
}

fn end_of(log: &Path) -> String {
    const LINES: usize = 40;
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// A loopback port that nothing listens on, another one at each call.
fn port() -> Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 1000)? * (PORTS / 1000);
    for _ in 0..PORTS {
        let offset = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % PORTS;
        let port = FIRST_PORT + offset;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    anyhow::bail!("no port is free")
}
