//! The ids in paths.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use tributary_domain::{CustomerId, MessageId, TicketId};
use tributary_edge::{Problem, ProblemCode};

/// `{id}` of a ticket's path.
#[derive(Debug, Clone)]
pub(crate) struct TicketPath(pub(crate) TicketId);

/// `{id}` of a customer's path.
#[derive(Debug, Clone)]
pub(crate) struct CustomerPath(pub(crate) CustomerId);

/// `{id}` and `{position}` of an entry's path.
#[derive(Debug, Clone)]
pub(crate) struct EntryPath(pub(crate) TicketId, pub(crate) u64);

/// `{id}` and `{message_id}` of a message's path.
#[derive(Debug, Clone)]
pub(crate) struct MessagePath(pub(crate) TicketId, pub(crate) MessageId);

/// The ticket that a path names, told to the request's span.
fn ticket(text: &str) -> Result<TicketId, Problem> {
    let id = TicketId::parse(text).map_err(|error| invalid(error.expected))?;
    tracing::Span::current().record("ticket_id", id.as_str());
    Ok(id)
}

fn invalid(expected: &'static str) -> Problem {
    Problem::new(ProblemCode::InvalidId).detail(format!("The path needs {expected}."))
}

async fn text<S: Send + Sync>(parts: &mut Parts, state: &S) -> String {
    // What cannot be decoded is no id of ours either.
    Path::<String>::from_request_parts(parts, state)
        .await
        .map_or_else(|_| String::new(), |Path(text)| text)
}

impl<S: Send + Sync> FromRequestParts<S> for TicketPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = text(parts, state).await;
        ticket(&text).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for EntryPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let (id, position) = path.map_or_else(|_| Default::default(), |Path(path)| path);
        let id = ticket(&id)?;
        let position = position.parse().ok().filter(|position| *position > 0);
        let position = position.ok_or_else(|| invalid("a position: a number from 1"))?;
        Ok(Self(id, position))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MessagePath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let (id, message_id) = path.map_or_else(|_| Default::default(), |Path(path)| path);
        let id = ticket(&id)?;
        let message_id = MessageId::parse(&message_id).map_err(|error| invalid(error.expected))?;
        Ok(Self(id, message_id))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CustomerPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = text(parts, state).await;
        CustomerId::parse(&text)
            .map(Self)
            .map_err(|error| invalid(error.expected))
    }
}
