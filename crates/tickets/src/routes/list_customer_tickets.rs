//! `GET /api/customers/{id}/tickets`: a customer's tickets.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use tributary_domain::Surroundings;
use tributary_domain::ports::{Inbox, Tickets};
use tributary_edge::{Problem, ProblemCode};

use crate::caller::SignedIn;
use crate::cursor;
use crate::deps::Door;
use crate::failure::port_problem;
use crate::openapi::refused_with;
use crate::path_id::CustomerPath;
use crate::query::Parameters;
use crate::routes::list_tickets::{as_of, begun};
use crate::views::list::{self, TicketListView};
use crate::views::ticket::Viewer;

refused_with!(
    Refusals: InvalidId, InvalidParameter, InvalidCursor, Unauthenticated, Forbidden, CustomerNotFound,
    TemporarilyUnavailable, InternalError
);

/// A customer's tickets on every channel, newest activity first.
#[utoipa::path(
    get,
    path = "/api/customers/{id}/tickets",
    tag = "customers",
    security(("agent" = [])),
    params(
        ("id" = String, Path, description = "The customer's id"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Rows of a page, 25 unless told"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("if-none-match" = Option<String>, Header, description = "The ETag of what the client has"),
    ),
    responses(
        (status = 200, description = "A page of tickets without their timelines", body = TicketListView, headers(("etag" = String, description = "The same as long as the rows are"))),
        (status = 304, description = "The client has it already"),
        Refusals
    )
)]
pub(crate) async fn list_customer_tickets<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    CustomerPath(id): CustomerPath,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let given = parameters.among(&["limit", "cursor"])?;
    let limit = given.limit()?;
    let list = cursor::list_name(id.as_str());
    let begun = begun(&given, &list)?;
    let desk = door.desk();
    let customer = desk.tickets.customer(&id).await;
    if customer.map_err(|error| port_problem(&error))?.is_none() {
        return Err(Problem::new(ProblemCode::CustomerNotFound));
    }
    let now = desk.surroundings.now();
    let after = begun.as_ref().map(|cursor| &cursor.place);
    let page = desk.tickets.of_customer(&id, after, limit).await;
    let page = page.map_err(|error| port_problem(&error))?;
    let viewer = Viewer {
        principal: &caller.principal,
        now,
    };
    Ok(list::answer(
        &headers,
        page,
        &list,
        as_of(begun.as_ref(), now),
        viewer,
    ))
}
