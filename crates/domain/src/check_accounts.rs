//! Checks our accounts with their platforms, each at most once an hour however many relays sweep.

use std::time::Duration;

use futures::StreamExt;

use crate::account::Standing;
use crate::channel::{AccountId, Channel};
use crate::ports::{Accounts, Checkup, Checkups, PortError};
use crate::surroundings::{Deadline, Surroundings};

/// An account is not checked again before this time.
pub const EVERY: Duration = Duration::from_secs(3600);
/// Accounts checked at the same time.
const PARALLEL: usize = 4;

/// An account that was checked now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The channel.
    pub channel: Channel,
    /// The account.
    pub account: AccountId,
    /// What was found.
    pub found: Checkup,
    /// Whether checks found something else before.
    pub is_news: bool,
}

/// Checks those of `accounts` whose time has come, until `deadline`. What could not be stored is checked
/// again an hour later.
///
/// # Errors
/// The first [`PortError`], when everything else was done.
pub async fn check_accounts(
    store: &impl Accounts,
    platforms: &impl Checkups,
    surroundings: &impl Surroundings,
    accounts: Vec<(Channel, AccountId)>,
    deadline: Deadline,
) -> Result<Vec<Checked>, PortError> {
    let checks = accounts.into_iter().map(async |(channel, account)| {
        if deadline.passed(surroundings) {
            return Ok(None);
        }
        let now = surroundings.now();
        let mine = store.claim_check(channel, &account, now, now.minus(EVERY));
        if !mine.await? {
            return Ok(None);
        }
        let found = platforms.check(channel, &account, now).await;
        let standing = match &found {
            Checkup::Good | Checkup::Mended(_) => Some(Standing::Ok),
            Checkup::Broken(reason) => Some(Standing::Paused {
                reason: reason.clone(),
            }),
            Checkup::Unclear(_) => None,
        };
        let is_news = match standing {
            Some(standing) => {
                let noted = store.note_check(channel, &account, &standing, now);
                noted.await?
            }
            None => false,
        };
        Ok(Some(Checked {
            channel,
            account,
            found,
            is_news,
        }))
    });
    let mut running = futures::stream::iter(checks).buffer_unordered(PARALLEL);
    let mut checked = Vec::new();
    let mut failed = None;
    while let Some(result) = running.next().await {
        match result {
            Ok(one) => checked.extend(one),
            Err(error) => {
                failed.get_or_insert(error);
            }
        }
    }
    failed.map_or(Ok(checked), Err)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::account::AccountRecord;
    use crate::memory::{MemoryStore, SimulatedSurroundings};
    use crate::time::Timestamp;

    /// Platforms that answer as told, in order, and count.
    struct Scripted(Mutex<Vec<Checkup>>);

    impl Checkups for Scripted {
        async fn check(&self, _: Channel, _: &AccountId, _: Timestamp) -> Checkup {
            self.0.lock().expect("no panic").remove(0)
        }
    }

    struct Stand {
        world: SimulatedSurroundings,
        store: MemoryStore,
    }

    impl Stand {
        fn new() -> Self {
            let world = SimulatedSurroundings::new(1);
            let store = MemoryStore::new(&world);
            Self { world, store }
        }

        fn page() -> (Channel, AccountId) {
            let page = AccountId::parse("100001").expect("an account");
            (Channel::Facebook, page)
        }

        async fn check(&self, script: Vec<Checkup>) -> Result<Vec<Checked>, PortError> {
            let deadline = Deadline::after(&self.world, Duration::from_secs(25));
            let platforms = Scripted(Mutex::new(script));
            let accounts = vec![Self::page()];
            check_accounts(&self.store, &platforms, &self.world, accounts, deadline).await
        }

        async fn known(&self) -> AccountRecord {
            let known = self.store.accounts(&[Self::page()]).await;
            known.expect("reads").remove(0)
        }
    }

    fn broken() -> Checkup {
        Checkup::Broken("the token has expired".to_owned())
    }

    #[tokio::test]
    async fn an_account_is_checked_once_an_hour() {
        let stand = Stand::new();
        let first = stand.check(vec![Checkup::Good]).await.expect("checks");
        assert!(first[0].is_news);
        assert_eq!(stand.check(vec![]).await.expect("checks"), vec![]);
        stand.world.advance(EVERY - Duration::from_millis(1));
        assert_eq!(stand.check(vec![]).await.expect("checks"), vec![]);
        stand.world.advance(Duration::from_millis(1));
        let again = stand.check(vec![Checkup::Good]).await.expect("checks");
        assert!(!again[0].is_news);
        assert_eq!(stand.known().await.checked_at, Some(stand.world.now()));
    }

    #[tokio::test]
    async fn a_broken_account_is_paused_until_a_check_is_good_again_and_what_is_unclear_changes_nothing()
     {
        let stand = Stand::new();
        let state = async || stand.known().await.state().cloned().map(|s| s.standing);
        for (found, is_news, paused) in [
            (broken(), true, true),
            (Checkup::Unclear("away".to_owned()), false, true),
            (broken(), false, true),
            (Checkup::Mended("subscribed again"), true, false),
            (Checkup::Good, false, false),
        ] {
            let checked = stand.check(vec![found.clone()]).await.expect("checks");
            assert_eq!(checked[0].is_news, is_news, "{found:?}");
            let is_paused = matches!(state().await, Some(Standing::Paused { .. }));
            assert_eq!(is_paused, paused, "{found:?}");
            stand.world.advance(EVERY);
        }
    }

    #[tokio::test]
    async fn two_sweeps_at_once_check_once() {
        let stand = Stand::new();
        let (a, b) = futures::join!(
            stand.check(vec![Checkup::Good]),
            stand.check(vec![Checkup::Good])
        );
        let done = a.expect("checks").len() + b.expect("checks").len();
        assert_eq!(done, 1);
    }
}
