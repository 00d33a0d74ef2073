//! Keeps the sandbox's state in a file, so that conversations are there after a restart.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::model::State;

/// Changes within this time are written as one.
pub(super) const TOGETHER: Duration = Duration::from_millis(200);

/// The state that was kept, if there is one that can be read.
pub(super) fn load(file: &Path) -> Option<State> {
    let bytes = std::fs::read(file).ok()?;
    match serde_json::from_slice(&bytes) {
        Ok(state) => Some(state),
        Err(error) => {
            tracing::warn!(%error, "the sandbox starts anew: its file cannot be read");
            None
        }
    }
}

/// Writes the state beside the file and puts it in its place, so that the file is always whole.
pub(super) async fn save(file: PathBuf, state: Vec<u8>) {
    let outcome = tokio::task::spawn_blocking(move || {
        let beside = file.with_extension("json.new");
        std::fs::write(&beside, state)?;
        std::fs::rename(&beside, &file)
    })
    .await;
    let error = match outcome {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    tracing::warn!(%error, "the sandbox's conversations could not be kept");
}
