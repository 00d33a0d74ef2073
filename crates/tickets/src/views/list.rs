//! Lists on the wire.

use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use tributary_domain::Timestamp;
use tributary_domain::ports::InboxPage;
use utoipa::ToSchema;

use super::message::MessageView;
use super::ticket::{TicketRowView, Viewer};
use crate::cursor::{self, ListCursor};
use crate::etag;

/// A page of tickets.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketListView {
    /// Newest activity first.
    pub tickets: Vec<TicketRowView>,
    /// For the next page, if there may be one.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// What changed since this list was begun is found by `updated_since` with this.
    #[schema(format = DateTime)]
    pub as_of: String,
}

/// A page of a timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineView {
    /// Oldest first.
    pub messages: Vec<MessageView>,
    /// Cursor for the entries before them, if there are any.
    #[schema(required)]
    pub older_timeline: Option<String>,
}

/// Answers a page of the list `list`; 304 when the client has the same rows already.
/// The tag leaves `as_of` out, which moves with every call.
pub(crate) fn answer(
    headers: &HeaderMap,
    page: InboxPage,
    list: &str,
    as_of: Timestamp,
    viewer: Viewer<'_>,
) -> Response {
    let InboxPage { tickets, next } = page;
    let tickets: Vec<TicketRowView> = tickets
        .into_iter()
        .map(|ticket| TicketRowView::of(ticket, viewer))
        .collect();
    let place = next
        .as_ref()
        .map(|place| (place.updated_at.as_millis(), place.ticket_id.as_str()));
    let tag = etag::of_content(&(list, &tickets, place));
    let view = TicketListView {
        tickets,
        next_cursor: next.map(|place| cursor::write_list(&ListCursor { place, as_of }, list)),
        as_of: as_of.to_string(),
    };
    etag::answer(headers, StatusCode::OK, &tag, view)
}
