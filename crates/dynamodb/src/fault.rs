//! The SDK's errors in the ports' terms.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use tributary_domain::ports::{Cause, PortError};

/// What lies behind an SDK error, for the log.
pub(crate) fn cause<E>(error: SdkError<E, HttpResponse>) -> Cause
where
    E: std::error::Error + Send + Sync + 'static,
{
    error
        .into_source()
        .unwrap_or_else(|error| Box::new(std::io::Error::other(error.to_string())))
}

/// A call that may succeed later.
pub(crate) fn unavailable<E>(error: SdkError<E, HttpResponse>) -> PortError
where
    E: std::error::Error + Send + Sync + 'static,
{
    PortError::Unavailable(cause(error))
}

/// A request that could not even be built: a fault of ours.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(crate) fn unbuildable(error: BuildError) -> PortError {
    PortError::Corrupt(format!("a request could not be built: {error}"))
}
