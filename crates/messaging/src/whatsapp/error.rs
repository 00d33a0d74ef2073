//! What WhatsApp's answers mean (Cloud API error codes, May 2026).

use super::wire;
use crate::graph::{Class, EDIT, Known, Platform, known, seconds};
use crate::http::Answer;
use crate::verdict::{ADMIN, AGAIN, Verdict};

const OTHER_CHANNEL: &str = "Answer the customer on another channel.";
const TEMPLATE: &str = "Choose another template, or tell an administrator the code.";

/// Every code with a meaning of its own.
#[rustfmt::skip]
const CODES: &[Known] = &[
    known(0, 0, Class::Token, "WhatsApp does not accept the channel's access token.", ADMIN),
    known(1, 1, seconds(0), "WhatsApp had an internal error.", AGAIN),
    known(2, 2, seconds(0), "WhatsApp is temporarily unavailable.", AGAIN),
    known(3, 3, Class::Channel, "The channel may not use this part of WhatsApp.", ADMIN),
    known(4, 4, seconds(60), "The channel makes too many calls.", AGAIN),
    known(10, 10, Class::Channel, "The channel has no permission to send.", ADMIN),
    known(100, 100, Class::Never, "WhatsApp did not understand a part of the message.", EDIT),
    known(190, 190, Class::Token, "The channel's access token has expired.", ADMIN),
    known(200, 299, Class::Channel, "The channel has no permission to send.", ADMIN),
    known(368, 368, Class::Channel, "WhatsApp has blocked the account for violating a policy.", ADMIN),
    known(80007, 80007, seconds(60), "The account makes too many calls.", AGAIN),
    known(130429, 130_429, seconds(10), "The number sends too many messages at once.", AGAIN),
    known(130472, 130_472, Class::Never, "The customer is part of an experiment of WhatsApp and does not get such messages.", "Wait until the customer writes, or answer on another channel."),
    known(130497, 130_497, Class::Channel, "The account may not write to customers in this country.", ADMIN),
    known(131000, 131_000, Class::AFew(4), "WhatsApp could not send the message and does not say why.", AGAIN),
    known(131005, 131_005, Class::Channel, "The channel has no permission to send.", ADMIN),
    known(131008, 131_008, Class::Never, "The message lacks something WhatsApp requires.", EDIT),
    known(131009, 131_009, Class::Never, "Something in the message is not valid for WhatsApp.", EDIT),
    known(131016, 131_016, seconds(30), "WhatsApp is temporarily unavailable.", AGAIN),
    known(131021, 131_021, Class::Never, "The customer's number is our own.", OTHER_CHANNEL),
    known(131026, 131_026, Class::Never, "The message cannot be delivered to this customer.", "The customer may have an old WhatsApp or not have accepted its terms; answer on another channel."),
    known(131030, 131_030, Class::Never, "The customer's number is not on the test number's list.", "An administrator can add it to the list; then send the message again."),
    known(131031, 131_031, Class::Channel, "WhatsApp has locked the account.", ADMIN),
    known(131037, 131_037, Class::Channel, "The number's display name is not approved.", ADMIN),
    known(131042, 131_042, Class::Channel, "There is a problem with the account's payment.", ADMIN),
    known(131044, 131_044, Class::Channel, "There is a problem with the account's payment.", ADMIN),
    known(131045, 131_045, Class::Channel, "The number is not registered.", ADMIN),
    known(131047, 131_047, Class::Never, "More than 24 hours have passed since the customer wrote.", "Send a template, or wait until the customer writes."),
    known(131048, 131_048, Class::Channel, "WhatsApp limits the number because of spam reports.", ADMIN),
    known(131049, 131_049, Class::Never, "WhatsApp chose not to deliver the message to this customer.", "Do not send it again soon; wait until the customer writes, or answer on another channel."),
    known(131050, 131_050, Class::Never, "The customer does not want marketing messages.", "Wait until the customer writes, or answer on another channel."),
    known(131051, 131_051, Class::Never, "WhatsApp does not take this kind of message.", EDIT),
    known(131052, 131_052, Class::Never, "WhatsApp could not fetch a file the customer sent.", "Ask the customer to send it again."),
    known(131053, 131_053, Class::Never, "WhatsApp could not take the file.", "Send it in another format or smaller."),
    known(131056, 131_056, seconds(6), "Too many messages to this customer in a short time.", AGAIN),
    known(131057, 131_057, seconds(60), "WhatsApp maintains the account.", AGAIN),
    known(131062, 131_062, Class::Never, "Such a message cannot go to a customer without a known phone number.", "Ask the customer for the number, or answer on another channel."),
    known(131064, 131_064, Class::Channel, "The account has reached its messaging limit.", ADMIN),
    known(132000, 132_016, Class::Never, "The template cannot be used like this.", TEMPLATE),
    known(135000, 135_000, Class::AFew(2), "WhatsApp could not send the message and does not say why.", AGAIN),
    known(137000, 137_000, Class::Never, "The customer's identity has changed.", "Make sure who the customer is before you send it again."),
];

const WHATSAPP: Platform = Platform {
    name: "WhatsApp",
    codes: CODES,
};

/// What an answer means for attempt `attempt` of a message.
pub(super) fn judge(answer: &Answer, attempt: u32) -> Verdict {
    WHATSAPP.judge(answer, attempt, wire::accepted)
}

#[cfg(test)]
mod tests;
