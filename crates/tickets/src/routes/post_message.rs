//! `POST /api/tickets/{id}/message`: an agent answers or notes.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tributary_domain::attach::{AttachError, NamedFile, attach};
use tributary_domain::ports::{Blobs, Template, Tickets, Uploads};
use tributary_domain::read_ticket::{ReadError, read_ticket};
use tributary_domain::receive::Desk;
use tributary_domain::reply::{
    NewMessage, PostError, Posted, post_message as post, written_before,
};
use tributary_domain::templates::{Unfit, filled, templates_of};
use tributary_domain::{
    AttachmentId, MessageId, Principal, Surroundings, Ticket, TicketId, limits,
};
use tributary_edge::Problem;
use tributary_edge::body::StrictJson;
use utoipa::ToSchema;

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::etag;
use crate::failure::{
    forbidden, invalid_field, no_such_ticket, out_of_time, port_problem, window_closed,
};
use crate::openapi::refused_with;
use crate::path_id::TicketPath;
use crate::query::Parameters;
use crate::routes::{deadline, publish};
use crate::views::names::VisibilityName;
use crate::views::ticket::{TicketView, Viewer};

/// What an agent wrote: text, files, or a template.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostMessageBody {
    /// The text; may be left out beside files, and has to be beside a template.
    #[schema(max_length = 10000)]
    content: Option<String>,
    /// `public` for the customer (unless told), `internal` for a note.
    visibility: Option<VisibilityName>,
    /// Files that were uploaded before.
    #[schema(max_items = 20)]
    attachments: Option<Vec<AttachmentBody>>,
    /// An approved template of WhatsApp's.
    template: Option<TemplateBody>,
    /// One of the ticket's latest messages that this one answers, where the platform shows that.
    reply_to: Option<String>,
    /// The client's own key: the same again does nothing twice.
    #[schema(min_length = 1, max_length = 128)]
    client_message_id: Option<String>,
}

/// A file that was uploaded before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttachmentBody {
    /// Its id.
    attachment_id: String,
    /// What the customer sees it called.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

/// A template with its parameters.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateBody {
    /// Its name.
    name: String,
    /// Its language.
    language: String,
    /// What stands for `{{1}}`, `{{2}}`, …
    parameters: Option<Vec<String>>,
}

