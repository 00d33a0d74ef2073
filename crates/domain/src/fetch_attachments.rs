//! Fetching what customers attached, before the platforms' addresses expire. A file that cannot be had never
//! costs its message. Repeated and concurrent tries end the same: the key of a file is that of its attachment.

use std::time::Duration;

use crate::attachment::{Attachment, AttachmentState, MediaSource};
use crate::channel::AccountId;
use crate::draft::Draft;
use crate::id::AttachmentId;
use crate::message::Message;
use crate::ports::{
    Blobs, Commit, CommitError, FetchError, FetchIntent, FetchWrite, Fetched, MediaFetcher, Outbox,
    PortError, Tickets, budget,
};
use crate::receive::Desk;
use crate::retry::{Backoff, jitter};
use crate::surroundings::{Deadline, Surroundings};

/// Waits between tries, each with a half of jitter.
const WAITS: [Duration; 7] = [
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(3600),
    Duration::from_secs(6 * 3600),
    Duration::from_secs(12 * 3600),
];
/// Tries of an address: those of Meta are good for hours at most.
const URL_TRIES: u32 = 5;
/// Tries of an id: WhatsApp keeps what users send for seven days.
const MEDIA_TRIES: u32 = 8;
/// How long what was fetched may take to be stored.
const COMMIT_BUDGET: Duration = Duration::from_secs(10);

/// What became of one file.
enum Settled {
    /// It is in the blob store.
    Stored {
        key: String,
        mime_type: &'static str,
        extension: &'static str,
        size: u64,
    },
    /// It is not to be had.
    Lost,
    /// It is tried again.
    Later(Option<Duration>),
    /// There was no time to try.
    Untried,
}

/// Fetches what is due of a ticket. `deadline` is when nothing more is started.
///
/// # Errors
/// [`PortError`]; what was to be fetched is still there.
pub async fn fetch_attachments<T, B, S, F>(
    desk: &Desk<T, B, S>,
    fetcher: &F,
    ticket_id: &crate::id::TicketId,
    deadline: Deadline,
) -> Result<(), PortError>
where
    T: Tickets + Outbox,
    B: Blobs,
    S: Surroundings,
    F: MediaFetcher,
{
    for intent in desk.tickets.fetches(ticket_id).await? {
        if deadline.passed(&desk.surroundings) {
            return Ok(());
        }
        if intent.due_at <= desk.surroundings.now() {
            fetch_those_of(desk, fetcher, &intent, deadline).await?;
        }
    }
    Ok(())
}

async fn fetch_those_of<T, B, S, F>(
    desk: &Desk<T, B, S>,
    fetcher: &F,
    intent: &FetchIntent,
    deadline: Deadline,
) -> Result<(), PortError>
where
    T: Tickets + Outbox,
    B: Blobs,
    S: Surroundings,
    F: MediaFetcher,
{
    let mut settled: Vec<(AttachmentId, Settled)> = Vec::new();
    if let Some((draft, message)) = load(desk, intent).await? {
        let account = draft.ticket().source.account_id.clone();
        for attachment in message.attachments {
            if attachment.state != AttachmentState::Pending {
                continue;
            }
            let outcome = if deadline.passed(&desk.surroundings) {
                Settled::Untried
            } else {
                let channel = message.channel;
                fetch(
                    desk,
                    fetcher,
                    channel,
                    &account,
                    &attachment,
                    intent.attempt,
                )
                .await?
            };
            settled.push((attachment.id, outcome));
        }
    }
    store(desk, intent, &settled).await
}

async fn fetch<T, B: Blobs, S, F: MediaFetcher>(
    desk: &Desk<T, B, S>,
    fetcher: &F,
    channel: crate::channel::Channel,
    account: &AccountId,
    attachment: &Attachment,
    attempt: u32,
) -> Result<Settled, PortError> {
    let Some(source) = &attachment.source else {
        return Ok(Settled::Lost);
    };
    let tries = match source {
        MediaSource::Url(_) => URL_TRIES,
        MediaSource::Media { .. } => MEDIA_TRIES,
    };
    match fetcher.fetch(channel, account, source).await {
        Ok(Fetched {
            bytes,
            mime_type,
            extension,
        }) => {
            let key = attachment.key();
            let size = bytes.len() as u64;
            desk.blobs.put(&key, mime_type, bytes).await?;
            Ok(Settled::Stored {
                key,
                mime_type,
                extension,
                size,
            })
        }
        Err(error) => {
            let attachment_id = attachment.id.as_str();
            tracing::warn!(%channel, attachment_id, attempt, %error, "a file was not fetched");
            Ok(match error {
                FetchError::NotNow { retry_after, .. } if attempt < tries => {
                    Settled::Later(retry_after)
                }
                FetchError::NotNow { .. } | FetchError::Never(_) => Settled::Lost,
            })
        }
    }
}

