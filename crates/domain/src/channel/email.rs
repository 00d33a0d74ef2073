//! Mail: what a mail says, in the desk's own terms.

use bytes::Bytes;

use crate::time::Timestamp;

mod authentication;
mod automatic;
mod bounce;
mod charset;
mod content;
pub mod events;
mod file_name;
mod fold;
mod form;
mod header;
pub mod html;
mod inbound_parse;
mod mailbox;
pub mod message_id;
mod mime;
mod readable;
mod suffixes;
#[cfg(test)]
mod tests;
mod transfer;

pub use automatic::LOOP_MARK;
pub use fold::{Fold, FoldKind, fold};
pub use inbound_parse::parse;
pub use mailbox::Mailbox;
pub use readable::readable;

/// The body is no form with a mail in it, so that nothing can be read of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableMail {
    /// The content type names no boundary.
    #[error("the form has no boundary")]
    NoBoundary,
    /// Nothing is between the boundaries.
    #[error("the form has no field")]
    NoPart,
}

/// A mail as it came, read as far as it can be read. Nothing in it is trusted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mail {
    /// Message-ID with its angle brackets and without white space, if it has one.
    pub message_id: Option<String>,
    /// The ids of In-Reply-To, in their order.
    pub in_reply_to: Vec<String>,
    /// The ids of References, in their order.
    pub references: Vec<String>,
    /// Who it says it is from.
    pub from: Option<Mailbox>,
    /// Whom it says it is to.
    pub to: Vec<Mailbox>,
    /// Who it says got a copy.
    pub cc: Vec<Mailbox>,
    /// Who handed it over, as the mail servers told each other; empty for bounces.
    pub envelope_from: Option<String>,
    /// Whom it was handed over for; the addresses that count.
    pub envelope_to: Vec<String>,
    /// Subject.
    pub subject: Option<String>,
    /// Date, if there is one that can be read.
    pub date: Option<Timestamp>,
    /// Its text, as it came.
    pub text: Option<String>,
    /// Its HTML, as it came: never to be shown as it is.
    pub html: Option<String>,
    /// Everything else in it.
    pub files: Vec<MailFile>,
    /// There is more in it than is listed here: too many parts, too deep, or too much to show.
    pub is_cut: bool,
    /// Why it was sent by a machine, if it was.
    pub automatic: Option<Automatic>,
    /// What it says about a mail that could not be delivered.
    pub bounce: Option<Bounce>,
    /// What the mail servers found out about its sender.
    pub authentication: Authentication,
}

/// A part of a mail that is not its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFile {
    /// File name without any path, if given.
    pub name: Option<String>,
    /// Media type as declared. It proves nothing.
    pub mime_type: Option<String>,
    /// Content-ID without angle brackets, by which the HTML shows it.
    pub content_id: Option<String>,
    /// Its bytes.
    pub bytes: Bytes,
}

/// By what a mail that no person wrote is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automatic {
    /// `Auto-Submitted` other than `no` (RFC 3834).
    AutoSubmitted,
    /// `Precedence` or `X-Precedence`: bulk, junk, list, auto_reply.
    Precedence,
    /// `List-Id`, `List-Unsubscribe` and their kin (RFC 2369, RFC 2919).
    List,
    /// No sender to answer to: an empty `Return-Path` or envelope sender (RFC 3834).
    NoReturnPath,
    /// `X-Autoreply`, `X-Autorespond`, `X-AutoReply-From`.
    AutoReply,
    /// `X-Auto-Response-Suppress`.
    ResponseSuppressed,
    /// Our own `X-Loop`.
    Loop,
    /// From a mailer-daemon, postmaster or no-reply address.
    Robot,
    /// multipart/report (RFC 6522).
    Report,
}

/// A mail that could not be delivered, or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Message-IDs of the mails it speaks of, as [`Mail::message_id`].
    pub original_ids: Vec<String>,
    /// Whether delivery was given up (`Action: failed`), as opposed to delayed or delivered.
    pub outcome: BounceOutcome,
    /// Enhanced status code as `5.1.1` (RFC 3463), if given.
    pub status: Option<String>,
}

/// `Action` of a delivery status (RFC 3464, section 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BounceOutcome {
    /// Given up.
    Failed,
    /// Still tried.
    Delayed,
    /// Delivered or relayed.
    Delivered,
}

/// What the mail servers found out about a sender.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authentication {
    /// Result of SPF, as `pass`, `softfail`.
    pub spf: Option<String>,
    /// Results of DKIM, by signing domain.
    pub dkim: Vec<(String, String)>,
    /// Whether one of them passed for the domain that the mail says it is from.
    pub is_aligned: bool,
}

impl Automatic {
    /// The name used outside.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AutoSubmitted => "auto-submitted",
            Self::Precedence => "precedence",
            Self::List => "list",
            Self::NoReturnPath => "no-return-path",
            Self::AutoReply => "auto-reply",
            Self::ResponseSuppressed => "response-suppressed",
            Self::Loop => "loop",
            Self::Robot => "robot",
            Self::Report => "report",
        }
    }
}
