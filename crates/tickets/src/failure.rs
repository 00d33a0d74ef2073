//! Failures of the store and of time as clients see them. A cause is logged here, once.

use tributary_domain::ports::PortError;
use tributary_domain::ticket::ReplyWindow;
use tributary_edge::{Problem, ProblemCode};

use crate::views::ticket::ReplyWindowView;

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

/// 404 for a message.
pub(crate) fn no_such_message() -> Problem {
    Problem::new(ProblemCode::MessageNotFound)
}

/// 409: how the platform lets us answer now.
pub(crate) fn window_closed(window: ReplyWindow) -> Problem {
    let view = ReplyWindowView::from(window);
    let possible = match window {
        ReplyWindow::Template => "Only a template can be sent until the customer writes.",
        ReplyWindow::Free(_) | ReplyWindow::HumanAgent(_) | ReplyWindow::Closed => {
            "Nothing can be sent on this channel until the customer writes."
        }
    };
    let problem = Problem::new(ProblemCode::ReplyWindowClosed).detail(possible);
    match serde_json::to_value(view) {
        Ok(view) => problem.with("reply_window", view),
        Err(_) => problem,
    }
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
