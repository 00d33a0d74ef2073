//! The port [`Accounts`] in memory.

use crate::account::{AccountRecord, AccountState, Standing};
use crate::channel::{AccountId, Channel};
use crate::memory::MemoryStore;
use crate::ports::{Accounts, PortError};
use crate::time::Timestamp;

/// What is known of an account, and when its last check began.
#[derive(Debug, Clone, Default)]
pub(super) struct Account {
    record: AccountRecord,
    claimed_at: Option<Timestamp>,
}

impl Accounts for MemoryStore {
    async fn accounts(
        &self,
        accounts: &[(Channel, AccountId)],
    ) -> Result<Vec<AccountRecord>, PortError> {
        self.call(|state| {
            let known = |key| state.accounts.get(key).map(|a| a.record.clone());
            accounts
                .iter()
                .map(|key| known(key).unwrap_or_default())
                .collect()
        })
        .await
    }

    async fn note(
        &self,
        channel: Channel,
        account: &AccountId,
        told: &AccountState,
    ) -> Result<bool, PortError> {
        self.call(|state| {
            let known = state
                .accounts
                .entry((channel, account.clone()))
                .or_default();
            let is_new = known
                .record
                .told
                .as_ref()
                .is_none_or(|before| told.outlasts(before));
            if is_new {
                known.record.told = Some(told.clone());
            }
            is_new
        })
        .await
    }

    async fn claim_check(
        &self,
        channel: Channel,
        account: &AccountId,
        now: Timestamp,
        before: Timestamp,
    ) -> Result<bool, PortError> {
        self.call(|state| {
            let known = state
                .accounts
                .entry((channel, account.clone()))
                .or_default();
            let is_free = known.claimed_at.is_none_or(|at| at <= before);
            if is_free {
                known.claimed_at = Some(now);
            }
            is_free
        })
        .await
    }

    async fn note_check(
        &self,
        channel: Channel,
        account: &AccountId,
        found: &Standing,
        now: Timestamp,
    ) -> Result<bool, PortError> {
        self.call(|state| {
            let known = state
                .accounts
                .entry((channel, account.clone()))
                .or_default();
            known.record.checked_at = Some(now);
            let before = known.record.checked.as_ref();
            let is_new = before.is_none_or(|before| before.standing != *found);
            if is_new {
                known.record.checked = Some(AccountState {
                    standing: found.clone(),
                    since: now,
                });
            }
            is_new
        })
        .await
    }
}
