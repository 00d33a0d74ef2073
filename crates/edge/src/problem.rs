//! Errors as clients see them: RFC 9457 problem documents.

mod code;

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

pub use code::ProblemCode;

const TYPE_BASE: &str = "https://tributary.dev/problems/";
const RETRY_AFTER_S: u32 = 2;

/// A refusal or failure on its way to the client.
#[derive(Debug, Clone)]
pub struct Problem {
    code: ProblemCode,
    detail: Option<Cow<'static, str>>,
    instance: Option<String>,
    errors: Vec<FieldError>,
    extensions: Map<String, Value>,
    retry_after_s: u32,
}

/// One field that is at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) of the field in the request body.
    #[schema(example = "/customer/email")]
    pub pointer: String,
    /// What is wrong with it. Never repeats the value.
    pub detail: Cow<'static, str>,
}

/// Why a call was refused or failed (RFC 9457).
#[derive(Serialize, ToSchema)]
struct ProblemBody {
    /// `https://tributary.dev/problems/<code>`
    r#type: String,
    /// What kind of problem it is, the same for every problem of this code.
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 404)]
    status: u16,
    /// What happened this time, for people.
    detail: Cow<'static, str>,
    /// Path of the request.
    instance: String,
    /// Kebab-case and permanent.
    #[schema(example = "ticket-not-found")]
    code: &'static str,
    /// The fields at fault, if any are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
    /// Members of this kind of problem, such as `allowed`, `ticket_id`, `current_version`, `changed`.
    #[serde(flatten)]
    extensions: Map<String, Value>,
}

impl Problem {
    /// A problem of this kind, its detail being its title.
    pub fn new(code: ProblemCode) -> Self {
        Self {
            code,
            detail: None,
            instance: None,
            errors: Vec::new(),
            extensions: Map::new(),
            retry_after_s: RETRY_AFTER_S,
        }
    }

    /// Says more. Never repeat a value the client sent. A 5xx keeps its title whatever is said here, so that no
    /// internals can leak: log them instead.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        if !self.code.status().is_server_error() {
            self.detail = Some(detail.into());
        }
        self
    }

    /// Names a field at fault by JSON pointer and says why.
    #[must_use]
    pub fn pointer(
        mut self,
        pointer: impl Into<String>,
        why: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.errors.push(FieldError {
            pointer: pointer.into(),
            detail: why.into(),
        });
        self
    }

    /// Adds a member of this kind of problem, such as `allowed` or `current_version`. The standard members stay.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        const STANDARD: [&str; 7] = [
            "type", "title", "status", "detail", "instance", "code", "errors",
        ];
        if !STANDARD.contains(&name) {
            self.extensions.insert(name.to_owned(), value.into());
        }
        self
    }

    /// The path this happened at. The door's layers fill it in where it is absent.
    #[must_use]
    pub fn instance(mut self, path: impl Into<String>) -> Self {
        self.instance = Some(path.into());
        self
    }

    /// Seconds for `Retry-After` of a `temporarily-unavailable` (2 unless told).
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = seconds;
        self
    }

    /// What kind of problem this is.
    pub fn code(&self) -> ProblemCode {
        self.code
    }

    /// The HTTP status it is answered with.
    pub fn status(&self) -> StatusCode {
        self.code.status()
    }

    pub(crate) fn has_instance(&self) -> bool {
        self.instance.is_some()
    }

    fn body(&self) -> ProblemBody {
        ProblemBody {
            r#type: format!("{TYPE_BASE}{}", self.code.as_str()),
            title: self.code.title(),
            status: self.status().as_u16(),
            detail: self
                .detail
                .clone()
                .unwrap_or(Cow::Borrowed(self.code.title())),
            instance: self.instance.clone().unwrap_or_default(),
            code: self.code.as_str(),
            errors: self.errors.clone(),
            extensions: self.extensions.clone(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Strings, numbers and JSON values always serialise.
        let body = serde_json::to_vec(&self.body()).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if self.code == ProblemCode::Unauthenticated {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.code == ProblemCode::TemporarilyUnavailable {
            headers.insert(RETRY_AFTER, HeaderValue::from(self.retry_after_s));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        ProblemBody::schema()
    }
}

impl ToSchema for Problem {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Problem")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ProblemBody::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use serde_json::json;

    async fn read(problem: Problem) -> (http::HeaderMap, Value) {
        let response = problem.into_response();
        let headers = response.headers().clone();
        let bytes = response
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes();
        (headers, serde_json::from_slice(&bytes).expect("JSON"))
    }

    #[tokio::test]
    async fn a_problem_is_a_document_of_rfc_9457_with_its_own_members() {
        let (headers, body) = read(
            Problem::new(ProblemCode::StatusMoveNotAllowed)
                .detail("closed cannot become new")
                .pointer("/status", "not a move from here")
                .with("allowed", json!(["open"]))
                .with("status", 200)
                .instance("/api/tickets/tkt_1"),
        )
        .await;
        assert_eq!(headers[CONTENT_TYPE], "application/problem+json");
        assert_eq!(
            body,
            json!({
                "type": "https://tributary.dev/problems/status-move-not-allowed",
                "title": "The status cannot move there",
                "status": 409,
                "detail": "closed cannot become new",
                "instance": "/api/tickets/tkt_1",
                "code": "status-move-not-allowed",
                "errors": [{"pointer": "/status", "detail": "not a move from here"}],
                "allowed": ["open"],
            })
        );
    }

    #[tokio::test]
    async fn a_server_error_says_no_more_than_its_title() {
        for code in ProblemCode::ALL
            .into_iter()
            .filter(|code| code.status().is_server_error())
        {
            let (_, body) = read(Problem::new(code).detail("table tickets-prod: timeout")).await;
            assert_eq!(body["detail"], code.title());
        }
    }

    #[tokio::test]
    async fn a_missing_token_names_the_scheme_and_an_outage_says_when_to_retry() {
        let (headers, _) = read(Problem::new(ProblemCode::Unauthenticated)).await;
        assert_eq!(headers[WWW_AUTHENTICATE], "Bearer");
        let (headers, _) =
            read(Problem::new(ProblemCode::TemporarilyUnavailable).retry_after(7)).await;
        assert_eq!(headers[RETRY_AFTER], "7");
        let (headers, _) = read(Problem::new(ProblemCode::InvalidSignature)).await;
        assert!(!headers.contains_key(WWW_AUTHENTICATE) && !headers.contains_key(RETRY_AFTER));
    }

    #[test]
    fn the_published_schema_has_every_member_a_problem_has() {
        let schema = serde_json::to_value(Problem::schema()).expect("JSON");
        let mut schemas = Vec::new();
        Problem::schemas(&mut schemas);
        assert_eq!(schemas.len(), 1);
        assert_eq!(schemas[0].0, "FieldError");
        let required = json!(["type", "title", "status", "detail", "instance", "code"]);
        assert_eq!(schema["required"], required);
        assert!(schema["properties"]["errors"].is_object());
    }
}
