//! What Messenger's answers mean (Messenger Platform, common error codes, March 2026; Graph API, rate
//! limits).

use super::wire;
use crate::graph::{Class, EDIT, Known, Platform, known, seconds};
use crate::http::Answer;
use crate::verdict::{ADMIN, AGAIN, Verdict};

const OTHER_CHANNEL: &str = "Wait until the customer writes, or answer on another channel.";
const ANY: i64 = i64::MAX;

/// Every code with a meaning of its own; where a subcode decides, it stands first.
#[rustfmt::skip]
const CODES: &[Known] = &[
    known(0, ANY, Class::Never, "The customer does not receive messages from the page now.", OTHER_CHANNEL).with(1_545_041),
    known(0, 0, Class::Token, "Messenger does not accept the page's access token.", ADMIN),
    known(1, 1, Class::Unsure, "Messenger reported an error, and may have sent the message all the same.", "").with(1_357_046),
    known(1, 1, seconds(0), "Messenger had an internal error.", AGAIN),
    known(2, 2, seconds(0), "Messenger is temporarily unavailable.", AGAIN),
    known(4, 4, seconds(60), "The app makes too many calls.", AGAIN),
    known(10, 10, Class::Never, "More than 24 hours have passed since the customer wrote, or the page may not answer later than that.", "Wait until the customer writes. An administrator can ask Meta for the feature Human Agent, which allows seven days.").with(2_018_278),
    known(10, 10, Class::Channel, "Meta has restricted the page for a while.", ADMIN).with(1_893_063),
    known(10, 10, Class::Channel, "The page has no permission to send.", ADMIN),
    known(17, 17, seconds(60), "The page makes too many calls.", AGAIN),
    known(32, 32, seconds(60), "The page makes too many calls.", AGAIN),
    known(100, 100, Class::Never, "Messenger does not know the customer any more.", OTHER_CHANNEL).with(2_018_001),
    known(100, 100, Class::Never, "Messenger did not understand a part of the message.", EDIT),
    known(190, 190, Class::Token, "The page's access token has expired or was withdrawn.", ADMIN),
    known(200, 299, Class::Channel, "The page has no permission to send.", ADMIN),
    known(368, 368, Class::Channel, "Meta has blocked the page for violating a policy.", ADMIN),
    known(551, 551, Class::Never, "The customer does not receive messages from the page now.", OTHER_CHANNEL),
    known(613, 613, seconds(10), "The page sends too many messages at once.", AGAIN),
    known(80006, 80006, seconds(60), "The page makes too many calls.", AGAIN),
];

const MESSENGER: Platform = Platform {
    name: "Messenger",
    codes: CODES,
};

/// What an answer means for attempt `attempt` of a message.
pub(super) fn judge(answer: &Answer, attempt: u32) -> Verdict {
    MESSENGER.judge(answer, attempt, wire::accepted)
}

#[cfg(test)]
mod tests;
