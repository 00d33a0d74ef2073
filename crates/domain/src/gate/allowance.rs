//! How many messages a platform lets an account send in a while.

use std::time::Duration;

use crate::channel::Channel;
use crate::id::TicketId;
use crate::time::Timestamp;

/// So many messages in any span of so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many.
    pub count: usize,
    /// In how long a span, a little more than the platform says: its clock starts when a call arrives, ours when it
    /// leaves.
    pub span: Duration,
    /// What people are told who have to wait for it.
    pub told: &'static str,
}

/// X: 15 in 15 minutes per user, which are never more than its 1,440 in 24 hours (X API, rate limits, direct
/// messages). The others count more than the relay can send, and say so when it is too much.
const TWITTER: Allowance = Allowance {
    count: 15,
    span: Duration::from_secs(15 * 60 + 2),
    told: "X lets an account send 15 messages in 15 minutes.",
};

/// What a channel's platform allows, where it is so little that it has to be counted.
#[must_use]
pub fn allowance(channel: Channel) -> Option<Allowance> {
    match channel {
        Channel::Twitter => Some(TWITTER),
        Channel::Facebook
        | Channel::Instagram
        | Channel::WhatsApp
        | Channel::Email
        | Channel::WebChat => None,
    }
}

impl Allowance {
    /// When one more may go.
    pub(super) fn free_at(self, recent: &[(Timestamp, TicketId)], now: Timestamp) -> Timestamp {
        match recent.len().checked_sub(self.count) {
            Some(index) => recent[index].0.plus(self.span).max(now),
            None => now,
        }
    }

    /// When one more may have gone behind `ahead` others.
    pub(super) fn estimate(
        self,
        recent: &[(Timestamp, TicketId)],
        ahead: usize,
        from: Timestamp,
    ) -> Timestamp {
        let mut times: Vec<Timestamp> = recent.iter().map(|(at, _)| *at).collect();
        let mut last = from;
        for _ in 0..=ahead {
            last = match times.len().checked_sub(self.count) {
                Some(index) => times[index].plus(self.span).max(last),
                None => last,
            };
            times.push(last);
        }
        last
    }

    /// Drops what no longer counts.
    pub(super) fn forget(self, recent: &mut Vec<(Timestamp, TicketId)>, now: Timestamp) {
        recent.retain(|(at, _)| at.plus(self.span) > now);
        let most = recent.len().saturating_sub(self.count);
        recent.drain(..most);
    }
}
