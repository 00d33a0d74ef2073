//! What Meta's Graph API answers, whichever platform is behind it: its error envelope, and what the
//! codes ask for.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use tributary_domain::ports::SendOutcome;

use crate::http::Answer;
use crate::verdict::{ADMIN, AGAIN, CHANNEL_BROKEN, Verdict, refused, retryable, unknown};

pub(crate) const EDIT: &str =
    "Change the message and send it again; if that does not help, tell an administrator the code.";

/// A platform: its name for people, and every code with a meaning of its own.
pub(crate) struct Platform {
    pub(crate) name: &'static str,
    pub(crate) codes: &'static [Known],
}

/// What a code asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// It passes; not sooner than this.
    Again(Duration),
    /// It may pass: so many attempts in all.
    AFew(u32),
    /// This message to this customer never goes.
    Never,
    /// The channel is broken.
    Channel,
    /// The channel's token is refused.
    Token,
    /// It is an error, and the message may have been sent all the same.
    Unsure,
}

/// What is known of a range of codes, or of one subcode of theirs.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) codes: (i64, i64),
    pub(crate) subcode: Option<i64>,
    class: Class,
    message: &'static str,
    hint: &'static str,
}

pub(crate) const fn known(
    first: i64,
    last: i64,
    class: Class,
    message: &'static str,
    hint: &'static str,
) -> Known {
    Known {
        codes: (first, last),
        subcode: None,
        class,
        message,
        hint,
    }
}

pub(crate) const fn seconds(seconds: u64) -> Class {
    Class::Again(Duration::from_secs(seconds))
}

impl Known {
    /// The same for one subcode only.
    pub(crate) const fn with(self, subcode: i64) -> Self {
        Self {
            subcode: Some(subcode),
            ..self
        }
    }

    fn is_of(&self, error: &GraphError) -> bool {
        (self.codes.0..=self.codes.1).contains(&error.code)
            && (self.subcode.is_none() || self.subcode == error.error_subcode)
    }
}

#[derive(Debug, Deserialize)]
struct ErrorBody {
    error: GraphError,
}

#[derive(Debug, Deserialize)]
struct GraphError {
    code: i64,
    error_subcode: Option<i64>,
    #[serde(default)]
    is_transient: bool,
}

impl GraphError {
    /// The code as people are told it, with the subcode where that decided.
    fn told(&self, known: Option<&Known>) -> String {
        match known.and_then(|known| known.subcode) {
            Some(subcode) => format!("{}/{subcode}", self.code),
            None => self.code.to_string(),
        }
    }
}

impl Platform {
    /// What an answer means for attempt `attempt` of a message. `accepted` reads the ids of the
    /// messages that were taken; none when the answer does not name any.
    pub(crate) fn judge(
        &self,
        answer: &Answer,
        attempt: u32,
        accepted: impl FnOnce(&[u8]) -> Option<Vec<String>>,
    ) -> Verdict {
        let body = answer.body.as_deref().unwrap_or_default();
        if answer.status.is_success() {
            return match accepted(body) {
                Some(platform_message_ids) => SendOutcome::Accepted {
                    platform_message_ids,
                }
                .into(),
                None => {
                    let message = format!("{}'s answer could not be read.", self.name);
                    unknown("unreadable-answer", &message).into()
                }
            };
        }
        let verdict = match serde_json::from_slice::<ErrorBody>(body) {
            Ok(body) => self.own_error(answer, &body.error, attempt),
            Err(_) => self.foreign_error(answer),
        };
        match answer.status {
            StatusCode::UNAUTHORIZED => verdict.credentials_refused(),
            _ => verdict,
        }
    }

    /// The platform said no itself: as a rule it certainly did not take the message.
    fn own_error(&self, answer: &Answer, error: &GraphError, attempt: u32) -> Verdict {
        let status = answer.status;
        let name = self.name;
        let known = self.codes.iter().find(|known| known.is_of(error));
        let code = error.told(known);
        let (class, message, hint) = match known {
            Some(Known {
                codes: _,
                subcode: _,
                class,
                message,
                hint,
            }) => (*class, (*message).to_owned(), *hint),
            None if status == StatusCode::UNAUTHORIZED => (Class::Token, self.bad_token(), ADMIN),
            None if status == StatusCode::TOO_MANY_REQUESTS => {
                (seconds(10), self.slow_down(), AGAIN)
            }
            None if status.is_server_error() || error.is_transient => {
                (seconds(0), format!("{name} had an internal error."), AGAIN)
            }
            None => (Class::Never, self.refusal(), EDIT),
        };
        let asked = answer.retry_after();
        match class {
            Class::Again(least) => {
                let after = asked.map_or(least, |asked| asked.max(least));
                let after = (!after.is_zero()).then_some(after);
                retryable(code, &message, hint, after).into()
            }
            Class::AFew(attempts) if attempt < attempts => {
                retryable(code, &message, hint, asked).into()
            }
            Class::AFew(_) => refused(
                code,
                &message,
                "It was tried several times. Send it again later, or answer on another channel.",
            )
            .into(),
            Class::Never => refused(code, &message, hint).into(),
            Class::Unsure => unknown(code, &message).into(),
            Class::Channel => retryable(code, &message, hint, Some(CHANNEL_BROKEN)).into(),
            Class::Token => {
                let outcome = retryable(code, &message, hint, Some(CHANNEL_BROKEN));
                Verdict::from(outcome).credentials_refused()
            }
        }
    }

    /// Something on the way answered, or the platform in a way it never does.
    fn foreign_error(&self, answer: &Answer) -> Verdict {
        let name = self.name;
        let status = answer.status.as_u16();
        let code = format!("http-{status}");
        let channel = |message: &str| retryable(&code, message, ADMIN, Some(CHANNEL_BROKEN));
        match status {
            401 => channel(&self.bad_token()),
            403 => channel("The channel has no permission to send."),
            429 => retryable(code, &self.slow_down(), AGAIN, answer.retry_after()),
            300..=399 => channel(&format!("{name}'s address is not right.")),
            500..=599 => unknown(
                code,
                &format!("{name} had an error and did not say whether it took the message."),
            ),
            _ => refused(code, &self.refusal(), EDIT),
        }
        .into()
    }

    fn bad_token(&self) -> String {
        format!("{} does not accept the channel's access token.", self.name)
    }

    fn slow_down(&self) -> String {
        format!("{} asks us to slow down.", self.name)
    }

    fn refusal(&self) -> String {
        format!("{} refused the message.", self.name)
    }
}
