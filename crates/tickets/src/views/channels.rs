//! How our accounts stand, on the wire.

use serde::{Deserialize, Serialize};
use tributary_domain::account::{AccountRecord, AccountState, Standing};
use tributary_domain::delivery::DeliveryError;
use tributary_domain::gate::{Gate, LastError};
use tributary_domain::list_channels::{ChannelAccount, ParkedBodies, Queued};
use utoipa::ToSchema;

use super::names::ChannelName;

/// One of our accounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelView {
    /// The channel.
    pub channel: ChannelName,
    /// The page, number or user.
    #[schema(example = "300001")]
    pub account_id: String,
    /// Whether it may be used, as far as is known.
    pub state: AccountStateName,
    /// Why it may not be used.
    #[schema(required)]
    pub reason: Option<String>,
    /// Since when it stands so; null when nothing was ever heard of it.
    #[schema(required, format = DateTime)]
    pub since: Option<String>,
    /// When it was last checked with the platform.
    #[schema(required, format = DateTime)]
    pub last_checked_at: Option<String>,
    /// What is kept raw of its channel; null when nothing is.
    #[schema(required)]
    pub parked: Option<ParkedView>,
    /// What waits to be sent; null when nothing does.
    #[schema(required)]
    pub queue: Option<QueueView>,
    /// When something was last sent, to the minute.
    #[schema(required, format = DateTime)]
    pub last_sent_at: Option<String>,
    /// What last went wrong.
    #[schema(required)]
    pub last_error: Option<LastErrorView>,
    /// When a broken account's oldest message is tried next.
    #[schema(required, format = DateTime)]
    pub next_try_at: Option<String>,
    /// The supervisor who paused it, if one did.
    #[schema(required)]
    pub paused_by: Option<String>,
}

/// Messages on their way out.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueView {
    /// How many; counted up to 10,000.
    pub messages: usize,
    /// When the oldest of them was written.
    #[schema(format = DateTime)]
    pub since: String,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastErrorView {
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// The provider's code, or ours.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What can be done.
    pub hint: String,
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountStateName {
    /// It may.
    Ok,
    /// It may not.
    Paused,
}

/// Bodies that were authentic, and not understood or not applicable. They go after 30 days.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParkedView {
    /// How many; counted up to 10,000.
    pub bodies: usize,
    /// When the oldest came.
    #[schema(format = DateTime)]
    pub since: String,
}

/// All accounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelsView {
    /// By channel, the default account first.
    pub channels: Vec<ChannelView>,
}

impl From<ChannelAccount> for ChannelView {
    fn from(account: ChannelAccount) -> Self {
        let ChannelAccount {
            channel,
            account,
            record,
            parked,
            gate,
            queue,
        } = account;
        let (state, reason, since) = standing(&gate, &record);
        let AccountRecord {
            told: _,
            checked: _,
            checked_at,
        } = record;
        let Gate {
            version: _,
            broken,
            slow_until: _,
            stopped,
            recent: _,
            calls_at: _,
            is_idle: _,
            last_sent_at,
            last_error,
            proven_at: _,
        } = gate;
        Self {
            channel: channel.into(),
            account_id: account.as_str().to_owned(),
            state,
            reason,
            since,
            last_checked_at: checked_at.map(|at| at.to_string()),
            parked: parked.map(ParkedView::from),
            queue: queue.map(QueueView::from),
            last_sent_at: last_sent_at.map(|at| at.to_string()),
            last_error: last_error.map(LastErrorView::from),
            next_try_at: broken.map(|broken| broken.next_try.to_string()),
            paused_by: stopped.map(|stopped| stopped.by.as_str().to_owned()),
        }
    }
}

/// Whether an account sends, why not, and since when: a person's word counts first, then what sending met, then what
/// the platform said or our checks found.
fn standing(
    gate: &Gate,
    record: &AccountRecord,
) -> (AccountStateName, Option<String>, Option<String>) {
    if let Some(stopped) = &gate.stopped {
        let reason = "A supervisor paused it.".to_owned();
        let since = stopped.since.to_string();
        return (AccountStateName::Paused, Some(reason), Some(since));
    }
    if let Some(broken) = &gate.broken {
        let reason = format!("{} ({})", broken.error.message, broken.error.code);
        let since = broken.since.to_string();
        return (AccountStateName::Paused, Some(reason), Some(since));
    }
    match record.state() {
        None => (AccountStateName::Ok, None, None),
        Some(AccountState { standing, since }) => {
            let (state, reason) = match standing {
                Standing::Ok => (AccountStateName::Ok, None),
                Standing::Paused { reason } => (AccountStateName::Paused, Some(reason.clone())),
            };
            (state, reason, Some(since.to_string()))
        }
    }
}

impl From<Queued> for QueueView {
    fn from(queued: Queued) -> Self {
        let Queued { messages, since } = queued;
        Self {
            messages,
            since: since.to_string(),
        }
    }
}

impl From<LastError> for LastErrorView {
    fn from(last: LastError) -> Self {
        let LastError { at, error } = last;
        let DeliveryError {
            code,
            message,
            hint,
        } = error;
        Self {
            at: at.to_string(),
            code,
            message,
            hint,
        }
    }
}

impl From<ParkedBodies> for ParkedView {
    fn from(parked: ParkedBodies) -> Self {
        let ParkedBodies { bodies, since } = parked;
        Self {
            bodies,
            since: since.to_string(),
        }
    }
}
