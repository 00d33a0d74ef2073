//! What a platform's answer means for a message, in words for the agent.

use std::time::Duration;

use reqwest::StatusCode;
use tributary_domain::delivery::DeliveryError;
use tributary_domain::ports::SendOutcome;

use crate::credentials::CredentialError;
use crate::http::Failure;

pub(crate) const AGAIN: &str = "It is tried again by itself.";
pub(crate) const WAITS: &str = "It waits for its turn and goes out by itself.";
pub(crate) const LOOK_FIRST: &str = "Look whether the customer got it before you send it again.";
pub(crate) const ADMIN: &str =
    "An administrator has to mend the channel; the message goes out when it works again.";
pub(crate) const EDIT: &str =
    "Change the message and send it again; if that does not help, tell an administrator the code.";
pub(crate) const OTHER_FILE: &str = "Send it in another format or smaller.";

/// What became of a call that did not bring the message to the provider for certain, and whether the credentials
/// were refused.
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

    /// The same for a call that only handed over a file that the message needs: nothing was sent, whatever became
    /// of the file.
    pub(crate) fn of_upload(self, platform: &str) -> Self {
        let told = |error: DeliveryError, message: String, hint: &str| DeliveryError {
            code: error.code,
            message,
            hint: hint.to_owned(),
        };
        let outcome = match self.outcome {
            SendOutcome::Unknown { error } => SendOutcome::Retryable {
                error: told(
                    error,
                    format!("The file could not be handed to {platform}."),
                    AGAIN,
                ),
                retry_after: None,
            },
            SendOutcome::Refused { error } => SendOutcome::Refused {
                error: told(
                    error,
                    format!("{platform} does not take the file."),
                    OTHER_FILE,
                ),
            },
            outcome @ (SendOutcome::Accepted { .. }
            | SendOutcome::Retryable { .. }
            | SendOutcome::Limited { .. }
            | SendOutcome::Broken { .. }) => outcome,
        };
        Self { outcome, ..self }
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

pub(crate) fn limited(
    code: impl Into<String>,
    message: &str,
    retry_after: Option<Duration>,
) -> SendOutcome {
    SendOutcome::Limited {
        error: error(code, message, WAITS),
        retry_after,
    }
}

pub(crate) fn broken(code: impl Into<String>, message: &str) -> SendOutcome {
    SendOutcome::Broken {
        error: error(code, message, ADMIN),
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

/// What an answer means to a call that shows that a message was seen or that somebody types: nothing follows from a
/// refusal.
pub(crate) fn judge_shown(status: StatusCode) -> Result<(), Verdict> {
    match status.is_success() {
        true => Ok(()),
        false => Err(refused("not-shown", "The platform does not show it.", "").into()),
    }
}

impl From<Failure> for Verdict {
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
        .into()
    }
}

impl From<CredentialError> for Verdict {
    fn from(error: CredentialError) -> Self {
        match error {
            // It may have been added since the secret was read.
            CredentialError::UnknownAccount => Self::from(broken(
                "account-not-connected",
                "The account this conversation came to is not in the channel's secret.",
            ))
            .credentials_refused(),
            CredentialError::Unavailable(cause) => {
                tracing::warn!(
                    error = &*cause as &dyn std::error::Error,
                    "credentials cannot be read"
                );
                broken(
                    "credentials-unavailable",
                    "The channel's secret is missing or cannot be read.",
                )
                .into()
            }
        }
    }
}

/// Time ran out before the credentials were there.
pub(crate) fn credentials_slow() -> Verdict {
    retryable(
        "credentials-unavailable",
        "The channel's credentials could not be read in time.",
        AGAIN,
        None,
    )
    .into()
}
