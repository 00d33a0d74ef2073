//! What WhatsApp's codes mean, in words for the agent (Cloud API error codes, May 2026). They come as the answer to a
//! call, or after it in a status: an answer of 200 says only that WhatsApp has the message, so most come late.

use std::time::Duration;

use Class::{AFew, Account, Again, Never, Slow, Token};

/// What a code asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It passes; not sooner than this.
    Again(Duration),
    /// The account sends too much: nothing of it for so long.
    Slow(Duration),
    /// It may pass: so many attempts in all.
    AFew(u32),
    /// This message to this customer never goes; this is what the agent can do.
    Never(&'static str),
    /// Nothing goes out through the account until somebody mends it.
    Account,
    /// The same, since its token is refused.
    Token,
}

/// What is known of a range of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The first one.
    pub first: i64,
    /// The last one.
    pub last: i64,
    /// What they ask for.
    pub class: Class,
    /// What happened, in a sentence.
    pub message: &'static str,
}

const EDIT: &str =
    "Change the message and send it again; if that does not help, tell an administrator the code.";
const OTHER_FILE: &str = "Send it in another format or smaller.";
const OTHER_CHANNEL: &str = "Answer the customer on another channel.";
const UNTIL_THEY_WRITE: &str = "Wait until the customer writes, or answer on another channel.";
const TEMPLATE: &str = "Choose another template, or tell an administrator the code.";

const fn code(code: i64, class: Class, message: &'static str) -> Code {
    codes(code, code, class, message)
}

const fn codes(first: i64, last: i64, class: Class, message: &'static str) -> Code {
    Code {
        first,
        last,
        class,
        message,
    }
}

const fn again(seconds: u64) -> Class {
    Again(Duration::from_secs(seconds))
}

const fn slow(seconds: u64) -> Class {
    Slow(Duration::from_secs(seconds))
}

/// Every code with a meaning of its own; a range stands behind what is known of a part of it.
#[rustfmt::skip]
pub const CODES: [Code; 49] = [
    code(0, Token, "WhatsApp does not accept the channel's access token."),
    code(1, again(0), "WhatsApp had an internal error."),
    code(2, again(0), "WhatsApp is temporarily unavailable."),
    code(3, Account, "The channel may not use this part of WhatsApp."),
    code(4, slow(60), "The channel makes too many calls."),
    code(10, Account, "The channel has no permission to send."),
    code(100, Never(EDIT), "WhatsApp did not understand a part of the message."),
    code(190, Token, "The channel's access token has expired."),
    codes(200, 299, Account, "The channel has no permission to send."),
    code(368, Account, "WhatsApp has blocked the account for violating a policy."),
    code(80_007, slow(60), "The account makes too many calls."),
    code(130_429, slow(10), "The number sends too many messages at once."),
    code(130_472, Never(UNTIL_THEY_WRITE), "The customer is part of an experiment of WhatsApp and does not get such messages."),
    code(130_497, Never(OTHER_CHANNEL), "The account may not write to customers in this country."),
    code(131_000, AFew(4), "WhatsApp could not send the message and does not say why."),
    code(131_005, Account, "The channel has no permission to send."),
    code(131_008, Never(EDIT), "The message lacks something WhatsApp requires."),
    code(131_009, Never(EDIT), "Something in the message is not valid for WhatsApp."),
    code(131_016, again(30), "WhatsApp is temporarily unavailable."),
    code(131_021, Never(OTHER_CHANNEL), "The customer's number is our own."),
    code(131_026, Never("The customer may have an old WhatsApp or not have accepted its terms; answer on another channel."), "The message cannot be delivered to this customer."),
    code(131_030, Never("An administrator can add it to the list; then send the message again."), "The customer's number is not on the test number's list."),
    code(131_031, Account, "WhatsApp has locked the account."),
    code(131_037, Account, "The number's display name is not approved."),
    code(131_042, Account, "There is a problem with the account's payment."),
    code(131_044, Account, "There is a problem with the account's payment."),
    code(131_045, Account, "The number is not registered."),
    code(131_047, Never("Send a template, or wait until the customer writes."), "More than 24 hours have passed since the customer wrote."),
    code(131_048, Account, "WhatsApp limits the number because of spam reports."),
    code(131_049, Never("Do not send it again soon; wait until the customer writes, or answer on another channel."), "WhatsApp chose not to deliver the message to this customer."),
    code(131_050, Never(UNTIL_THEY_WRITE), "The customer does not want marketing messages."),
    code(131_051, Never(EDIT), "WhatsApp does not take this kind of message."),
    code(131_052, Never("Ask the customer to send it again."), "WhatsApp could not fetch a file the customer sent."),
    code(131_053, Never(OTHER_FILE), "WhatsApp could not take the file."),
    code(131_056, again(6), "Too many messages to this customer in a short time."),
    code(131_057, again(60), "WhatsApp maintains the account."),
    code(131_062, Never("Ask the customer for the number, or answer on another channel."), "Such a message cannot go to a customer without a known phone number."),
    code(131_064, Account, "The account has reached its messaging limit."),
    code(132_000, Never(TEMPLATE), "The template has another number of placeholders than were filled in."),
    code(132_001, Never(TEMPLATE), "There is no such template in this language, or it is not approved."),
    code(132_005, Never("Fill in shorter texts."), "The template with what was filled in is too long."),
    code(132_007, Never(TEMPLATE), "What was filled in violates WhatsApp's policy."),
    code(132_012, Never(TEMPLATE), "What was filled in is not of the form that the template wants."),
    code(132_015, Never(TEMPLATE), "WhatsApp has paused the template, since customers did not like it."),
    code(132_016, Never(TEMPLATE), "WhatsApp has switched the template off, since customers did not like it."),
    codes(132_000, 132_016, Never(TEMPLATE), "The template cannot be used like this."),
    code(132_018, Never(TEMPLATE), "What was filled in is not of the form that the template wants."),
    code(135_000, AFew(2), "WhatsApp could not send the message and does not say why."),
    code(137_000, Never("Make sure who the customer is before you send it again."), "The customer's identity has changed."),
];

/// What a code means; none where it has no meaning of its own.
#[must_use]
pub fn meaning(code: i64) -> Option<&'static Code> {
    let is_of = |known: &&Code| (known.first..=known.last).contains(&code);
    const { &CODES }.iter().find(is_of)
}
