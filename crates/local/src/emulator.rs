//! The emulator of Cognito, Secrets Manager and S3: a child process that lives exactly as long as the stack.
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use tokio::process::{Child, ChildStdin, Command};
use tributary_edge::aws::http_client;

use crate::ports::free_port;
use crate::processes::{ProcessRecord, end_leftover};

/// The region everything local is in.
pub const REGION: &str = "us-east-1";
/// The access key id that the local endpoints accept.
pub const ACCESS_KEY_ID: &str = "test";
/// Its secret.
pub const SECRET_ACCESS_KEY: &str = "test";

/// The services that are emulated: what the product uses, and what those need themselves.
const SERVICES: &str = "cognito-idp,cognito-identity,secretsmanager,sts,iam,ses,s3";
const LAUNCHER: &str = include_str!("emulator/run.py");
/// It starts in about a second; a machine that compiles beside it may need many.
const START_LIMIT: Duration = Duration::from_secs(90);
const STOP_GRACE: Duration = Duration::from_secs(5);
const ATTEMPTS: u32 = 3;
const CONNECT: Duration = Duration::from_secs(1);

/// SDK configuration for a local endpoint: its URL, region and keys, and nothing of the user's own AWS profile.
pub fn sdk_config(endpoint: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .endpoint_url(endpoint)
        .http_client(http_client(CONNECT))
        .credentials_provider(
            aws_credential_types::provider::SharedCredentialsProvider::new(Credentials::new(
                ACCESS_KEY_ID,
                SECRET_ACCESS_KEY,
                None,
                None,
                "local",
            )),
        )
        .build()
}

/// The running emulator.
#[derive(Debug)]
pub struct Emulator {
    url: String,
    child: Child,
    /// When this closes, by [`Emulator::stop`] or by our death, the emulator ends itself.
    leash: Option<ChildStdin>,
    record: PathBuf,
}

impl Emulator {
    /// Starts the emulator on a free loopback port with its state under `data_dir`, from the Python virtual
    /// environment `venv`, and waits until it answers. What an earlier run left behind is ended first.
    ///
    /// # Errors
    /// When the virtual environment lacks what requirements.txt names (the text says what to do), or when the
    /// emulator ends or stays silent (the text holds the end of its log).
    pub async fn start(data_dir: &Path, venv: &Path) -> Result<Self> {
        let python = venv.join("bin/python");
        if !python.exists() {
            bail!(
                "there is no Python environment in {}; run `make setup` first",
                venv.display()
            );
        }
        let home = std::path::absolute(data_dir)?.join("emulator");
        std::fs::create_dir_all(home.join("tmp"))
            .with_context(|| format!("cannot create {}", home.display()))?;
        let record = home.join("process.json");
        end_leftover(&record, STOP_GRACE).await?;
        let launcher = home.join("run.py");
        std::fs::write(&launcher, LAUNCHER)
            .with_context(|| format!("cannot write {}", launcher.display()))?;

        let mut last = None;
        for _ in 0..ATTEMPTS {
            // Somebody else may take the free port before the child does; then the next attempt finds another.
            match Self::start_on(free_port()?, &home, &python, &launcher, &record).await {
                Ok(emulator) => return Ok(emulator),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("the emulator was not started")))
    }

    async fn start_on(
        port: u16,
        home: &Path,
        python: &Path,
        launcher: &Path,
        record: &Path,
    ) -> Result<Self> {
        let log_path = home.join("log");
        let log = std::fs::File::create(&log_path)
            .with_context(|| format!("cannot write {}", log_path.display()))?;
        let mut child = Command::new(python)
            .arg(launcher)
            .env("AUTH", "true")
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("IOT_MTLS_ENABLED", "0")
            .env("SFTP_ENABLED", "0")
            .env("SERVICES", SERVICES)
            .env("PERSIST_STATE", "1")
            .env("STATE_DIR", home.join("state"))
            .env("S3_PERSIST", "1")
            .env("S3_DATA_DIR", home.join("s3"))
            .env("TMPDIR", home.join("tmp"))
            .env("MINISTACK_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .env("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
            // No container is ever wanted; without this a Docker daemon would be searched for leftovers.
            .env("DOCKER_HOST", "unix:///nonexistent")
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            // Ctrl-C in the terminal is for the stack, which then ends this in its own order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot run {}", python.display()))?;
        let leash = child.stdin.take();
        if let Some(pid) = child.id()
            && let Some(process) = ProcessRecord::of(pid, &launcher.to_string_lossy())
        {
            process.write(record)?;
        }
        let mut emulator = Self {
            url: format!("http://127.0.0.1:{port}"),
            child,
            leash,
            record: record.to_owned(),
        };
        emulator.wait_until_healthy(&log_path).await?;
        Ok(emulator)
    }

    async fn wait_until_healthy(&mut self, log: &Path) -> Result<()> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(2))
            .build()?;
        let health = format!("{}/_ministack/health", self.url);
        let deadline = Instant::now() + START_LIMIT;
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "{}",
                    what_the_log_says(log, &format!("ended at once ({status})"))
                );
            }
            let answer = client.get(&health).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("{}", what_the_log_says(log, "does not answer"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Where all three services answer, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The keys that sign this pool's tokens.
    pub fn jwks_url(&self, user_pool_id: &str) -> String {
        format!("{}/{user_pool_id}/.well-known/jwks.json", self.url)
    }

    /// Resolves when the emulator has ended although nobody stopped it.
    pub async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => format!("the emulator ended ({status})"),
            Err(error) => format!("the emulator cannot be watched ({error})"),
        }
    }

    /// Ends the emulator: in good order first, by force when that takes longer than five seconds.
    pub async fn stop(mut self) {
        drop(self.leash.take());
        if tokio::time::timeout(STOP_GRACE, self.child.wait())
            .await
            .is_err()
        {
            // Only fails when it has ended meanwhile. Nothing is lost either way: it writes before it answers.
            let _ = self.child.kill().await;
        }
        let _ = std::fs::remove_file(&self.record);
    }
}

/// The `iss` claim of a pool's tokens: the emulator signs with the address that AWS would.
pub fn issuer(user_pool_id: &str) -> String {
    format!("https://cognito-idp.{REGION}.amazonaws.com/{user_pool_id}")
}

fn what_the_log_says(log: &Path, what: &str) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    if text.contains("No module named") {
        return "the Python environment is incomplete; run `make setup` again".to_owned();
    }
    let lines: Vec<&str> = text.lines().collect();
    let end = lines[lines.len().saturating_sub(8)..].join("\n");
    format!("the emulator {what}; the end of {}:\n{end}", log.display())
}
