//! Every kind of problem the API can answer with. A code is permanent: clients branch on it.

use http::StatusCode;

/// What went wrong, in the words clients branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemCode {
    /// The body is empty, not UTF-8, not JSON, or not an object where one is needed.
    InvalidBody,
    /// A field is missing or its value breaks a rule.
    InvalidField,
    /// The body holds a field nobody reads.
    UnknownField,
    /// A query parameter breaks a rule.
    InvalidParameter,
    /// A paging cursor that we did not issue.
    InvalidCursor,
    /// An id that cannot be one of ours.
    InvalidId,
    /// The body is longer than this call takes.
    BodyTooLarge,
    /// The body is not declared as JSON.
    UnsupportedMediaType,
    /// No valid token.
    Unauthenticated,
    /// The signature does not prove the sender.
    InvalidSignature,
    /// Known, but not allowed.
    Forbidden,
    /// A webhook handshake with the wrong verify token.
    VerifyTokenMismatch,
    /// Nothing lives at this path.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// No such ticket.
    TicketNotFound,
    /// No such customer.
    CustomerNotFound,
    /// The identity already has an open ticket.
    OpenTicketExists,
    /// The status cannot move there from here.
    StatusMoveNotAllowed,
    /// The platform lets nothing of this kind through to the customer now.
    ReplyWindowClosed,
    /// The delivery of the message is not at a stage where that could be decided.
    DeliveryStage,
    /// No such message.
    MessageNotFound,
    /// No such account of ours.
    AccountNotFound,
    /// The ticket changed since the version named in If-Match.
    VersionMismatch,
    /// More requests than one address may send; only the gateway answers so.
    TooManyRequests,
    /// Something we depend on is away; the same request may succeed soon.
    TemporarilyUnavailable,
    /// A fault of ours.
    InternalError,
}

impl ProblemCode {
    /// All codes, for the published document and for tests.
    pub const ALL: [Self; 26] = [
        Self::InvalidBody,
        Self::InvalidField,
        Self::UnknownField,
        Self::InvalidParameter,
        Self::InvalidCursor,
        Self::InvalidId,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::Unauthenticated,
        Self::InvalidSignature,
        Self::Forbidden,
        Self::VerifyTokenMismatch,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::TicketNotFound,
        Self::CustomerNotFound,
        Self::OpenTicketExists,
        Self::StatusMoveNotAllowed,
        Self::ReplyWindowClosed,
        Self::DeliveryStage,
        Self::MessageNotFound,
        Self::AccountNotFound,
        Self::VersionMismatch,
        Self::TooManyRequests,
        Self::TemporarilyUnavailable,
        Self::InternalError,
    ];

    /// The code on the wire, kebab-case.
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status of this problem, always the same.
    pub const fn status(self) -> StatusCode {
        self.row().1
    }

    /// A short English title, always the same.
    pub const fn title(self) -> &'static str {
        self.row().2
    }

    const fn row(self) -> (&'static str, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::InvalidBody => ("invalid-body", S::BAD_REQUEST, "The body cannot be read"),
            Self::InvalidField => (
                "invalid-field",
                S::UNPROCESSABLE_ENTITY,
                "A field is not valid",
            ),
            Self::UnknownField => ("unknown-field", S::BAD_REQUEST, "A field is unknown"),
            Self::InvalidParameter => (
                "invalid-parameter",
                S::BAD_REQUEST,
                "A parameter is not valid",
            ),
            Self::InvalidCursor => ("invalid-cursor", S::BAD_REQUEST, "The cursor is not valid"),
            Self::InvalidId => ("invalid-id", S::BAD_REQUEST, "The id is not valid"),
            Self::BodyTooLarge => (
                "body-too-large",
                S::PAYLOAD_TOO_LARGE,
                "The body is too large",
            ),
            Self::UnsupportedMediaType => (
                "unsupported-media-type",
                S::UNSUPPORTED_MEDIA_TYPE,
                "The content type is not supported",
            ),
            Self::Unauthenticated => (
                "unauthenticated",
                S::UNAUTHORIZED,
                "A valid token is needed",
            ),
            Self::InvalidSignature => (
                "invalid-signature",
                S::UNAUTHORIZED,
                "The signature is not valid",
            ),
            Self::Forbidden => ("forbidden", S::FORBIDDEN, "This is not allowed"),
            Self::VerifyTokenMismatch => (
                "verify-token-mismatch",
                S::FORBIDDEN,
                "The verify token does not match",
            ),
            Self::NotFound => ("not-found", S::NOT_FOUND, "There is nothing here"),
            Self::MethodNotAllowed => (
                "method-not-allowed",
                S::METHOD_NOT_ALLOWED,
                "The method is not allowed here",
            ),
            Self::TicketNotFound => ("ticket-not-found", S::NOT_FOUND, "There is no such ticket"),
            Self::CustomerNotFound => (
                "customer-not-found",
                S::NOT_FOUND,
                "There is no such customer",
            ),
            Self::OpenTicketExists => (
                "open-ticket-exists",
                S::CONFLICT,
                "There is an open ticket already",
            ),
            Self::StatusMoveNotAllowed => (
                "status-move-not-allowed",
                S::CONFLICT,
                "The status cannot move there",
            ),
            Self::ReplyWindowClosed => (
                "reply-window-closed",
                S::CONFLICT,
                "The time to answer is over",
            ),
            Self::DeliveryStage => (
                "delivery-stage",
                S::CONFLICT,
                "The delivery is at another stage",
            ),
            Self::MessageNotFound => (
                "message-not-found",
                S::NOT_FOUND,
                "There is no such message",
            ),
            Self::AccountNotFound => (
                "account-not-found",
                S::NOT_FOUND,
                "There is no such account",
            ),
            Self::VersionMismatch => (
                "version-mismatch",
                S::PRECONDITION_FAILED,
                "The ticket has changed meanwhile",
            ),
            Self::TooManyRequests => (
                "too-many-requests",
                S::TOO_MANY_REQUESTS,
                "Too many requests",
            ),
            Self::TemporarilyUnavailable => (
                "temporarily-unavailable",
                S::SERVICE_UNAVAILABLE,
                "Temporarily unavailable",
            ),
            Self::InternalError => (
                "internal-error",
                S::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_is_kebab_case_unique_and_an_error() {
        let mut seen = HashSet::new();
        for code in ProblemCode::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text} twice");
            assert!(
                text.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{text}"
            );
            assert!(
                code.status().is_client_error() || code.status().is_server_error(),
                "{text}"
            );
        }
    }
}
