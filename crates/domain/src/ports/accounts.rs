//! How our accounts on the platforms stand.

use crate::account::{AccountRecord, AccountState, Standing};
use crate::channel::{AccountId, Channel};
use crate::ports::PortError;
use crate::time::Timestamp;

/// How our accounts on the platforms stand.
pub trait Accounts: Send + Sync {
    /// What is known of each of these accounts, in their order; nothing known is the default record.
    fn accounts(
        &self,
        accounts: &[(Channel, AccountId)],
    ) -> impl Future<Output = Result<Vec<AccountRecord>, PortError>> + Send;
    /// Keeps a platform's word on an account, unless one is kept that outlasts it; `true` if this one
    /// is kept now and was not before. Every order and repetition of the same words ends the same.
    fn note(
        &self,
        channel: Channel,
        account: &AccountId,
        told: &AccountState,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
    /// Takes the right to check an account at `now`; `false` if somebody took it after `before`.
    fn claim_check(
        &self,
        channel: Channel,
        account: &AccountId,
        now: Timestamp,
        before: Timestamp,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
    /// Keeps what a check at `now` found; `true` if the checks found something else before.
    fn note_check(
        &self,
        channel: Channel,
        account: &AccountId,
        found: &Standing,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
}
