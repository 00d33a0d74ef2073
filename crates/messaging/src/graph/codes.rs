//! What is known of the codes of Meta's errors, and what they ask for.

use std::time::Duration;

/// What a code asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// It passes; not sooner than this.
    Again(Duration),
    /// The account sends too much: nothing of it for so long.
    Slow(Duration),
    /// It may pass: so many tries in all.
    AFew(u32),
    /// This message to this customer never goes; this is what the agent can do.
    Never(&'static str),
    /// The channel is broken.
    Channel,
    /// The channel's token is refused.
    Token,
    /// It is an error, and the message may have been sent all the same.
    Unsure,
}

/// What is known of a range of codes, or of one subcode of theirs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) codes: (i64, i64),
    pub(crate) subcode: Option<i64>,
    pub(super) class: Class,
    pub(super) message: &'static str,
}

pub(crate) const fn known(first: i64, last: i64, class: Class, message: &'static str) -> Known {
    Known {
        codes: (first, last),
        subcode: None,
        class,
        message,
    }
}

pub(crate) const fn again(seconds: u64) -> Class {
    Class::Again(Duration::from_secs(seconds))
}

pub(crate) const fn slow(seconds: u64) -> Class {
    Class::Slow(Duration::from_secs(seconds))
}

impl Known {
    /// The same for one subcode only.
    pub(crate) const fn with(self, subcode: i64) -> Self {
        Self {
            subcode: Some(subcode),
            ..self
        }
    }

    pub(super) fn is_of(&self, code: i64, subcode: Option<i64>) -> bool {
        (self.codes.0..=self.codes.1).contains(&code)
            && (self.subcode.is_none() || self.subcode == subcode)
    }
}
