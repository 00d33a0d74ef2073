//! What a platform's answer means for a message, in words for the agent.

use std::time::Duration;

use tributary_domain::delivery::DeliveryError;
use tributary_domain::ports::SendOutcome;

use crate::credentials::CredentialError;
use crate::http::Failure;

/// The channel is broken, not the message: somebody has to mend it before another try is of use.
pub(crate) const CHANNEL_BROKEN: Duration = Duration::from_secs(15 * 60);

pub(crate) const AGAIN: &str = "It is tried again by itself.";
pub(crate) const LOOK_FIRST: &str = "Look whether the customer got it before you send it again.";
pub(crate) const ADMIN: &str =
    "An administrator has to mend the channel; the message goes out when it works again.";

/// The outcome of one call, and whether the credentials were refused.
#[derive(Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) outcome: SendOutcome,
    pub(crate) credentials_refused: bool,
}

impl From<SendOutcome> for Verdict {
    fn from(outcome: SendOutcome) -> Self {
        Self {
            outcome,
            credentials_refused: false,
        }
    }
}

impl Verdict {
    pub(crate) fn credentials_refused(self) -> Self {
        Self {
            credentials_refused: true,
            ..self
        }
    }
}

fn error(code: impl Into<String>, message: &str, hint: &str) -> DeliveryError {
    DeliveryError {
        code: code.into(),
        message: message.to_owned(),
        hint: hint.to_owned(),
    }
}

pub(crate) fn retryable(
    code: impl Into<String>,
    message: &str,
    hint: &str,
    retry_after: Option<Duration>,
) -> SendOutcome {
    SendOutcome::Retryable {
        error: error(code, message, hint),
        retry_after,
    }
}

pub(crate) fn refused(code: impl Into<String>, message: &str, hint: &str) -> SendOutcome {
    SendOutcome::Refused {
        error: error(code, message, hint),
    }
}

pub(crate) fn unknown(code: impl Into<String>, message: &str) -> SendOutcome {
    SendOutcome::Unknown {
        error: error(code, message, LOOK_FIRST),
    }
}

impl From<Failure> for SendOutcome {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent => retryable(
                "not-reached",
                "The provider could not be reached.",
                AGAIN,
                None,
            ),
            Failure::TimedOut => unknown("timeout", "The provider did not answer in time."),
            Failure::Cut => unknown(
                "connection-cut",
                "The connection was cut before the provider answered.",
            ),
        }
    }
}

impl From<CredentialError> for SendOutcome {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::UnknownAccount => refused(
                "account-not-connected",
                "The account this conversation came to is not connected any more.",
                "Ask an administrator to connect it again, then send the message again.",
            ),
            CredentialError::Unavailable(cause) => {
                tracing::warn!(
                    error = &*cause as &dyn std::error::Error,
                    "credentials cannot be read"
                );
                credentials_unavailable()
            }
        }
    }
}

pub(crate) fn credentials_unavailable() -> SendOutcome {
    retryable(
        "credentials-unavailable",
        "The channel's credentials could not be read.",
        AGAIN,
        None,
    )
}
