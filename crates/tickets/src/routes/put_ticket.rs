//! `PUT /api/tickets/{id}`: changes a ticket.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use tributary_domain::change_ticket::{Change, ChangeError, change_ticket};
use tributary_domain::ticket::MoveNotAllowed;
use tributary_domain::{AgentId, Surroundings, limits};
use tributary_edge::agents::AgentDirectory;
use tributary_edge::body::StrictJson;
use tributary_edge::{Problem, ProblemCode};
use utoipa::ToSchema;

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::etag;
use crate::failure::{forbidden, invalid_field, no_such_ticket, out_of_time, port_problem};
use crate::openapi::refused_with;
use crate::path_id::TicketPath;
use crate::query::Parameters;
use crate::routes::create_ticket::tags;
use crate::routes::{deadline, publish};
use crate::views::names::{PriorityName, StatusName};
use crate::views::ticket::{TicketView, Viewer};

/// What to change, at least one field; what is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1)]
pub(crate) struct ChangeTicketBody {
    /// The new status.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    status: Option<StatusName>,
    /// The new priority.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    priority: Option<PriorityName>,
    /// The Cognito `sub` of the new assignee, or null for nobody.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    assigned_agent_id: Option<Option<String>>,
    /// All tags it has from now on: at most 20 of at most 50 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    tags: Option<Vec<String>>,
    /// The new subject.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_length = 1, max_length = 255)]
    subject: Option<String>,
}

/// Tells null from absent.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

refused_with!(
    Refusals: InvalidId, InvalidParameter, InvalidBody, UnknownField, BodyTooLarge, UnsupportedMediaType,
    InvalidField, Unauthenticated, Forbidden, TicketNotFound, StatusMoveNotAllowed, VersionMismatch,
    TemporarilyUnavailable, InternalError
);

/// Changes status, priority, assignee, tags or subject: all fields given, or none. What is so already
/// changes nothing. With `If-Match`, only if none of the five has changed since that version;
/// without, the last write wins field by field.
#[utoipa::path(
    put,
    path = "/api/tickets/{id}",
    tag = "tickets",
    security(("agent" = [])),
    params(
        ("id" = String, Path, description = "The ticket's id"),
        ("if-match" = Option<String>, Header, description = "The ETag of the ticket as the client saw it, or `*`"),
    ),
    request_body = ChangeTicketBody,
    responses(
        (status = 200, description = "The ticket as it is now", body = TicketView, headers(("etag" = String, description = "`\"<version>\"`"))),
        Refusals
    )
)]
pub(crate) async fn put_ticket<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    TicketPath(id): TicketPath,
    parameters: Parameters,
    headers: HeaderMap,
    StrictJson(body): StrictJson<ChangeTicketBody>,
) -> Result<Response, Problem> {
    parameters.among(&[])?;
    let expected_version = etag::expected_version(&headers)?;
    let change = change(body, &door.deps().agents).await?;
    let desk = door.desk();
    let deadline = deadline(door.as_ref());
    let changed = change_ticket(
        desk,
        &caller.principal,
        &id,
        &change,
        expected_version,
        deadline,
    );
    let (ticket, events) = changed.await.map_err(problem)?;
    publish(door.as_ref(), &events).await;
    let tag = etag::of_version(ticket.version);
    let viewer = Viewer {
        principal: &caller.principal,
        now: desk.surroundings.now(),
    };
    let view = TicketView::of(ticket, viewer, &desk.blobs).await;
    let view = view.map_err(|error| port_problem(&error))?;
    Ok(etag::tagged(StatusCode::OK, &tag, view))
}

async fn change(body: ChangeTicketBody, agents: &AgentDirectory) -> Result<Change, Problem> {
    let ChangeTicketBody {
        status,
        priority,
        assigned_agent_id,
        tags: new_tags,
        subject,
    } = body;
    let subject = subject.as_deref().map(limits::subject).transpose();
    let subject = subject.map_err(|error| invalid_field("/subject", error.detail))?;
    let mut change = Change {
        status: status.map(Into::into),
        priority: priority.map(Into::into),
        assigned_agent_id: None,
        tags: new_tags.as_deref().map(tags).transpose()?,
        subject,
    };
    if let Some(assignee) = assigned_agent_id {
        change.assigned_agent_id = Some(match assignee {
            Some(sub) => Some(known_agent(&sub, agents).await?),
            None => None,
        });
    }
    if change == Change::default() {
        return Err(Problem::new(ProblemCode::InvalidField)
            .detail("Send at least one of status, priority, assigned_agent_id, tags and subject.")
            .pointer("", "needs at least one field"));
    }
    Ok(change)
}

async fn known_agent(sub: &str, agents: &AgentDirectory) -> Result<AgentId, Problem> {
    let unknown = || invalid_field("/assigned_agent_id", "is not the id of an agent");
    let id = AgentId::parse(sub).map_err(|_| unknown())?;
    agents.find(sub).await?.map(|_| id).ok_or_else(unknown)
}

fn problem(error: ChangeError) -> Problem {
    match error {
        ChangeError::NoSuchTicket => no_such_ticket(),
        ChangeError::Forbidden => forbidden(),
        ChangeError::MoveNotAllowed(MoveNotAllowed { from: _, allowed }) => {
            let allowed: Vec<Value> = allowed.iter().map(|to| json!(to.as_str())).collect();
            Problem::new(ProblemCode::StatusMoveNotAllowed)
                .pointer("/status", "cannot be reached from the ticket's status")
                .with("allowed", allowed)
        }
        ChangeError::VersionMismatch { current, changed } => {
            Problem::new(ProblemCode::VersionMismatch)
                .with("current_version", current)
                .with("changed", changed)
        }
        ChangeError::OutOfTime => out_of_time(),
        ChangeError::Port(error) => port_problem(&error),
    }
}
