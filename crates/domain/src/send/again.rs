//! Messages that WhatsApp took and gave up for a reason that passes: they are sent again, a few times.

use std::time::Duration;

use crate::channel::Channel;
use crate::channel::whatsapp::codes::{Class, meaning};
use crate::delivery::{Attempt, DeliveryState, Part};
use crate::message::Message;
use crate::send::LEASE;
use crate::time::Timestamp;

/// How long after its call a part is sent again: an answer that comes later than this is for an agent to decide.
const WITHIN: Duration = Duration::from_secs(24 * 3600);
/// How long the first one waits; each further one waits four times as long.
const FIRST_WAIT: Duration = Duration::from_secs(60);
/// How often a part is sent again.
const MOST: u32 = 3;

/// When a message may be sent again, as far as that is known at `now`; none while nothing of it was given up, and where
/// an agent has to decide: a part of it failed for good, may have been sent, or was given up too often.
pub(crate) fn again_at(message: &Message, now: Timestamp) -> Option<Timestamp> {
    let delivery = message.delivery.as_ref()?;
    if message.deleted_at.is_some() {
        return None;
    }
    let mut at = None;
    let mut is_under_way = false;
    for part in delivery.parts() {
        match part.shown().state {
            DeliveryState::Sent | DeliveryState::Delivered | DeliveryState::Read => {}
            DeliveryState::Queued | DeliveryState::Sending => is_under_way = true,
            DeliveryState::Unknown => return None,
            DeliveryState::Failed => at = at.max(Some(of_part(message.channel, part, now)?)),
        }
    }
    match is_under_way {
        true => at.max(Some(now.plus(LEASE))).filter(|_| at.is_some()),
        false => at,
    }
}

fn of_part(channel: Channel, part: &Part, now: Timestamp) -> Option<Timestamp> {
    // Nothing is sent again of which an earlier attempt may have come.
    if !part.attempts().iter().all(is_given_up) {
        return None;
    }
    let latest = part.attempts().last()?;
    let called_at = latest.called_at?;
    let (least, most) = passes(channel, latest)?;
    let times = u32::try_from(part.attempts().len()).ok()?;
    if times > most || now.since(called_at) >= WITHIN {
        return None;
    }
    let wait = FIRST_WAIT.saturating_mul(4_u32.saturating_pow(times - 1));
    Some(latest.at.max(called_at).plus(wait.max(least)))
}

/// Whether its provider said itself that it gave the attempt up.
fn is_given_up(attempt: &Attempt) -> bool {
    attempt.state == DeliveryState::Failed && attempt.reported.contains(&DeliveryState::Failed)
}

/// How long the reason of a failure lasts at least, and how often the part is sent again; none where it does not pass.
fn passes(channel: Channel, attempt: &Attempt) -> Option<(Duration, u32)> {
    match channel {
        Channel::WhatsApp => {}
        Channel::Facebook
        | Channel::Instagram
        | Channel::Twitter
        | Channel::Email
        | Channel::WebChat => return None,
    }
    let code = attempt.error.as_ref()?.code.parse().ok()?;
    match meaning(code)?.class {
        Class::Again(least) | Class::Slow(least) => Some((least, MOST)),
        Class::AFew(attempts) => Some((Duration::ZERO, MOST.min(attempts.saturating_sub(1)))),
        Class::Never(_) | Class::Account | Class::Token => None,
    }
}
