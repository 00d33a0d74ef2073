//! What the sandbox knows: customers with their phones, what was written and sent, and the knobs of the platforms.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

mod channel;
mod file;
mod kind;
mod mail;

pub use channel::Channel;
pub use file::SentFile;
pub(crate) use file::shown;
pub use kind::Kind;
pub use mail::SentMail;

/// How the provider fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// It does not.
    None,
    /// It answers late.
    Slow,
    /// It answers with a 500 of its own.
    ServerError,
    /// The customer has not written for too long.
    WindowClosed,
    /// It refuses the access token.
    TokenExpired,
    /// The desk sends too much at a time.
    RateLimited,
    /// It takes the message, and the connection breaks before the answer.
    AnswerLost,
    /// It takes the mail, which comes back later.
    Bounced,
}

/// A fault that is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which.
    pub kind: FaultKind,
    /// How late a slow answer comes, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// For how many calls more; for all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

impl Fault {
    /// No fault.
    pub const NONE: Self = Self {
        kind: FaultKind::None,
        seconds: None,
        times: None,
    };
}

/// When what customers write is posted to the webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// At once.
    Immediate,
    /// When told so.
    Held,
}

/// What the platform reports by itself after it took a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipts {
    /// Nothing.
    None,
    /// That it was delivered.
    Delivered,
    /// That it was delivered and read.
    Read,
}

/// What a platform is made to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knobs {
    /// How it fails.
    pub fault: Fault,
    /// When it posts.
    pub delivery: Delivery,
    /// What it reports.
    pub receipts: Receipts,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            fault: Fault::NONE,
            delivery: Delivery::Immediate,
            receipts: Receipts::Delivered,
        }
    }
}

/// Somebody who writes to the desk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Customer {
    /// Ours.
    pub id: String,
    /// Where they write.
    pub channel: Channel,
    /// What they are called there.
    pub name: String,
    /// The platform's id: a number, a page-scoped id, a chat session.
    pub platform_id: String,
    /// Where answers to a chat go.
    pub email: Option<String>,
    /// RFC 3339.
    pub created_at: String,
}

/// Which way a message goes, seen from the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the customer.
    In,
    /// To the customer.
    Out,
}

/// How a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Written, and not posted to the webhook yet.
    Held,
    /// The webhook did not take it.
    Refused,
    /// The provider took it from the desk.
    Accepted,
    /// The webhook, or the customer's phone, has it.
    Delivered,
    /// The customer has read it.
    Read,
}

/// One attempt to post a message to the webhook.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliveryRecord {
    /// RFC 3339.
    pub at: String,
    /// The status of the answer; none when there was no answer.
    pub status: Option<u16>,
    /// The answer, if it was JSON.
    pub answer: Option<Value>,
    /// The bytes that were posted.
    pub body: String,
    /// The header that proves them.
    pub signature_header: String,
}

/// A message of a customer or to one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message {
    /// Ours.
    pub id: String,
    /// Whose.
    pub customer_id: String,
    /// Which way.
    pub direction: Direction,
    /// What it is.
    #[serde(default)]
    pub kind: Kind,
    /// The platform's id of the message it changes, if it changes one.
    #[serde(default)]
    pub target: Option<String>,
    /// What it says.
    pub text: String,
    /// The names of the files that the desk sent with it.
    #[serde(default)]
    pub files: Vec<String>,
    /// RFC 3339, when it was written.
    pub at: String,
    /// The same in milliseconds since 1970, as platforms tell it.
    pub at_ms: u64,
    /// The platform's id.
    pub platform_message_id: String,
    /// How it stands.
    pub state: MessageState,
    /// What was posted for it.
    pub deliveries: Vec<DeliveryRecord>,
    /// `email` for a mail, else the channel.
    pub via: String,
    /// Of a mail.
    pub subject: Option<String>,
    /// The formatted form of what a customer mails, beside the words.
    #[serde(default)]
    pub html: Option<String>,
    /// The mail of the desk: the one that this is, or the one that this speaks of.
    #[serde(default)]
    pub mail: Option<SentMail>,
}

/// A call of the desk to a provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Call {
    /// Ours.
    pub id: String,
    /// RFC 3339.
    pub at: String,
    /// `whatsapp`, `facebook`, `instagram`, `twitter` or `sendgrid`.
    pub provider: String,
    /// `accepted`, `refused` or `unanswered`.
    pub outcome: String,
    /// The status of the answer; none when there was none.
    pub status: Option<u16>,
    /// In words.
    pub note: String,
}

/// Everything.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State {
    /// Grows with every change.
    pub cursor: u64,
    /// For the next id.
    pub next: u64,
    /// The knobs of each channel.
    pub knobs: BTreeMap<Channel, Knobs>,
    /// Oldest first.
    pub customers: Vec<Customer>,
    /// Oldest first.
    pub messages: Vec<Message>,
    /// Ids of messages that wait to be posted, in the order they were written.
    pub held: Vec<String>,
    /// Oldest first.
    pub calls: VecDeque<Call>,
}
