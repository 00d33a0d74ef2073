//! `GET /api/tickets`: the inbox.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use tributary_domain::ports::Inbox;
use tributary_domain::{Surroundings, Timestamp};
use tributary_edge::Problem;

use crate::caller::SignedIn;
use crate::cursor::{self, ListCursor};
use crate::deps::Door;
use crate::failure::port_problem;
use crate::openapi::refused_with;
use crate::query::{Given, Parameters};
use crate::views::list::{self, TicketListView};
use crate::views::ticket::Viewer;

const KNOWN: [&str; 9] = [
    "status",
    "channel",
    "priority",
    "assigned_agent_id",
    "tag",
    "q",
    "updated_since",
    "limit",
    "cursor",
];

/// A change may carry a time so long before it can be read: a request lasts 8 s at most, the clocks
/// of functions differ a little, and the index lags behind.
const LATENESS: Duration = Duration::from_secs(15);

refused_with!(
    Refusals: InvalidParameter, InvalidCursor, Unauthenticated, Forbidden, TemporarilyUnavailable, InternalError
);

/// Tickets, newest activity first. One that does not change while its list is paged appears exactly
/// once; one that does is found by `updated_since` with the list's `as_of`.
#[utoipa::path(
    get,
    path = "/api/tickets",
    tag = "tickets",
    security(("agent" = [])),
    params(
        ("status" = Option<String>, Query, description = "Any of these, separated by commas", example = "new,open"),
        ("channel" = Option<String>, Query, description = "Any of these, separated by commas"),
        ("priority" = Option<String>, Query, description = "Any of these, separated by commas"),
        ("assigned_agent_id" = Option<String>, Query, description = "`me`, `none` or an agent's id"),
        ("tag" = Option<String>, Query, description = "Has this tag"),
        ("q" = Option<String>, Query, description = "Beginnings of words, numbers, addresses or references, all of which must match", max_length = 200),
        ("updated_since" = Option<String>, Query, description = "Last activity at this RFC 3339 time or later"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Rows of a page, 25 unless told"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before, with the same filters"),
        ("if-none-match" = Option<String>, Header, description = "The ETag of what the client has"),
    ),
    responses(
        (status = 200, description = "A page of tickets without their timelines", body = TicketListView, headers(("etag" = String, description = "The same as long as the rows are"))),
        (status = 304, description = "The client has it already"),
        Refusals
    )
)]
pub(crate) async fn list_tickets<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let given = parameters.among(&KNOWN)?;
    let limit = given.limit()?;
    let filter = given.filter(&caller.id)?;
    let list = cursor::list_name(&format!("{filter:?}"));
    let begun = begun(&given, &list)?;
    let desk = door.desk();
    let now = desk.surroundings.now();
    let after = begun.as_ref().map(|cursor| &cursor.place);
    let page = desk.tickets.page(&filter, after, limit).await;
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

/// The cursor given, if there is one.
pub(super) fn begun(given: &Given, list: &str) -> Result<Option<ListCursor>, Problem> {
    given
        .text("cursor")
        .map(|text| cursor::read_list(text, list))
        .transpose()
}

/// From when on changes have to be asked for: fixed when the list was begun.
pub(super) fn as_of(begun: Option<&ListCursor>, now: Timestamp) -> Timestamp {
    begun.map_or_else(|| now.minus(LATENESS), |cursor| cursor.as_of)
}
