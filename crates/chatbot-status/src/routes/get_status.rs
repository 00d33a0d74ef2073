//! `GET /api/tickets/{id}/status`: what a chatbot polls.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use tributary_domain::ports::{Blobs, PortError, Tickets};
use tributary_domain::read_ticket::{ReadError, read_status};
use tributary_domain::{Surroundings, TicketId};
use tributary_edge::{Problem, ProblemCode};

use crate::caller::Reader;
use crate::deps::Deps;
use crate::openapi::Refusals;
use crate::views::TicketStatusView;

/// How a ticket stands. A status token opens the ticket it was made for, also after that was merged
/// into another; an agent may read every ticket's.
#[utoipa::path(
    get,
    path = "/api/tickets/{id}/status",
    tag = "tickets",
    security(("status_token" = []), ("agent" = [])),
    params(("id" = String, Path, description = "The ticket's id")),
    responses((status = 200, description = "How it stands now", body = TicketStatusView), Refusals)
)]
pub(crate) async fn get_status<T, B, S>(
    State(deps): State<Arc<Deps<T, B, S>>>,
    Reader(principal): Reader,
    id: Result<Path<String>, axum::extract::rejection::PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Json<TicketStatusView>, Problem>
where
    T: Tickets + 'static,
    B: Blobs + 'static,
    S: Surroundings + 'static,
{
    let text = id.map_or_else(|_| String::new(), |Path(text)| text);
    let id = TicketId::parse(&text).map_err(|error| {
        Problem::new(ProblemCode::InvalidId).detail(format!("The path needs {}.", error.expected))
    })?;
    if query.is_some_and(|query| !query.is_empty()) {
        return Err(
            Problem::new(ProblemCode::InvalidParameter).detail("This call takes no parameters.")
        );
    }
    let status = read_status(&deps.tickets, &deps.blobs, &principal, &id).await;
    status
        .map(|status| Json(TicketStatusView::from(status)))
        .map_err(problem)
}

fn problem(error: ReadError) -> Problem {
    match error {
        ReadError::NoSuchTicket => Problem::new(ProblemCode::TicketNotFound),
        ReadError::Forbidden => Problem::new(ProblemCode::Forbidden),
        ReadError::Port(error @ PortError::Unavailable(_)) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a store did not answer"
            );
            Problem::new(ProblemCode::TemporarilyUnavailable)
        }
        ReadError::Port(error @ PortError::Corrupt(_)) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "stored data is corrupt"
            );
            Problem::new(ProblemCode::InternalError)
        }
    }
}
