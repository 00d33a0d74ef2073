//! A double of the Lambda Runtime API: starts a built Lambda binary as Lambda would, invokes it, kills it.
//! (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html)
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot, watch};

mod http_event;
mod server;

pub use http_event::HttpAnswer;

use crate::aws_tap::AwsTap;

use server::{Api, Invocation};

/// Why an invocation has no answer.
#[derive(Debug, thiserror::Error)]
pub enum InvocationError {
    /// The function reported an error for this invocation, and lives on.
    #[error("the function failed: {kind}: {message}")]
    Failed {
        /// `errorType` of the report.
        kind: String,
        /// `errorMessage` of the report.
        message: String,
    },
    /// The process was killed, or ended by itself, before it answered.
    #[error("the process ended before it answered")]
    Ended,
    /// The function took longer than it may; its process was killed, as Lambda does.
    #[error("the function did not answer in time")]
    TimedOut,
    /// The answer is none that API Gateway could use; it would answer 502.
    #[error("the answer is no proxy response: {0}")]
    Malformed(String),
}

/// One process of a function. Several may run of one binary; each handles one invocation at a time, so
/// concurrent calls of [`Lambda::invoke`] wait for each other.
#[derive(Debug)]
pub struct Lambda {
    invocations: mpsc::UnboundedSender<Invocation>,
    api: Arc<Api>,
    kill: mpsc::UnboundedSender<()>,
    ended: watch::Receiver<bool>,
    lines: Arc<Mutex<Vec<String>>>,
    timeout: Duration,
    tap: Option<AwsTap>,
}

/// Where `sam build` put the functions; unset = those beside the running test.
const SAM_BUILD_VARIABLE: &str = "SAM_BUILD_DIR";

/// The path of the binary `name` in the target directory that the running test was built into, or of the bootstrap that
/// `sam build` made of it, where `SAM_BUILD_DIR` names its output.
///
/// # Errors
/// When it is not there; the text says how to build it.
pub fn built_binary(name: &str) -> Result<PathBuf> {
    let function = FUNCTIONS.iter().find(|(binary, _)| *binary == name);
    if let (Some(directory), Some((_, resource))) = (std::env::var_os(SAM_BUILD_VARIABLE), function)
    {
        let bootstrap = Path::new(&directory).join(resource).join("bootstrap");
        if !bootstrap.exists() {
            bail!(
                "{} is not built; run `make sam-build ARCH=x86_64` first",
                bootstrap.display()
            );
        }
        return Ok(bootstrap);
    }
    let test = std::env::current_exe()?;
    let profile = test
        .ancestors()
        .nth(2)
        .context("the test runs outside of a target directory")?;
    let binary = profile.join(name);
    if !binary.exists() {
        bail!(
            "{} is not built; run `cargo build --workspace --bins` first",
            binary.display()
        );
    }
    Ok(binary)
}

/// The product's functions: each binary, and what it is called in the template.
pub const FUNCTIONS: [(&str, &str); 6] = [
    ("webhooks", "WebhooksFunction"),
    ("mail", "MailFunction"),
    ("mail-authorizer", "MailAuthorizerFunction"),
    ("tickets", "TicketsFunction"),
    ("chatbot-status", "ChatbotStatusFunction"),
    ("relay", "RelayFunction"),
];

impl Lambda {
    /// Starts `binary` with nothing in its environment but what Lambda sets and `environment`. An invocation
    /// may take `timeout`.
    ///
    /// # Errors
    /// When the binary cannot be started. An error of its initialisation shows at the first invocation.
    pub async fn start(
        binary: &Path,
        environment: &[(&str, &str)],
        timeout: Duration,
    ) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        let name = binary.file_name().context("the binary has no name")?;
        let mut child = Command::new(binary)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("AWS_LAMBDA_RUNTIME_API", address)
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/test")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "test")
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .env("AWS_REGION", "us-east-1")
            .env("_HANDLER", "bootstrap")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;

