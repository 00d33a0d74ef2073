//! How our accounts on the platforms stand.

use std::time::Duration;

use tributary_domain::account::{AccountRecord, AccountState, Standing};
use tributary_domain::ports::Accounts;
use tributary_domain::{AccountId, Channel, Surroundings, Timestamp};

use crate::support::{account, world};

const HOUR: Duration = Duration::from_secs(3600);

fn paused(reason: &str) -> Standing {
    Standing::Paused {
        reason: reason.to_owned(),
    }
}

fn state(standing: Standing, since: Timestamp) -> AccountState {
    AccountState { standing, since }
}

async fn known(store: &impl Accounts) -> AccountRecord {
    let all = store
        .accounts(&[(Channel::Facebook, account())])
        .await
        .expect("reads");
    let [only] = <[AccountRecord; 1]>::try_from(all).expect("one asked, one told");
    only
}

pub async fn nothing_is_known_of_an_account_before_somebody_speaks_of_it(store: &impl Accounts) {
    let now = world().now();
    let asked = [
        (Channel::Facebook, account()),
        (Channel::Instagram, account()),
        (Channel::Facebook, account()),
        (
            Channel::Facebook,
            AccountId::parse("a#b").expect("an account"),
        ),
    ];
    store
        .note(Channel::Facebook, &account(), &state(Standing::Ok, now))
        .await
        .expect("notes");
    let told = store.accounts(&asked).await.expect("reads");
    let known: Vec<bool> = told.iter().map(|r| r.told.is_some()).collect();
    assert_eq!(
        known,
        [true, false, true, false],
        "each by channel and account, in the order asked"
    );
    assert_eq!(store.accounts(&[]).await.expect("reads"), vec![]);
}

pub async fn the_latest_word_on_an_account_stands_in_whatever_order_words_come(
    store: &impl Accounts,
) {
    let now = world().now();
    let words = [
        state(paused("first"), now),
        state(Standing::Ok, now.plus(HOUR)),
        state(paused("a"), now.plus(2 * HOUR)),
        state(Standing::Ok, now.plus(2 * HOUR)),
        state(paused("b"), now.plus(2 * HOUR)),
    ];
    for (n, order) in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [3, 4, 0, 2, 1]]
        .into_iter()
        .enumerate()
    {
        let account = AccountId::parse(&format!("10000{n}")).expect("an account");
        for word in order.into_iter().chain(order).map(|i| &words[i]) {
            store
                .note(Channel::Twitter, &account, word)
                .await
                .expect("notes");
        }
        let known = store
            .accounts(&[(Channel::Twitter, account)])
            .await
            .expect("reads");
        assert_eq!(known[0].told.as_ref(), Some(&words[4]), "{order:?}");
    }
}

pub async fn a_word_is_news_once(store: &impl Accounts) {
    let now = world().now();
    let word = state(paused("revoked"), now);
    let note = async |word: &AccountState| {
        let noted = store.note(Channel::Facebook, &account(), word).await;
        noted.expect("notes")
    };
    assert!(note(&word).await);
    assert!(!note(&word).await);
    assert!(!note(&state(Standing::Ok, now.minus(HOUR))).await);
    assert_eq!(known(store).await.told, Some(word));
}

pub async fn an_account_is_checked_by_one_and_not_again_before_its_time(store: &impl Accounts) {
    let now = world().now();
    let (page, other) = (account(), AccountId::parse("100002").expect("an account"));
    let claim =
        |account, at: Timestamp| store.claim_check(Channel::Facebook, account, at, at.minus(HOUR));
    let (a, b) = futures::join!(claim(&page, now), claim(&page, now));
    assert!(a.expect("claims") != b.expect("claims"), "exactly one");
    assert!(claim(&other, now).await.expect("claims"));
    let early = now.plus(HOUR - Duration::from_millis(1));
    assert!(!claim(&page, early).await.expect("claims"));
    assert!(claim(&page, now.plus(HOUR)).await.expect("claims"));
}

pub async fn checks_tell_since_when_and_leave_the_platforms_word_alone(store: &impl Accounts) {
    let now = world().now();
    let told = state(paused("blocked"), now);
    store
        .note(Channel::Facebook, &account(), &told)
        .await
        .expect("notes");
    let check = async |found: Standing, hours: u32| {
        let at = now.plus(hours * HOUR);
        let noted = store
            .note_check(Channel::Facebook, &account(), &found, at)
            .await;
        noted.expect("notes")
    };
    assert!(check(paused("the token has run out"), 1).await);
    assert!(!check(paused("the token has run out"), 2).await);
    let after_two = known(store).await;
    assert_eq!(
        after_two.checked,
        Some(state(paused("the token has run out"), now.plus(HOUR)))
    );
    assert_eq!(after_two.checked_at, Some(now.plus(2 * HOUR)));
    assert!(check(Standing::Ok, 3).await);
    assert!(!check(Standing::Ok, 4).await);
    assert_eq!(
        known(store).await,
        AccountRecord {
            told: Some(told),
            checked: Some(state(Standing::Ok, now.plus(3 * HOUR))),
            checked_at: Some(now.plus(4 * HOUR)),
        }
    );
}
