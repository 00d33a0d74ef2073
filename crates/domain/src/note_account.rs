//! Keeps what a platform says of one of our accounts.

use std::time::Duration;

use crate::account::{AccountState, Standing};
use crate::channel::inbound::AccountNews;
use crate::channel::{AccountId, Channel};
use crate::ports::{Accounts, PortError};
use crate::time::Timestamp;

/// How far a platform's clock may be ahead of ours.
const CLOCKS_APART: Duration = Duration::from_secs(300);

/// What became of a platform's news of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It is kept now.
    News,
    /// It is known already, or there is later news.
    Known,
    /// It is of a time that is not yet. Kept, it would outlast all that happens until then; counted from now, it
    /// would be the latest word each time it comes.
    Unborn,
}

/// Keeps a platform's news of an account, heard at `now`. Every order and repetition of the same news ends the same.
///
/// # Errors
/// [`PortError`] when the store does not answer; the same news may come again.
pub async fn note_account(
    store: &impl Accounts,
    channel: Channel,
    account: &AccountId,
    news: &AccountNews,
    now: Timestamp,
) -> Result<Noted, PortError> {
    let AccountNews {
        business: _,
        usable,
        reason,
        at,
    } = news;
    if *at > now.plus(CLOCKS_APART) {
        return Ok(Noted::Unborn);
    }
    let standing = if *usable {
        Standing::Ok
    } else {
        Standing::Paused {
            reason: reason.clone(),
        }
    };
    let told = AccountState {
        standing,
        since: *at,
    };
    let is_news = store.note(channel, account, &told).await?;
    Ok(if is_news { Noted::News } else { Noted::Known })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{MemoryStore, SimulatedSurroundings};
    use crate::surroundings::Surroundings;

    fn news(usable: bool, reason: &str, at: Timestamp) -> AccountNews {
        AccountNews {
            business: None,
            usable,
            reason: reason.to_owned(),
            at,
        }
    }

    #[tokio::test]
    async fn the_same_news_in_any_order_is_new_once_and_the_latest_stands() {
        let world = SimulatedSurroundings::new(1);
        let page = AccountId::parse("100001").expect("an account");
        let now = world.now();
        let ahead = now.plus(Duration::from_secs(200));
        let all = [
            news(false, "spam", now),
            news(true, "works again", now),
            news(false, "more spam", ahead),
            news(false, "other spam", ahead),
        ];
        let orders: [&[usize]; 3] = [&[0, 1, 2, 3], &[3, 2, 1, 0], &[1, 3, 0, 2]];
        let mut ends = Vec::new();
        for order in orders {
            let store = MemoryStore::new(&world);
            let note = async |i: usize| {
                let noted = note_account(&store, Channel::Facebook, &page, &all[i], world.now());
                noted.await.expect("notes")
            };
            for i in order {
                note(*i).await;
            }
            world.advance(Duration::from_secs(1));
            for i in order {
                assert_eq!(note(*i).await, Noted::Known, "{i} of {order:?}");
            }
            let known = store.accounts(&[(Channel::Facebook, page.clone())]).await;
            ends.push(known.expect("reads"));
        }
        assert!(ends.windows(2).all(|pair| pair[0] == pair[1]), "{ends:?}");
    }

    #[tokio::test]
    async fn news_of_a_time_that_is_not_yet_changes_nothing_until_it_is() {
        let world = SimulatedSurroundings::new(1);
        let store = MemoryStore::new(&world);
        let page = AccountId::parse("100001").expect("an account");
        let hour = Duration::from_secs(3600);
        let told = news(false, "spam", world.now().plus(hour));
        let note = async || {
            let noted = note_account(&store, Channel::Facebook, &page, &told, world.now());
            noted.await.expect("notes")
        };
        assert_eq!(note().await, Noted::Unborn);
        assert_eq!(note().await, Noted::Unborn);
        world.advance(hour);
        assert_eq!(note().await, Noted::News);
        assert_eq!(note().await, Noted::Known);
    }
}
