//! `POST /api/tickets/{id}/message`: an agent answers or notes.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use tributary_domain::reply::{NewMessage, PostError, Posted, post_message as post};
use tributary_domain::{Surroundings, Visibility, limits};
use tributary_edge::Problem;
use tributary_edge::body::StrictJson;
use utoipa::ToSchema;

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::etag;
use crate::failure::{forbidden, invalid_field, no_such_ticket, out_of_time, port_problem};
use crate::openapi::refused_with;
use crate::path_id::TicketPath;
use crate::query::Parameters;
use crate::routes::{deadline, publish};
use crate::views::names::VisibilityName;
use crate::views::ticket::{TicketView, Viewer};

/// What an agent wrote.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostMessageBody {
    /// The text.
    #[schema(min_length = 1, max_length = 10000)]
    content: String,
    /// `public` for the customer (unless told), `internal` for a note.
    visibility: Option<VisibilityName>,
    /// Files: none yet.
    #[schema(value_type = Option<Vec<String>>, max_items = 0)]
    attachments: Option<Vec<Value>>,
    /// The client's own key: the same again does nothing twice.
    #[schema(min_length = 1, max_length = 128)]
    client_message_id: Option<String>,
}

refused_with!(
    Refusals: InvalidId, InvalidParameter, InvalidBody, UnknownField, BodyTooLarge, UnsupportedMediaType,
    InvalidField, Unauthenticated, Forbidden, TicketNotFound, TemporarilyUnavailable, InternalError
);

/// Answers the customer, or writes a note. The answer is the ticket with the new message last.
#[utoipa::path(
    post,
    path = "/api/tickets/{id}/message",
    tag = "tickets",
    security(("agent" = [])),
    params(("id" = String, Path, description = "The ticket's id")),
    request_body = PostMessageBody,
    responses(
        (status = 201, description = "Written, and to be sent if it is public", body = TicketView,
            headers(("etag" = String, description = "`\"<version>\"`"))),
        (status = 200, description = "Written before with the same `client_message_id`: the ticket as it is now",
            body = TicketView, headers(("etag" = String, description = "`\"<version>\"`"))),
        Refusals
    )
)]
pub(crate) async fn post_message<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    TicketPath(id): TicketPath,
    parameters: Parameters,
    StrictJson(body): StrictJson<PostMessageBody>,
) -> Result<Response, Problem> {
    parameters.among(&[])?;
    let message = message(body)?;
    let desk = door.desk();
    let deadline = deadline(door.as_ref());
    let posted = post(desk, &caller.principal, &id, message, deadline).await;
    let (status, ticket) = match posted.map_err(problem)? {
        Posted::Created(ticket, events) => {
            publish(door.as_ref(), &events).await;
            (StatusCode::CREATED, ticket)
        }
        Posted::Repeated(ticket) => (StatusCode::OK, ticket),
    };
    let tag = etag::of_version(ticket.version);
    let viewer = Viewer {
        principal: &caller.principal,
        now: desk.surroundings.now(),
    };
    let view = TicketView::of(*ticket, viewer, &desk.blobs).await;
    let view = view.map_err(|error| port_problem(&error))?;
    Ok(etag::tagged(status, &tag, view))
}

fn message(body: PostMessageBody) -> Result<NewMessage, Problem> {
    let PostMessageBody {
        content,
        visibility,
        attachments,
        client_message_id,
    } = body;
    limits::agent_message(&content).map_err(|error| invalid_field("/content", error.detail))?;
    if attachments.is_some_and(|files| !files.is_empty()) {
        return Err(invalid_field(
            "/attachments",
            "must be empty: files cannot be sent yet",
        ));
    }
    if let Some(key) = &client_message_id {
        limits::client_message_id(key)
            .map_err(|error| invalid_field("/client_message_id", error.detail))?;
    }
    Ok(NewMessage {
        content,
        visibility: visibility.map_or(Visibility::Public, Into::into),
        client_message_id,
    })
}

fn problem(error: PostError) -> Problem {
    match error {
        PostError::NoSuchTicket => no_such_ticket(),
        PostError::Forbidden => forbidden(),
        PostError::OutOfTime => out_of_time(),
        PostError::Port(error) => port_problem(&error),
    }
}
