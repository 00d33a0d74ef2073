//! Which of WhatsApp's codes are about our account and not about one message (Cloud API error codes, May 2026).
//! They come as the answer to a call, or after it in a status.

/// First and last code, and what it means.
const FAULTS: [(i64, i64, &str); 14] = [
    (0, 0, "WhatsApp does not accept the channel's access token."),
    (3, 3, "The channel may not use this part of WhatsApp."),
    (10, 10, "The channel has no permission to send."),
    (190, 190, "The channel's access token has expired."),
    (200, 299, "The channel has no permission to send."),
    (
        368,
        368,
        "WhatsApp has blocked the account for violating a policy.",
    ),
    (131_005, 131_005, "The channel has no permission to send."),
    (131_031, 131_031, "WhatsApp has locked the account."),
    (
        131_037,
        131_037,
        "The number's display name is not approved.",
    ),
    (
        131_042,
        131_042,
        "There is a problem with the account's payment.",
    ),
    (
        131_044,
        131_044,
        "There is a problem with the account's payment.",
    ),
    (131_045, 131_045, "The number is not registered."),
    (
        131_048,
        131_048,
        "WhatsApp limits the number because of spam reports.",
    ),
    (
        131_064,
        131_064,
        "The account has reached its messaging limit.",
    ),
];

/// What a code says of the account, if it says that nothing goes out through it until somebody mends it.
#[must_use]
pub fn account_fault(code: i64) -> Option<&'static str> {
    let of = |(first, last, _): &&(i64, i64, &str)| (*first..=*last).contains(&code);
    FAULTS.iter().find(of).map(|(_, _, message)| *message)
}
