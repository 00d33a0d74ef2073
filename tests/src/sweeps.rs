//! Sweeps that a test does something beside, or repeats.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::runtime_api::Lambda;
use crate::world::{World, sweep};

/// Sweeps in the background, so that the relay can be killed meanwhile.
#[must_use]
pub fn begin_sweep(relay: &Arc<Lambda>) -> JoinHandle<Result<()>> {
    let relay = Arc::clone(relay);
    tokio::spawn(async move { sweep(&relay).await })
}

/// Sweeps as often as the schedule does in ten minutes, until no event waits.
///
/// # Errors
/// When events wait still.
pub async fn sweep_until_told(world: &World, relay: &Lambda) -> Result<()> {
    for _ in 0..10 {
        sweep(relay).await?;
        if world.events().await?.1 == 0 {
            return Ok(());
        }
    }
    bail!("events are left after ten minutes: {:#?}", relay.lines())
}

/// Kills a relay that has announced a send and not made it: it asks for its token in between.
///
/// # Errors
/// When it does not ask.
pub async fn kill_before_the_call(world: &World) -> Result<()> {
    let secrets = TcpListener::bind(("127.0.0.1", 0)).await?;
    let nowhere = format!("http://{}", secrets.local_addr()?);
    let blind = [("AWS_ENDPOINT_URL_SECRETS_MANAGER", nowhere.as_str())];
    let relay = Arc::new(world.function_with("relay", &blind).await?);
    let sweeping = begin_sweep(&relay);
    let _open = tokio::time::timeout(Duration::from_secs(60), secrets.accept())
        .await
        .context("the token was not asked for")??;
    relay.kill().await;
    ensure!(sweeping.await?.is_err(), "the relay ended its sweep");
    Ok(())
}
