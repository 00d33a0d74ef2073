//! Asking a platform whether one of our accounts works.

use crate::channel::{AccountId, Channel};
use crate::time::Timestamp;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checkup {
    /// All is well.
    Good,
    /// It was not, and is now: what was done.
    Mended(&'static str),
    /// The account does not work until somebody does something: what, in their words.
    Broken(String),
    /// Nothing was learnt, and why: the platform was away, or cannot be asked this way.
    Unclear(String),
}

/// The platforms, asked about our accounts.
pub trait Checkups: Send + Sync {
    /// Checks an account at `now`, mends what can be mended, and tells what it found.
    fn check(
        &self,
        channel: Channel,
        account: &AccountId,
        now: Timestamp,
    ) -> impl Future<Output = Checkup> + Send;
}
