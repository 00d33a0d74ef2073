//! X's errors: problems (docs.x.com, "Response codes and errors").
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use crate::provider_double::faults;
use crate::sandbox::model::FaultKind;

/// What is wrong.
pub(super) struct Problem {
    status: StatusCode,
    title: &'static str,
    /// The last segment of its type; the type is blank without one.
    name: Option<&'static str>,
    pub(super) detail: String,
}

impl Problem {
    fn plain(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            title,
            name: None,
            detail: detail.into(),
        }
    }

    pub(super) fn invalid(detail: impl Into<String>) -> Self {
        Self {
            name: Some("invalid-request"),
            ..Self::plain(StatusCode::BAD_REQUEST, "Invalid Request", detail)
        }
    }

    pub(super) fn unauthorized() -> Self {
        Self::plain(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
    }

    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self {
            name: Some("resource-not-found"),
            ..Self::plain(StatusCode::NOT_FOUND, "Not Found Error", detail)
        }
    }

    /// How X plays a fault, if the call fails by it.
    pub(super) fn of(fault: FaultKind) -> Result<(), Self> {
        match fault {
            FaultKind::TokenExpired => Err(Self::unauthorized()),
            FaultKind::ServerError => Err(Self::plain(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Internal Server Error",
                "Something is broken",
            )),
            FaultKind::RateLimited => Err(Self::plain(
                StatusCode::TOO_MANY_REQUESTS,
                "Too Many Requests",
                "Too Many Requests",
            )),
            // X has no window, but people who take no messages.
            FaultKind::WindowClosed => Err(Self::plain(
                StatusCode::FORBIDDEN,
                "Forbidden",
                "You do not have permission to DM one or more participants.",
            )),
            FaultKind::None | FaultKind::Slow | FaultKind::AnswerLost | FaultKind::Bounced => {
                Ok(())
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = self.name.map_or("about:blank".to_owned(), |name| {
            format!("https://api.x.com/2/problems/{name}")
        });
        let body = json!({
            "title": self.title, "type": kind, "status": self.status.as_u16(), "detail": self.detail,
        });
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            let headers = response.headers_mut();
            headers.insert("x-rate-limit-reset", faults::reset_at().into());
            headers.insert("x-rate-limit-remaining", 0.into());
        }
        response
    }
}
