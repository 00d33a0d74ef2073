//! What can go wrong between us and S3.

use aws_credential_types::provider::error::CredentialsError;
use http::StatusCode;
use reqwest::Response;
use tributary_domain::ports::PortError;

/// The longest error that is read; S3's are some hundred bytes.
const LONGEST: usize = 64 * 1024;

/// Why S3 did not do what it was asked. Never holds an address: those are signed.
#[derive(Debug, thiserror::Error)]
pub(super) enum S3Error {
    /// It said no.
    #[error("S3 answered {status} {code} to request {request_id}")]
    Refused {
        status: StatusCode,
        /// As in the API reference, "Error responses"; empty when the answer had none.
        code: String,
        request_id: String,
    },
    #[error("S3 cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("S3 did not answer in time")]
    Late,
    #[error("there are no AWS credentials")]
    Credentials(#[from] CredentialsError),
    #[error("S3 cannot be asked: there is {0}")]
    Settings(&'static str),
    #[error("S3's answer is not what its API reference says: {0}")]
    Unreadable(String),
}

impl S3Error {
    /// Of an answer that is no success.
    pub(super) async fn refused(mut answer: Response) -> Self {
        let status = answer.status();
        let request_id = answer.headers().get("x-amz-request-id");
        let request_id = request_id.and_then(|id| id.to_str().ok());
        let request_id = request_id.unwrap_or_default().to_owned();
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST {
                break;
            }
        }
        Self::Refused {
            status,
            code: code(&String::from_utf8_lossy(&body)).to_owned(),
            request_id,
        }
    }

    /// Of an answer that says so in its body, though its status is 200 (CopyObject, API reference).
    pub(super) fn in_body(body: &str) -> Self {
        Self::Refused {
            status: StatusCode::OK,
            code: code(body).to_owned(),
            request_id: String::new(),
        }
    }

    pub(super) fn is(&self, expected: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == expected)
    }

    /// Whether the same request may go better a moment later ("Error responses" and "Conditional requests", S3).
    pub(super) fn passes(&self) -> bool {
        match self {
            Self::Refused { status, code, .. } => {
                status.is_server_error()
                    || *status == StatusCode::TOO_MANY_REQUESTS
                    || [
                        "RequestTimeout",
                        "ConditionalRequestConflict",
                        "OperationAborted",
                    ]
                    .contains(&code.as_str())
            }
            Self::Unreachable(error) => !error.is_builder(),
            Self::Late => true,
            Self::Credentials(_) | Self::Settings(_) | Self::Unreadable(_) => false,
        }
    }
}

fn code(body: &str) -> &str {
    let rest = body.split_once("<Code>").map_or("", |(_, rest)| rest);
    rest.split_once("</Code>").map_or("", |(code, _)| code)
}

impl From<reqwest::Error> for S3Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Unreachable(error.without_url())
    }
}

impl From<S3Error> for PortError {
    fn from(error: S3Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