refused_with!(
    Refusals: InvalidId, InvalidParameter, InvalidBody, UnknownField, BodyTooLarge, UnsupportedMediaType,
    InvalidField, Unauthenticated, Forbidden, TicketNotFound, ReplyWindowClosed, TemporarilyUnavailable, InternalError
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
    let desk = door.desk();
    let posted = match asked(desk, &caller.principal, &id, body).await? {
        Asked::Before(ticket) => Posted::Repeated(ticket),
        Asked::New(message) => {
            let deadline = deadline(door.as_ref());
            let posted = post(desk, &caller.principal, &id, *message, deadline).await;
            posted.map_err(problem)?
        }
    };
    let (status, ticket) = match posted {
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

/// What a body asks for.
enum Asked {
    /// A message to be written.
    New(Box<NewMessage>),
    /// One that was written before, of this ticket.
    Before(Box<Ticket>),
}

async fn asked<T: Tickets, B: Blobs + Uploads, S: Surroundings>(
    desk: &Desk<T, B, S>,
    principal: &Principal,
    ticket_id: &TicketId,
    body: PostMessageBody,
) -> Result<Asked, Problem> {
    let PostMessageBody {
        content,
        visibility,
        attachments,
        template,
        reply_to,
        client_message_id,
    } = body;
    let is_note = matches!(visibility, Some(VisibilityName::Internal));
    let named = attachments.unwrap_or_default();
    let content = match (content, &template) {
        (Some(_), Some(_)) => {
            let why = "must be left out beside a template, which says what it says";
            return Err(invalid_field("/content", why));
        }
        (None, Some(_)) => String::new(),
        (content, None) => content.unwrap_or_default(),
    };
    let is_text = named.is_empty() || !content.is_empty();
    if template.is_none() && is_text {
        limits::agent_message(&content).map_err(|error| invalid_field("/content", error.detail))?;
    }
    if let Some(key) = &client_message_id {
        limits::client_message_id(key)
            .map_err(|error| invalid_field("/client_message_id", error.detail))?;
    }
    let reply_to = reply_to
        .map(|id| MessageId::parse(&id))
        .transpose()
        .map_err(|error| invalid_field("/reply_to", format!("must be {}", error.expected)))?;
    let named = files(named)?;
    if template.is_some() && is_note {
        return Err(invalid_field("/template", "must be left out of a note"));
    }
    if template.is_some() && !named.is_empty() {
        let why = "must be empty beside a template";
        return Err(invalid_field("/attachments", why));
    }
    // Uploads go after a day and templates may be withdrawn, while a repetition is answered for two weeks.
    if let Some(key) = &client_message_id
        && (template.is_some() || !named.is_empty())
    {
        let before = written_before(desk, principal, ticket_id, (key, is_note)).await;
        if let Some(ticket) = before.map_err(problem)? {
            return Ok(Asked::Before(Box::new(ticket)));
        }
    }
    let (template, content) = match template {
        None => (None, content),
        Some(wanted) => {
            let (template, text) = approved(desk, principal, ticket_id, wanted).await?;
            (Some(template), text)
        }
    };
    let attached = attach(desk, ticket_id, &named, is_note).await;
    let attachments = attached.map_err(|error| match error {
        AttachError::Unfit { index, detail } => {
            invalid_field(format!("/attachments/{index}"), detail)
        }
        AttachError::NoSuchTicket => no_such_ticket(),
        AttachError::Port(error) => port_problem(&error),
    })?;
    Ok(Asked::New(Box::new(NewMessage {
        content,
        is_note,
        attachments,
        template,
        reply_to,
        client_message_id,
    })))
}

fn files(named: Vec<AttachmentBody>) -> Result<Vec<NamedFile>, Problem> {
    if named.len() > limits::MAX_ATTACHMENTS {
        return Err(invalid_field("/attachments", "may have at most 20 files"));
    }
    let file = |(
        index,
        AttachmentBody {
            attachment_id,
            name,
        },
    )| {
        let at = |field: &str| format!("/attachments/{index}/{field}");
        let id = AttachmentId::parse(&attachment_id).map_err(|error| {
            invalid_field(at("attachment_id"), format!("must be {}", error.expected))
        })?;
        let name = limits::name(&name).map_err(|error| invalid_field(at("name"), error.detail))?;
        Ok(NamedFile { id, name })
    };
    named.into_iter().enumerate().map(file).collect()
}

/// The template, and what it says.
async fn approved<T: Tickets, B: Blobs, S>(
    desk: &Desk<T, B, S>,
    principal: &Principal,
    ticket_id: &TicketId,
    wanted: TemplateBody,
) -> Result<(Template, String), Problem> {
    let TemplateBody {
        name,
        language,
        parameters,
    } = wanted;
    let template = Template {
        name,
        language,
        parameters: parameters.unwrap_or_default(),
    };
    let read = read_ticket(&desk.tickets, principal, ticket_id).await;
    let ticket = read.map_err(|error| match error {
        ReadError::NoSuchTicket => no_such_ticket(),
        ReadError::Forbidden => forbidden(),
        ReadError::Port(error) => port_problem(&error),
    })?;
    let source = ticket.source;
    let all = templates_of(&desk.blobs, source.channel, &source.account_id).await;
    let all = all.map_err(|error| port_problem(&error))?;
    let text = filled(&all, &template).map_err(|unfit| match unfit {
        Unfit::Unknown => invalid_field(
            "/template/name",
            "is no approved template of this account in that language",
        ),
        Unfit::Count(count) => {
            invalid_field("/template/parameters", format!("must be {count} in number"))
        }
        Unfit::Parameter(index, why) => invalid_field(format!("/template/parameters/{index}"), why),
    })?;
    Ok((template, text))
}

fn problem(error: PostError) -> Problem {
    match error {
        PostError::NoSuchTicket => no_such_ticket(),
        PostError::Forbidden => forbidden(),
        PostError::WindowClosed(window) => window_closed(window),
        PostError::NoSuchMessage => {
            invalid_field("/reply_to", "must be one of the ticket's latest messages")
        }
        PostError::OutOfTime => out_of_time(),
        PostError::Port(error) => port_problem(&error),
    }
}