/// Stores what became of the files, and the end or the next try of the intent, in one commit.
async fn store<T: Tickets + Outbox, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    intent: &FetchIntent,
    settled: &[(AttachmentId, Settled)],
) -> Result<(), PortError> {
    let deadline = Deadline::after(&desk.surroundings, COMMIT_BUDGET);
    let mut backoff = Backoff::default();
    loop {
        let Some((mut draft, message)) = load(desk, intent).await? else {
            return Err(PortError::Corrupt(
                "an intent to fetch names no message".to_owned(),
            ));
        };
        drop_unshown(desk, &message, settled).await?;
        let mut later: Option<Duration> = None;
        let mut is_cut_short = false;
        for (id, outcome) in settled {
            match outcome {
                Settled::Untried => is_cut_short = true,
                Settled::Later(asked) => later = later.max(Some(asked.unwrap_or_default())),
                Settled::Lost => draft.settle_file(intent.position, id, |file| {
                    file.state = AttachmentState::Unavailable;
                }),
                Settled::Stored {
                    key,
                    mime_type,
                    extension,
                    size,
                } => draft.settle_file(intent.position, id, |file| {
                    file.state = AttachmentState::Stored;
                    file.blob_key = Some(key.clone());
                    file.mime_type = Some((*mime_type).to_owned());
                    file.size_bytes = Some(*size);
                    file.name
                        .get_or_insert_with(|| format!("{}.{extension}", file.kind.as_str()));
                }),
            }
        }
        let fetch = match later {
            // What was not tried costs no try.
            None if is_cut_short => FetchWrite::Replace {
                from: intent.clone(),
                to: FetchIntent {
                    due_at: draft.now(),
                    ..intent.clone()
                },
            },
            None => FetchWrite::Finish(intent.clone()),
            Some(asked) => FetchWrite::Replace {
                from: intent.clone(),
                to: FetchIntent {
                    attempt: intent.attempt + 1,
                    due_at: draft.now().plus(wait(desk, intent.attempt).max(asked)),
                    ..intent.clone()
                },
            },
        };
        let commit = Commit {
            fetches: vec![fetch],
            ..draft.finish()
        };
        let left = budget(deadline, &desk.surroundings);
        match desk.tickets.commit(&commit, left).await {
            Ok(()) => return Ok(()),
            Err(CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_)) => {
                let still_there = desk.tickets.fetches(&intent.ticket_id).await?;
                // Another relay was faster; the sweep comes back for what is left.
                if !still_there.contains(intent)
                    || !backoff.wait(&desk.surroundings, deadline).await
                {
                    return Ok(());
                }
            }
            Err(CommitError::Failed(error)) => return Err(error),
        }
    }
}

/// Deletes what was stored for a message that was taken back meanwhile. Whoever is killed before is made up for
/// by the message's own errand, which erases twice.
async fn drop_unshown<T, B: Blobs, S>(
    desk: &Desk<T, B, S>,
    message: &Message,
    settled: &[(AttachmentId, Settled)],
) -> Result<(), PortError> {
    for (id, outcome) in settled {
        let is_shown = message.attachments.iter().any(|file| file.id == *id);
        if let (Settled::Stored { key, .. }, false) = (outcome, is_shown) {
            desk.blobs.delete(key).await?;
        }
    }
    Ok(())
}

fn wait<T, B, S: Surroundings>(desk: &Desk<T, B, S>, attempt: u32) -> Duration {
    let index = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let base = WAITS[index.min(WAITS.len() - 1)];
    base / 2 + jitter(&desk.surroundings, base / 2)
}

/// A draft of the intent's ticket with its message at hand.
async fn load<'d, T: Tickets, B: Blobs, S: Surroundings>(
    desk: &'d Desk<T, B, S>,
    intent: &FetchIntent,
) -> Result<Option<(Draft<'d, S>, Message)>, PortError> {
    let message = (&intent.message_id, intent.position);
    Draft::of_message(
        &desk.surroundings,
        &desk.tickets,
        &intent.ticket_id,
        message,
    )
    .await
}

#[cfg(test)]
mod tests;
