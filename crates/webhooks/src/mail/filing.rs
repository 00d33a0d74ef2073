//! What becomes of a proven mail.

use bytes::Bytes;
use tributary_domain::Surroundings;
use tributary_domain::ports::Blobs;
use tributary_domain::receive::{Counts, Outcome, Received};
use tributary_domain::surroundings::Deadline;

use crate::Deps;

/// Files a mail, or keeps it raw when it cannot be read.
pub(super) async fn file(
    deps: &Deps,
    _content_type: &str,
    raw: &Bytes,
    _deadline: Deadline,
) -> Outcome {
    let key = format!("parked/email/{:032x}.mime", deps.desk.surroundings.random());
    let kept = deps
        .desk
        .blobs
        .put_new(&key, "application/octet-stream", raw.to_vec());
    let unfinished = kept.await.err().map(Into::into);
    let counts = Counts {
        parked: 1,
        ..Counts::default()
    };
    Outcome {
        received: Received {
            counts,
            events: Vec::new(),
        },
        unfinished,
    }
}
