//! What Instagram's answers mean (Messenger Platform, common error codes, March 2026, which holds for Instagram
//! too; Graph API, rate limits).

use super::wire;
use crate::graph::Class::{Channel, Never, Token, Unsure};
use crate::graph::{Known, Platform, again, known, slow};
use crate::http::Answer;
use crate::verdict::{EDIT, OTHER_FILE, Verdict};

const OTHER_CHANNEL: &str = "Wait until the customer writes, or answer on another channel.";
const WINDOW: &str = "Wait until the customer writes. An administrator can ask Meta for the feature Human Agent, which allows seven days.";
const CLOSED: &str = "More than 24 hours have passed since the customer wrote, or the account may not answer later than that.";
const BLOCKED: &str = "Instagram has blocked the account from sending messages.";
const ANY: i64 = i64::MAX;

/// Every code with a meaning of its own; where a subcode decides, it stands first.
#[rustfmt::skip]
const CODES: &[Known] = &[
    known(0, ANY, Never(OTHER_CHANNEL), "The customer does not receive messages from the account now.").with(1_545_041),
    known(0, ANY, Channel, BLOCKED).with(2_534_029),
    known(0, ANY, Channel, BLOCKED).with(2_534_122),
    known(0, 0, Token, "Instagram does not accept the account's access token."),
    known(1, 1, Unsure, "Instagram reported an error, and may have sent the message all the same.").with(1_357_046),
    known(1, 1, again(0), "Instagram had an internal error."),
    known(2, 2, again(0), "Instagram is temporarily unavailable."),
    known(4, 4, slow(60), "The app makes too many calls."),
    known(10, 10, Never(WINDOW), CLOSED).with(2_534_022),
    known(10, 10, Never(WINDOW), CLOSED).with(2_018_278),
    known(10, 10, Channel, "Meta has restricted the account for a while.").with(1_893_063),
    known(10, 10, Channel, "The account has no permission to send."),
    known(17, 17, slow(60), "The account makes too many calls."),
    known(32, 32, slow(60), "The account makes too many calls."),
    known(100, 100, Never(OTHER_CHANNEL), "Instagram does not know the customer any more.").with(2_534_014),
    known(100, 100, Never(OTHER_FILE), "Instagram does not take the file.").with(2_018_047),
    known(100, 100, Never(EDIT), "Instagram did not understand a part of the message."),
    known(190, 190, Token, "The account's access token has expired or was withdrawn."),
    known(200, 200, Channel, "The account's owner does not let apps read and write its messages: Settings, Messages, Connected tools.").with(2_534_041),
    known(200, 299, Channel, "The account has no permission to send."),
    known(368, 368, Channel, "Meta has blocked the account for violating a policy."),
    known(551, 551, Never(OTHER_CHANNEL), "The customer does not receive messages from the account now."),
    known(613, 613, slow(10), "The account sends too many messages at once."),
    known(80002, 80002, slow(60), "The account makes too many calls."),
    known(80006, 80006, slow(60), "The account makes too many calls."),
];

const INSTAGRAM: Platform = Platform {
    name: "Instagram",
    codes: CODES,
};

/// What an answer means for the `nth` try of a message.
pub(super) fn judge(answer: &Answer, nth: u32) -> Result<String, Verdict> {
    INSTAGRAM.judge(answer, nth, wire::accepted)
}

#[cfg(test)]
mod tests;
