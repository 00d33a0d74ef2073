//! What Meta's Graph API answers, whichever platform is behind it: its error envelope, and what the
//! codes ask for.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use crate::http::Answer;
use crate::verdict::{AGAIN, EDIT, Verdict, broken, limited, refused, retryable, unknown};

mod codes;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use codes::{Class, Known, again, known, slow};

/// How long an account that sends too much is left alone when Meta does not say.
const SLOW_DOWN: Duration = Duration::from_secs(10);

/// A platform: its name for people, and every code with a meaning of its own.
pub(crate) struct Platform {
    pub(crate) name: &'static str,
    pub(crate) codes: &'static [Known],
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
    /// What an answer means for the `nth` try of a message: the id that `taken` reads, or why there is none.
    pub(crate) fn judge(
        &self,
        answer: &Answer,
        nth: u32,
        taken: impl FnOnce(&[u8]) -> Option<String>,
    ) -> Result<String, Verdict> {
        let body = answer.body.as_deref().unwrap_or_default();
        if answer.status.is_success() {
            let message = format!("{}'s answer could not be read.", self.name);
            return taken(body).ok_or_else(|| unknown("unreadable-answer", &message).into());
        }
        let verdict = match serde_json::from_slice::<ErrorBody>(body) {
            Ok(body) => self.own_error(answer, &body.error, nth),
            Err(_) => self.foreign_error(answer),
        };
        Err(match answer.status {
            StatusCode::UNAUTHORIZED => verdict.credentials_refused(),
            _ => verdict,
        })
    }

    /// The platform said no itself: as a rule it certainly did not take the message.
    fn own_error(&self, answer: &Answer, error: &GraphError, nth: u32) -> Verdict {
        let status = answer.status;
        let name = self.name;
        let known = self
            .codes
            .iter()
            .find(|k| k.is_of(error.code, error.error_subcode));
        let code = error.told(known);
        let (class, message) = match known {
            Some(Known {
                codes: _,
                subcode: _,
                class,
                message,
            }) => (*class, (*message).to_owned()),
            None if status == StatusCode::UNAUTHORIZED => (Class::Token, self.bad_token()),
            None if status == StatusCode::TOO_MANY_REQUESTS => {
                (Class::Slow(SLOW_DOWN), self.slow_down())
            }
            None if status.is_server_error() || error.is_transient => {
                (again(0), format!("{name} had an internal error."))
            }
            None => (Class::Never(EDIT), self.refusal()),
        };
        let asked = answer.retry_after();
        let at_least = |least: Duration| {
            let after = asked.map_or(least, |asked| asked.max(least));
            (!after.is_zero()).then_some(after)
        };
        match class {
            Class::Again(least) => retryable(code, &message, AGAIN, at_least(least)).into(),
            Class::Slow(least) => limited(code, &message, at_least(least)).into(),
            Class::AFew(tries) if nth < tries => retryable(code, &message, AGAIN, asked).into(),
            Class::AFew(_) => refused(
                code,
                &message,
                "It was tried several times. Send it again later, or answer on another channel.",
            )
            .into(),
            Class::Never(hint) => refused(code, &message, hint).into(),
            Class::Unsure => unknown(code, &message).into(),
            Class::Channel => broken(code, &message).into(),
            Class::Token => Verdict::from(broken(code, &message)).credentials_refused(),
        }
    }

    /// Something on the way answered, or the platform in a way it never does.
    fn foreign_error(&self, answer: &Answer) -> Verdict {
        let name = self.name;
        let status = answer.status.as_u16();
        let code = format!("http-{status}");
        match status {
            401 => broken(code, &self.bad_token()),
            403 => broken(code, "The channel has no permission to send."),
            429 => {
                let after = answer.retry_after().unwrap_or(SLOW_DOWN);
                limited(code, &self.slow_down(), Some(after))
            }
            300..=399 => broken(code, &format!("{name}'s address is not right.")),
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
