//! What Meta's platforms have in common: the Graph API and its errors.
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

use super::{Doubles, faults};
use crate::sandbox::clock::unique_id;
use crate::sandbox::model::FaultKind;

/// Meta's error envelope, reduced to what one decides on.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: u32,
    pub(super) subcode: Option<u32>,
    pub(super) message: &'static str,
    pub(super) details: String,
}

impl Refusal {
    pub(super) fn parameter(code: u32, message: &'static str, details: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            subcode: None,
            message,
            details: details.into(),
        }
    }

    pub(super) fn token() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: 190,
            subcode: None,
            message: "Invalid OAuth access token - Cannot parse access token",
            details: "the access token is missing or wrong".to_owned(),
        }
    }

    pub(super) fn expired_token() -> Self {
        Self {
            subcode: Some(463),
            message: "Error validating access token: Session has expired.",
            details: "the access token has expired".to_owned(),
            ..Self::token()
        }
    }

    pub(super) fn internal() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: 2,
            subcode: None,
            message: "(#2) Service temporarily unavailable",
            details: "try again later".to_owned(),
        }
    }

    pub(super) fn unknown_object() -> Self {
        Self {
            subcode: Some(33),
            ..Self::parameter(
                100,
                "Unsupported request. Object does not exist, cannot be loaded due to missing permissions, or does not support this operation",
                "unknown version or account",
            )
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "error": {
            "message": self.message,
            "type": "OAuthException",
            "code": self.code,
            "error_subcode": self.subcode,
            "error_data": { "messaging_product": "whatsapp", "details": self.details },
            "fbtrace_id": unique_id(),
        } });
        (self.status, Json(body)).into_response()
    }
}

/// As in v26.0.
pub(super) fn is_version(version: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    version
        .strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| number(major) && number(minor))
}

/// The body of a call.
pub(super) fn json_body(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body)
        .map_err(|_| Refusal::parameter(100, "(#100) Invalid parameter", "the body is no JSON"))
}

/// An answer, with what came of the call noted; none of it leaves when it is to be lost.
pub(super) fn answered(
    doubles: &Doubles,
    provider: &str,
    accepted: Result<Value, Refusal>,
    fault: FaultKind,
) -> Response {
    match accepted {
        Ok(_) if fault == FaultKind::AnswerLost => faults::cut(doubles, provider),
        Ok(answer) => {
            let answer = Json(answer).into_response();
            faults::note(doubles, provider, &answer, "Taken.");
            answer
        }
        Err(refusal) => {
            let note = format!("{} {}", refusal.code, refusal.message);
            let answer = refusal.into_response();
            faults::note(doubles, provider, &answer, &note);
            answer
        }
    }
}
