//! Our accounts on the platforms, and whether they may be used: what the platform said, and what our own checks
//! found.

use crate::channel::AccountId;
use crate::time::Timestamp;

/// One of our accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OurAccount {
    /// The account.
    pub id: AccountId,
    /// The platform's id of the business it belongs to there, if that is known: WhatsApp's WABA.
    pub business: Option<String>,
}

impl From<AccountId> for OurAccount {
    fn from(id: AccountId) -> Self {
        Self { id, business: None }
    }
}

/// Those of our accounts that belong to a business. An only account whose business is not known is taken to.
#[must_use]
pub fn of_business(accounts: &[OurAccount], business: &str) -> Vec<AccountId> {
    let belongs = |account: &&OurAccount| match &account.business {
        Some(known) => known == business,
        None => accounts.len() == 1,
    };
    let found = accounts.iter().filter(belongs);
    found.map(|account| account.id.clone()).collect()
}

/// Whether an account may be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It may.
    Ok,
    /// It may not, for a reason that somebody who runs the desk understands.
    Paused {
        /// Why.
        reason: String,
    },
}

/// How an account stands, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountState {
    /// Whether it may be used.
    pub standing: Standing,
    /// Since when that is so.
    pub since: Timestamp,
}

impl AccountState {
    /// Whether this word stands against `other`: the newer one does, and of two of the same time the
    /// same one whichever came first.
    #[must_use]
    pub fn outlasts(&self, other: &Self) -> bool {
        (self.since, &self.standing) > (other.since, &other.standing)
    }
}

/// All that is known of an account. A platform's word and our checks see different things: a page that
/// is blocked still has a working token. So neither lifts a pause that the other found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountRecord {
    /// The platform's latest word.
    pub told: Option<AccountState>,
    /// What our checks have found since when.
    pub checked: Option<AccountState>,
    /// When we last checked.
    pub checked_at: Option<Timestamp>,
}

impl AccountRecord {
    /// How the account stands; none when nothing was ever heard of it. A pause counts, the longer one
    /// of two.
    #[must_use]
    pub fn state(&self) -> Option<&AccountState> {
        let known = || [&self.told, &self.checked].into_iter().flatten();
        let paused = known().filter(|s| s.standing != Standing::Ok);
        paused
            .min_by_key(|s| s.since)
            .or_else(|| known().max_by_key(|s| s.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(standing: Standing, millis: i64) -> AccountState {
        AccountState {
            standing,
            since: Timestamp::from_millis(millis),
        }
    }

    fn paused(reason: &str) -> Standing {
        Standing::Paused {
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn a_good_check_does_not_lift_what_the_platform_said() {
        let record = AccountRecord {
            told: Some(state(paused("blocked"), 1)),
            checked: Some(state(Standing::Ok, 2)),
            checked_at: Some(Timestamp::from_millis(9)),
        };
        assert_eq!(record.state(), record.told.as_ref());
    }

    #[test]
    fn of_two_pauses_the_longer_one_is_told_and_without_any_the_latest_change() {
        let record = |told, checked| AccountRecord {
            told: Some(told),
            checked: Some(checked),
            checked_at: None,
        };
        let both = record(state(paused("a"), 5), state(paused("b"), 3));
        assert_eq!(both.state(), both.checked.as_ref());
        let none = record(state(Standing::Ok, 5), state(Standing::Ok, 3));
        assert_eq!(none.state(), none.told.as_ref());
        assert_eq!(AccountRecord::default().state(), None);
    }

    #[test]
    fn of_two_words_of_one_time_the_same_one_outlasts() {
        let (ok, blocked) = (state(Standing::Ok, 5), state(paused("a"), 5));
        assert!(blocked.outlasts(&ok) && !ok.outlasts(&blocked) && !ok.outlasts(&ok));
        assert!(state(Standing::Ok, 6).outlasts(&blocked));
    }

    #[test]
    fn an_only_account_is_the_businesses_unless_it_is_known_to_be_anothers() {
        let account = |id: &str, business: Option<&str>| OurAccount {
            id: AccountId::parse(id).expect("an account"),
            business: business.map(str::to_owned),
        };
        let found = |accounts: &[OurAccount]| -> Vec<String> {
            let found = of_business(accounts, "9");
            found.iter().map(|id| id.as_str().to_owned()).collect()
        };
        let (mine, other, unknown) = (
            account("1", Some("9")),
            account("2", Some("8")),
            account("3", None),
        );
        for (accounts, ids) in [
            (vec![mine.clone()], vec!["1"]),
            (vec![other.clone()], vec![]),
            (vec![unknown.clone()], vec!["3"]),
            (
                vec![mine.clone(), other, account("4", Some("9"))],
                vec!["1", "4"],
            ),
            (vec![mine, unknown.clone()], vec!["1"]),
            (vec![unknown.clone(), unknown], vec![]),
            (vec![], vec![]),
        ] {
            assert_eq!(found(&accounts), ids, "{accounts:?}");
        }
    }
}
