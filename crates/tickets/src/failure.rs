//! Failures of the store and of time as clients see them. A cause is logged here, once.

use tributary_domain::ports::PortError;
use tributary_edge::{Problem, ProblemCode};

/// 503 for what may succeed soon, 500 for what somebody has to mend.
pub(crate) fn port_problem(error: &PortError) -> Problem {
    let cause = error as &dyn std::error::Error;
    match error {
        PortError::Unavailable(source) => {
            tracing::warn!(
                error = cause,
                source = source.as_ref() as &dyn std::error::Error,
                "a store did not answer"
            );
            Problem::new(ProblemCode::TemporarilyUnavailable)
        }
        PortError::Corrupt(_) => {
            tracing::error!(error = cause, "stored data is corrupt");
            Problem::new(ProblemCode::InternalError)
        }
    }
}

/// 503: others changed the same ticket until the time was up.
pub(crate) fn out_of_time() -> Problem {
    tracing::warn!("out of time after lost races");
    Problem::new(ProblemCode::TemporarilyUnavailable)
}

/// 404 for a ticket.
pub(crate) fn no_such_ticket() -> Problem {
    Problem::new(ProblemCode::TicketNotFound)
}

/// 403.
pub(crate) fn forbidden() -> Problem {
    Problem::new(ProblemCode::Forbidden)
}

/// 422 with the field.
pub(crate) fn invalid_field(pointer: impl Into<String>, why: impl Into<String>) -> Problem {
    Problem::new(ProblemCode::InvalidField).pointer(pointer, why.into())
}

/// 400 with the parameter of the query or the header.
pub(crate) fn invalid_parameter(name: &str, why: &str) -> Problem {
    Problem::new(ProblemCode::InvalidParameter)
        .detail(format!("{name}: {why}."))
        .with("parameter", name)
}
