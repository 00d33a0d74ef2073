//! What a refusal to tell a name means (Graph API, handling errors; Messenger Platform, user profile API, "Profile
//! unavailable"; Instagram Platform, user profile API, "User consent").

use reqwest::StatusCode;
use serde::Deserialize;
use tributary_domain::ports::ProfileError;

use crate::http::Answer;

/// A failure on its way to the port's.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) error: ProfileError,
    pub(super) credentials_refused: bool,
}

impl From<ProfileError> for Refused {
    fn from(error: ProfileError) -> Self {
        Self {
            error,
            credentials_refused: false,
        }
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

pub(super) fn not_now(reason: &str) -> Refused {
    let reason = reason.to_owned();
    ProfileError::NotNow {
        reason,
        retry_after: None,
    }
    .into()
}

/// Judges an answer that is no profile. Without a word of the platform's own, something on the way answered.
pub(super) fn of(answer: &Answer) -> Refused {
    let body = answer.body.as_deref().unwrap_or_default();
    let status = answer.status;
    let Ok(ErrorBody { error }) = serde_json::from_slice(body) else {
        let reason = format!("status {}", status.as_u16());
        return match status {
            StatusCode::UNAUTHORIZED => token_refused(reason),
            _ => later(reason, answer),
        };
    };
    let GraphError {
        code,
        error_subcode,
        is_transient,
    } = error;
    let told = match error_subcode {
        Some(subcode) => format!("code {code}/{subcode}"),
        None => format!("code {code}"),
    };
    match (code, error_subcode) {
        (0 | 102 | 190, _) => token_refused(told),
        // The page is restricted for a while, or blocked.
        (10, Some(1_893_063)) | (368 | 131_031, _) => ProfileError::AccountBroken(told).into(),
        (1 | 2 | 4 | 17 | 32 | 613 | 80_000..=80_014, _) => later(told, answer),
        _ if is_transient || status.is_server_error() => later(told, answer),
        _ if status == StatusCode::TOO_MANY_REQUESTS => later(told, answer),
        // No permission (3, 10, 200-299), no consent (230), no such person or no profile (100): for good.
        _ => ProfileError::Never(told).into(),
    }
}

fn token_refused(told: String) -> Refused {
    Refused {
        error: ProfileError::AccountBroken(told),
        credentials_refused: true,
    }
}

fn later(reason: String, answer: &Answer) -> Refused {
    ProfileError::NotNow {
        reason,
        retry_after: answer.retry_after(),
    }
    .into()
}
