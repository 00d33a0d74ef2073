//! Mail of the desk, as far as answers to it need it.

use serde::{Deserialize, Serialize};

/// A mail that the desk sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMail {
    /// Message-ID, with its angle brackets.
    pub message_id: String,
    /// References as they stand in the mail; empty when there are none.
    pub references: String,
    /// Whom it is from.
    pub from: String,
    /// Where answers go.
    pub reply_to: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
}
