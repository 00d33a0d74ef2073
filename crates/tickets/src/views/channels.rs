//! How our accounts stand, on the wire.

use serde::Serialize;
use tributary_domain::account::{AccountRecord, AccountState, Standing};
use tributary_domain::list_channels::{ChannelAccount, ParkedBodies};
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
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
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
        } = account;
        let (state, reason, since) = match record.state() {
            None => (AccountStateName::Ok, None, None),
            Some(AccountState { standing, since }) => {
                let (state, reason) = match standing {
                    Standing::Ok => (AccountStateName::Ok, None),
                    Standing::Paused { reason } => (AccountStateName::Paused, Some(reason.clone())),
                };
                (state, reason, Some(since.to_string()))
            }
        };
        let AccountRecord {
            told: _,
            checked: _,
            checked_at,
        } = record;
        Self {
            channel: channel.into(),
            account_id: account.as_str().to_owned(),
            state,
            reason,
            since,
            last_checked_at: checked_at.map(|at| at.to_string()),
            parked: parked.map(ParkedView::from),
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
