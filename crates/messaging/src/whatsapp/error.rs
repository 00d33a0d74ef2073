//! What WhatsApp's answers mean (Cloud API error codes, May 2026).

use super::wire;
use crate::graph::Class::{AFew, Channel, Never, Token};
use crate::graph::{Known, Platform, again, known, slow};
use crate::http::Answer;
use crate::verdict::{EDIT, OTHER_FILE, Verdict};

const OTHER_CHANNEL: &str = "Answer the customer on another channel.";
const TEMPLATE: &str = "Choose another template, or tell an administrator the code.";

/// Every code with a meaning of its own; a range stands behind what is known of a part of it.
#[rustfmt::skip]
const CODES: &[Known] = &[
    known(0, 0, Token, "WhatsApp does not accept the channel's access token."),
    known(1, 1, again(0), "WhatsApp had an internal error."),
    known(2, 2, again(0), "WhatsApp is temporarily unavailable."),
    known(3, 3, Channel, "The channel may not use this part of WhatsApp."),
    known(4, 4, slow(60), "The channel makes too many calls."),
    known(10, 10, Channel, "The channel has no permission to send."),
    known(100, 100, Never(EDIT), "WhatsApp did not understand a part of the message."),
    known(190, 190, Token, "The channel's access token has expired."),
    known(200, 299, Channel, "The channel has no permission to send."),
    known(368, 368, Channel, "WhatsApp has blocked the account for violating a policy."),
    known(80007, 80007, slow(60), "The account makes too many calls."),
    known(130429, 130_429, slow(10), "The number sends too many messages at once."),
    known(130472, 130_472, Never("Wait until the customer writes, or answer on another channel."), "The customer is part of an experiment of WhatsApp and does not get such messages."),
    known(130497, 130_497, Never(OTHER_CHANNEL), "The account may not write to customers in this country."),
    known(131000, 131_000, AFew(4), "WhatsApp could not send the message and does not say why."),
    known(131005, 131_005, Channel, "The channel has no permission to send."),
    known(131008, 131_008, Never(EDIT), "The message lacks something WhatsApp requires."),
    known(131009, 131_009, Never(EDIT), "Something in the message is not valid for WhatsApp."),
    known(131016, 131_016, again(30), "WhatsApp is temporarily unavailable."),
    known(131021, 131_021, Never(OTHER_CHANNEL), "The customer's number is our own."),
    known(131026, 131_026, Never("The customer may have an old WhatsApp or not have accepted its terms; answer on another channel."), "The message cannot be delivered to this customer."),
    known(131030, 131_030, Never("An administrator can add it to the list; then send the message again."), "The customer's number is not on the test number's list."),
    known(131031, 131_031, Channel, "WhatsApp has locked the account."),
    known(131037, 131_037, Channel, "The number's display name is not approved."),
    known(131042, 131_042, Channel, "There is a problem with the account's payment."),
    known(131044, 131_044, Channel, "There is a problem with the account's payment."),
    known(131045, 131_045, Channel, "The number is not registered."),
    known(131047, 131_047, Never("Send a template, or wait until the customer writes."), "More than 24 hours have passed since the customer wrote."),
    known(131048, 131_048, Channel, "WhatsApp limits the number because of spam reports."),
    known(131049, 131_049, Never("Do not send it again soon; wait until the customer writes, or answer on another channel."), "WhatsApp chose not to deliver the message to this customer."),
    known(131050, 131_050, Never("Wait until the customer writes, or answer on another channel."), "The customer does not want marketing messages."),
    known(131051, 131_051, Never(EDIT), "WhatsApp does not take this kind of message."),
    known(131052, 131_052, Never("Ask the customer to send it again."), "WhatsApp could not fetch a file the customer sent."),
    known(131053, 131_053, Never(OTHER_FILE), "WhatsApp could not take the file."),
    known(131056, 131_056, again(6), "Too many messages to this customer in a short time."),
    known(131057, 131_057, again(60), "WhatsApp maintains the account."),
    known(131062, 131_062, Never("Ask the customer for the number, or answer on another channel."), "Such a message cannot go to a customer without a known phone number."),
    known(131064, 131_064, Channel, "The account has reached its messaging limit."),
    known(132000, 132_000, Never(TEMPLATE), "The template has another number of placeholders than were filled in."),
    known(132001, 132_001, Never(TEMPLATE), "There is no such template in this language, or it is not approved."),
    known(132005, 132_005, Never("Fill in shorter texts."), "The template with what was filled in is too long."),
    known(132007, 132_007, Never(TEMPLATE), "What was filled in violates WhatsApp's policy."),
    known(132012, 132_012, Never(TEMPLATE), "What was filled in is not of the form that the template wants."),
    known(132015, 132_015, Never(TEMPLATE), "WhatsApp has paused the template, since customers did not like it."),
    known(132016, 132_016, Never(TEMPLATE), "WhatsApp has switched the template off, since customers did not like it."),
    known(132000, 132_016, Never(TEMPLATE), "The template cannot be used like this."),
    known(132018, 132_018, Never(TEMPLATE), "What was filled in is not of the form that the template wants."),
    known(135000, 135_000, AFew(2), "WhatsApp could not send the message and does not say why."),
    known(137000, 137_000, Never("Make sure who the customer is before you send it again."), "The customer's identity has changed."),
];

const WHATSAPP: Platform = Platform {
    name: "WhatsApp",
    codes: CODES,
};

/// What an answer means for the `nth` try of a message.
pub(super) fn judge(answer: &Answer, nth: u32) -> Result<String, Verdict> {
    WHATSAPP.judge(answer, nth, wire::accepted)
}

/// What an answer to an upload means: the id of the file.
pub(super) fn judge_upload(answer: &Answer, nth: u32) -> Result<String, Verdict> {
    let id = WHATSAPP.judge(answer, nth, wire::uploaded);
    id.map_err(|verdict| verdict.of_upload(WHATSAPP.name))
}

#[cfg(test)]
mod tests;
