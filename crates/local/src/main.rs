//! `tributary-local`: serves the whole product on loopback until Ctrl-C.

use std::path::PathBuf;
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;
use tributary_local::pages::POLL_SECONDS;
use tributary_local::stack::{Options, SWEEP_SECONDS, Stack};

/// The engine of DynamoDB warns of every failed condition, which is how races are meant to end.
const USUAL_LOGS: &str = "warn,dynoxide=error";

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL_LOGS)),
        )
        .with_writer(std::io::stderr)
        .init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => serve().await,
        ["replay"] => replay(None).await,
        ["replay", channel] => replay(Some(channel)).await,
        [..] => Err(anyhow::anyhow!(
            "expected nothing, or `replay` and perhaps a channel"
        )),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tributary-local: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> anyhow::Result<()> {
    let mut stack = Stack::start(options()?, |step| println!("  {step}")).await?;
    println!("{}", stack.info().welcome());
    println!("ready {}", stack.info().api_url);
    let outcome = tokio::select! {
        result = interrupted() => result,
        reason = stack.failed() => Err(anyhow::anyhow!(reason)),
    };
    println!("stopping …");
    stack.stop().await;
    outcome
}

/// Replays what is parked in the stack that runs on `PORT`, and tells how it goes.
async fn replay(channel: Option<&str>) -> anyhow::Result<()> {
    let address = format!("http://127.0.0.1:{}", port()?);
    let summary =
        tributary_local::replay::run(&address, channel, |line| println!("  {line}")).await?;
    println!("{summary}");
    Ok(())
}

fn port() -> anyhow::Result<u16> {
    match std::env::var("PORT") {
        Ok(text) if !text.is_empty() => text.parse().map_err(|_| {
            anyhow::anyhow!(
                "PORT must be a number from 0 to 65535, such as 8787; 0 takes a free port"
            )
        }),
        Ok(_) | Err(_) => Ok(8787),
    }
}

fn options() -> anyhow::Result<Options> {
    let path = |name: &str, default: &str| {
        PathBuf::from(std::env::var_os(name).unwrap_or_else(|| default.into()))
    };
    Ok(Options {
        port: port()?,
        data_dir: path("DATA_DIR", ".local"),
        tools: path("TOOLS_DIR", ".tools/venv"),
        frontend: path("FRONTEND_DIR", "frontend"),
        poll_seconds: seconds("POLL_SECONDS", POLL_SECONDS, 3_600)?,
        sweep_seconds: seconds("SWEEP_SECONDS", SWEEP_SECONDS, 60)?,
        environment: std::env::vars().collect(),
    })
}

/// A number of seconds from the environment, at least one.
fn seconds(name: &str, default: u32, most: u32) -> anyhow::Result<u32> {
    let text = std::env::var(name).unwrap_or_default();
    if text.is_empty() {
        return Ok(default);
    }
    let seconds = text.parse().ok().filter(|s| (1..=most).contains(s));
    seconds.ok_or_else(|| {
        anyhow::anyhow!("{name} must be a number of seconds from 1 to {most}, such as {default}")
    })
}

/// Ctrl-C, or the polite end that a supervisor asks for.
async fn interrupted() -> anyhow::Result<()> {
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminated.recv() => {}
    }
    Ok(())
}
