//! The built local stack as a process, talked to over HTTP.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::{Method, Response};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::runtime_api::built_binary;
use crate::sign_in::sign_in;
use crate::whatsapp;
use crate::world::project;

/// The first start creates users, secrets and tables on a machine that does other things too.
const START_LIMIT: Duration = Duration::from_secs(120);

/// A running stack.
pub struct LocalStack {
    child: Child,
    data_dir: PathBuf,
    client: reqwest::Client,
    /// Where it said that it is ready.
    pub url: String,
    /// What it tells about itself.
    pub info: Value,
}

fn command(data_dir: &Path, port: u16, environment: &[(&str, &str)]) -> Result<Command> {
    let mut command = Command::new(built_binary("tributary-local")?);
    command
        .env("PORT", port.to_string())
        .env("DATA_DIR", data_dir)
        .env("TOOLS_DIR", project().join(".tools/venv"))
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    Ok(command)
}

/// Runs the stack on a port where it cannot start, until it has ended.
///
/// # Errors
/// When it does not end.
pub async fn refused_start(data_dir: &Path, port: u16) -> Result<Output> {
    let ended = command(data_dir, port, &[])?.output();
    Ok(tokio::time::timeout(START_LIMIT, ended).await??)
}

impl LocalStack {
    /// Starts it on a free port and waits until it says that it is ready.
    ///
    /// # Errors
    /// When it ends or stays silent.
    pub async fn start(data_dir: &Path, environment: &[(&str, &str)]) -> Result<Self> {
        let mut child = command(data_dir, 0, environment)?
            .stderr(Stdio::inherit())
            .spawn()?;
        let output = child.stdout.take().context("no output")?;
        let mut lines = BufReader::new(output).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                if let Some(url) = line.strip_prefix("ready ") {
                    return Ok(url.to_owned());
                }
            }
            bail!("the stack ended before it was ready")
        };
        let url = tokio::time::timeout(START_LIMIT, ready).await??;
        // Nobody may be stopped by a pipe that nobody reads.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let client = reqwest::Client::builder().no_proxy().build()?;
        let info = client.get(format!("{url}/local/info")).send().await?;
        Ok(Self {
            child,
            data_dir: data_dir.to_owned(),
            client,
            info: info.error_for_status()?.json().await?,
            url,
        })
    }

    /// Kills it with SIGKILL and waits until it is gone; what it started may live on.
    ///
    /// # Errors
    /// The system's.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Ends it as Ctrl-C or a supervisor does.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn terminate(mut self) -> Result<ExitStatus> {
        let id = self.child.id().context("it has ended")?.to_string();
        Command::new("kill").args(["-TERM", &id]).status().await?;
        Ok(tokio::time::timeout(START_LIMIT, self.child.wait()).await??)
    }

    /// A string of what it tells about itself.
    #[must_use]
    pub fn told(&self, pointer: &str) -> String {
        let told = self.info.pointer(pointer).and_then(Value::as_str);
        told.unwrap_or_default().to_owned()
    }

    /// Signs one of the seeded people in, `agent` or `supervisor`.
    ///
    /// # Errors
    /// When Cognito refuses.
    pub async fn sign_in(&self, who: &str) -> Result<String> {
        sign_in(
            &self.told("/cognito/endpoint"),
            &self.told("/cognito/client_id"),
            &self.told(&format!("/{who}/email")),
            &self.told(&format!("/{who}/password")),
        )
        .await
    }

    /// Delivers a signed WhatsApp body. Fails when the stack does not answer.
    pub fn deliver(
        &self,
        body: Vec<u8>,
    ) -> impl Future<Output = reqwest::Result<Response>> + use<> {
        let request = self
            .client
            .post(format!("{}/api/webhooks/whatsapp", self.url))
            .header("content-type", "application/json")
            .header("x-hub-signature-256", whatsapp::signature(&body));
        request.body(body).send()
    }

    /// Calls the API and returns status and body.
    ///
    /// # Errors
    /// When the stack does not answer with JSON.
    pub async fn call(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(u16, Value)> {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    /// Ids of the processes that belong to a stack with this data directory: itself and what it started.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        processes_of(&self.data_dir)
    }
}

/// Ids of the processes that belong to a stack with this data directory.
#[must_use]
pub fn processes_of(data_dir: &Path) -> Vec<u32> {
    let mark = format!("DATA_DIR={}", data_dir.display()).into_bytes();
    let mut found: Vec<u32> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|id: &u32| {
            let environment = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|v| v == mark)
        })
        .collect();
    found.sort_unstable();
    found
}