        let lines = Arc::new(Mutex::new(Vec::new()));
        let captured = futures::future::join(
            capture(child.stdout.take(), Arc::clone(&lines)),
            capture(child.stderr.take(), Arc::clone(&lines)),
        );
        let (invocations, queue) = mpsc::unbounded_channel();
        let api = Arc::new(Api::new(queue, timeout));
        let server = server::serve(listener, Arc::clone(&api));
        let (kill, killed) = mpsc::unbounded_channel();
        let (end, ended) = watch::channel(false);
        tokio::spawn(async move {
            watch_over(child, killed).await;
            captured.await;
            server.abort();
            let _ = end.send(true);
        });
        Ok(Self {
            invocations,
            api,
            kill,
            ended,
            lines,
            timeout,
            tap: None,
        })
    }

    /// Keeps the process's way to AWS for as long as there is the process.
    pub(crate) fn keep(&mut self, tap: Option<AwsTap>) {
        self.tap = tap;
    }

    /// Invokes the function with `event` and returns what it answers.
    ///
    /// # Errors
    /// See [`InvocationError`].
    pub async fn invoke(&self, event: Value) -> Result<Value, InvocationError> {
        let (answer, mut answered) = oneshot::channel();
        let invocation = Invocation { event, answer };
        self.invocations
            .send(invocation)
            .map_err(|_| InvocationError::Ended)?;
        let mut ended = self.ended.clone();
        tokio::select! {
            biased;
            answer = &mut answered => answer.unwrap_or(Err(InvocationError::Ended)),
            // The process may have answered with its last breath, or said why it cannot start.
            () = gone(&mut ended) => match answered.try_recv() {
                Ok(answer) => answer,
                Err(_) => Err(self.api.initialisation_error().unwrap_or(InvocationError::Ended)),
            },
            () = tokio::time::sleep(self.timeout) => {
                self.kill().await;
                Err(InvocationError::TimedOut)
            }
        }
    }

    /// Sends an HTTP request through API Gateway's REST proxy integration, stage `prod`.
    ///
    /// # Errors
    /// See [`InvocationError`].
    pub async fn http(
        &self,
        method: &str,
        path_and_query: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<HttpAnswer, InvocationError> {
        let event = http_event::request(method, path_and_query, headers, body);
        http_event::answer(self.invoke(event).await?)
    }

    /// Kills the process with SIGKILL and waits until it is gone and all that it wrote is read.
    pub async fn kill(&self) {
        let _ = self.kill.send(());
        gone(&mut self.ended.clone()).await;
    }

    /// Whether the process has ended.
    pub fn has_ended(&self) -> bool {
        *self.ended.borrow()
    }

    /// What was read so far of the process's standard output and standard error, line by line. What it wrote before
    /// an answer may be read after it: only of a process that has ended these are all lines.
    pub fn lines(&self) -> Vec<String> {
        self.lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Until the process is gone and all that it wrote is read.
async fn gone(ended: &mut watch::Receiver<bool>) {
    // An error says that its watcher has ended, which it does after the process only.
    let _ = ended.wait_for(|ended| *ended).await;
}

/// Until the process has ended, by itself or because it is to be killed (or nobody is left who could ask).
async fn watch_over(mut child: Child, mut killed: mpsc::UnboundedReceiver<()>) {
    tokio::select! {
        _ = child.wait() => {}
        _ = killed.recv() => {
            // Fails only when it has ended meanwhile.
            let _ = child.kill().await;
        }
    }
}

/// Reads a stream line by line, from now on; what it returns is ready at its end.
fn capture(
    stream: Option<impl AsyncRead + Send + Unpin + 'static>,
    lines: Arc<Mutex<Vec<String>>>,
) -> impl Future<Output = ()> {
    let reading = tokio::spawn(async move {
        let Some(stream) = stream else { return };
        let mut reader = BufReader::new(stream).lines();
        while let Ok(Some(line)) = reader.next_line().await {
            lines
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line);
        }
    });
    async move {
        // Fails only when the reader panicked, which the test's output shows.
        let _ = reading.await;
    }
}
