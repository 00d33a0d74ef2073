//! Deletes blobs that nothing shows any more: what people took back, and texts that were replaced (Meta, app review,
//! "unsend").

use std::time::Duration;

use futures::{StreamExt, TryStreamExt};

use crate::ports::{Blobs, Errand, Outbox, PortError};
use crate::receive::Desk;
use crate::surroundings::Surroundings;

/// Deletions under way at the same time.
const PARALLEL: usize = 8;
/// Once at once, and once when everybody has ended who may have been storing the same blob when it was taken back.
const PASSES: u32 = 2;
/// Between them: longer than any invocation lives.
const OUTLIVED: Duration = Duration::from_secs(5 * 60);

/// Deletes the blobs of an errand.
///
/// # Errors
/// [`PortError`]; the errand is due still.
pub(super) async fn run<T: Outbox, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    errand: &Errand,
    keys: &[String],
) -> Result<(), PortError> {
    let deletions: Vec<_> = keys.iter().map(|key| desk.blobs.delete(key)).collect();
    futures::stream::iter(deletions)
        .buffer_unordered(PARALLEL)
        .try_collect::<()>()
        .await?;
    let (ticket_id, blobs, pass) = (errand.ticket_id.as_str(), keys.len(), errand.attempt);
    tracing::info!(
        ticket_id,
        blobs,
        pass,
        "what nothing shows any more is erased"
    );
    // Whoever was faster did the same.
    if errand.attempt < PASSES {
        let next = Errand {
            attempt: errand.attempt + 1,
            due_at: desk.surroundings.now().plus(OUTLIVED),
            ..errand.clone()
        };
        desk.tickets.postpone_errand(errand, &next).await.map(drop)
    } else {
        desk.tickets.finish_errand(errand).await.map(drop)
    }
}
