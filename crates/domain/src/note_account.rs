//! Keeps what a platform says of one of our accounts.

use crate::account::{AccountState, Standing};
use crate::channel::inbound::AccountNews;
use crate::channel::{AccountId, Channel};
use crate::ports::{Accounts, PortError};
use crate::time::Timestamp;

/// Keeps a platform's news of an account, heard at `now`; `false` if it is known already or there is
/// later news. A platform's clock that runs ahead does not make its news last.
///
/// # Errors
/// [`PortError`] when the store does not answer; the same news may come again.
pub async fn note_account(
    store: &impl Accounts,
    channel: Channel,
    account: &AccountId,
    news: &AccountNews,
    now: Timestamp,
) -> Result<bool, PortError> {
    let AccountNews {
        business: _,
        usable,
        reason,
        at,
    } = news;
    let standing = if *usable {
        Standing::Ok
    } else {
        Standing::Paused {
            reason: reason.clone(),
        }
    };
    let told = AccountState {
        standing,
        since: at.unwrap_or(now).min(now),
    };
    // Without a time of its own, a repetition would be the latest word each time it comes.
    if at.is_none_or(|at| at > now) {
        let known = store.accounts(&[(channel, account.clone())]).await?;
        let known = known.first().and_then(|record| record.told.as_ref());
        if known.is_some_and(|known| known.standing == told.standing) {
            return Ok(false);
        }
    }
    store.note(channel, account, &told).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{MemoryStore, SimulatedSurroundings};
    use crate::surroundings::Surroundings;

    fn news(usable: bool, at: Option<Timestamp>) -> AccountNews {
        AccountNews {
            business: None,
            usable,
            reason: "blocked by policy".to_owned(),
            at,
        }
    }

    #[tokio::test]
    async fn news_without_a_time_or_from_the_future_is_known_when_it_comes_again_later() {
        let world = SimulatedSurroundings::new(1);
        let store = MemoryStore::new(&world);
        let page = AccountId::parse("100001").expect("an account");
        for (usable, is_new) in [(false, true), (false, false), (true, true), (true, false)] {
            world.advance(std::time::Duration::from_secs(1));
            let future = world.now().plus(std::time::Duration::from_secs(3600));
            for (at, is_new) in [(None, is_new), (Some(future), false)] {
                let news = news(usable, at);
                let noted = note_account(&store, Channel::Facebook, &page, &news, world.now());
                assert_eq!(noted.await.expect("notes"), is_new);
            }
        }
    }

    #[tokio::test]
    async fn news_without_a_time_or_from_the_future_counts_from_now() {
        let world = SimulatedSurroundings::new(1);
        let store = MemoryStore::new(&world);
        let page = AccountId::parse("100001").expect("an account");
        let now = world.now();
        for at in [None, Some(now.plus(std::time::Duration::from_secs(9)))] {
            let news = news(false, at);
            note_account(&store, Channel::Facebook, &page, &news, now)
                .await
                .expect("notes");
            let known = store
                .accounts(&[(Channel::Facebook, page.clone())])
                .await
                .expect("reads");
            let state = known[0].state().expect("is known");
            assert_eq!(state.since, now);
            assert!(
                matches!(&state.standing, Standing::Paused { reason } if reason == "blocked by policy")
            );
        }
    }
}
