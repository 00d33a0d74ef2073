//! `POST /api/tickets/create`: an agent or a chatbot opens a ticket for a customer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tributary_domain::create_ticket::{
    CreateError, Created, NewTicketRequest, create_ticket as create,
};
use tributary_domain::{
    AccountId, Channel, ChannelIdentity, Principal, Priority, Surroundings, limits,
};
use tributary_edge::body::{API_BODY_CAP, StrictJson, read_capped};
use tributary_edge::secrets::Secrets;
use tributary_edge::{Problem, ProblemCode};
use utoipa::ToSchema;

use crate::caller::{self, SignedIn};
use crate::deps::Door;
use crate::etag;
use crate::failure::{forbidden, invalid_field, out_of_time, port_problem};
use crate::openapi::refused_with;
use crate::query::Parameters;
use crate::routes::{deadline, publish};
use crate::views::names::{ChannelName, PriorityName};
use crate::views::ticket::{TicketView, Viewer};

/// The ticket to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateTicketBody {
    /// Where the customer is.
    source: NewSourceBody,
    /// Who the customer is.
    customer: NewCustomerBody,
    /// What it is about.
    #[schema(min_length = 1, max_length = 255)]
    subject: String,
    /// What the customer said. It is never sent out.
    #[schema(min_length = 1)]
    initial_message: String,
    /// How urgent it is, `medium` unless told.
    priority: Option<PriorityName>,
    /// At most 20 tags of at most 50 characters.
    tags: Option<Vec<String>>,
}

/// Where the customer is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSourceBody {
    /// The channel.
    channel: ChannelName,
    /// The platform's id of the customer: a number, user id, mail address or chat session.
    #[schema(min_length = 1, max_length = 512)]
    origin_platform_id: String,
    /// Our account there, the channel's first unless told.
    account_id: Option<String>,
    /// Whether a chatbot hands it over, false unless told.
    is_bot_handoff: Option<bool>,
}

/// Who the customer is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCustomerBody {
    /// The name, if known.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// The mail address, if known; `primary_email` is taken for it.
    #[serde(alias = "primary_email")]
    email: Option<String>,
    /// `<channel>:<platform id>`; must say the same as `source`.
    channel_identity: Option<String>,
}

refused_with!(
    Refusals: InvalidParameter, InvalidBody, UnknownField, BodyTooLarge, UnsupportedMediaType, InvalidField,
    Unauthenticated, InvalidSignature, Forbidden, OpenTicketExists, TemporarilyUnavailable, InternalError
);

/// Opens a ticket, unless the customer has an open one on this channel and account: then 409 with its
/// `ticket_id`. A chatbot signs the call, and its `webhook-id` keeps it from being done twice.
#[utoipa::path(
    post,
    path = "/api/tickets/create",
    tag = "tickets",
    security(("agent" = []), ("chatbot" = [])),
    request_body = CreateTicketBody,
    responses(
        (status = 201, description = "Opened", body = TicketView,
            headers(("etag" = String, description = "`\"<version>\"`"))),
        (status = 200, description = "Opened before with the same `webhook-id`: the ticket as it is now",
            body = TicketView, headers(("etag" = String, description = "`\"<version>\"`"))),
        Refusals
    )
)]
pub(crate) async fn create_ticket<D: Door>(
    State(door): State<Arc<D>>,
    parameters: Parameters,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let (principal, idempotency_key, body) = if caller::is_signed(&parts.headers) {
        let raw = read_capped(body, API_BODY_CAP).await?;
        let id = caller::chatbot(&parts.headers, &raw, door.as_ref()).await?;
        (Principal::Chatbot, Some(id.0), Body::from(raw))
    } else {
        let caller = SignedIn::from_headers(&parts.headers, door.as_ref()).await?;
        (caller.principal, None, body)
    };
    parameters.among(&[])?;
    let request = Request::from_parts(parts, body);
    let StrictJson(body) = StrictJson::from_request(request, &()).await?;
    let mut new = new_ticket(body, &door.deps().secrets).await?;
    new.idempotency_key = idempotency_key;
    let desk = door.desk();
    let created = create(desk, &principal, &new, deadline(door.as_ref())).await;
    let (status, ticket) = match created.map_err(problem)? {
        Created::New(ticket, events) => {
            publish(door.as_ref(), &events).await;
            (StatusCode::CREATED, ticket)
        }
        Created::Repeated(ticket) => (StatusCode::OK, ticket),
    };
    let tag = etag::of_version(ticket.version);
    let viewer = Viewer {
        principal: &principal,
        now: desk.surroundings.now(),
    };
    let view = TicketView::of(*ticket, viewer, &desk.blobs).await;
    let view = view.map_err(|error| port_problem(&error))?;
    Ok(etag::tagged(status, &tag, view))
}

async fn new_ticket(
    body: CreateTicketBody,
    secrets: &Secrets,
) -> Result<NewTicketRequest, Problem> {
    let CreateTicketBody {
        source:
            NewSourceBody {
                channel,
                origin_platform_id,
                account_id,
                is_bot_handoff,
            },
        customer:
            NewCustomerBody {
                name,
                email,
                channel_identity,
            },
        subject,
        initial_message,
        priority,
        tags: new_tags,
    } = body;
    let identity = identity(channel.into(), &origin_platform_id)?;
    if let Some(text) = channel_identity
        && ChannelIdentity::parse(&text).ok().as_ref() != Some(&identity)
    {
        return Err(invalid_field(
            "/customer/channel_identity",
            "must say the same as source",
        ));
    }
    let name = name.as_deref().map(limits::name).transpose();
    let email = email.as_deref().map(limits::email).transpose();
    let told = email.map_err(|error| invalid_field("/customer/email", error.detail))?;
    let by_mail = (identity.channel() == Channel::Email).then(|| identity.platform_id().to_owned());
    let name = name.map_err(|error| invalid_field("/customer/name", error.detail))?;
    let subject = limits::subject(&subject);
    let subject = subject.map_err(|error| invalid_field("/subject", error.detail))?;
    limits::customer_message(&initial_message)
        .map_err(|error| invalid_field("/initial_message", error.detail))?;
    let tags = tags(&new_tags.unwrap_or_default())?;
    let account = account(secrets, identity.channel(), account_id.as_deref()).await?;
    Ok(NewTicketRequest {
        identity,
        account,
        is_bot_handoff: is_bot_handoff.unwrap_or(false),
        name,
        email: told.or(by_mail),
        subject,
        initial_message,
        priority: priority.map_or(Priority::Medium, Into::into),
        tags,
        idempotency_key: None,
    })
}

/// Tags within their limits.
pub(super) fn tags(texts: &[String]) -> Result<Vec<String>, Problem> {
    limits::tags(texts).map_err(|error| {
        let pointer = error
            .at
            .map_or_else(|| "/tags".to_owned(), |at| format!("/tags/{at}"));
        invalid_field(pointer, error.detail)
    })
}

/// Who the customer is, as the platform itself would write it: a name that differs would never meet
/// what the customer sends.
fn identity(channel: Channel, origin: &str) -> Result<ChannelIdentity, Problem> {
    let refused = |why: String| invalid_field("/source/origin_platform_id", why);
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "._-".contains(sign);
    match channel {
        Channel::Email => {
            limits::email(origin).map_err(|error| refused(error.detail))?;
        }
        Channel::WhatsApp => {
            if !origin.chars().all(plain) {
                return Err(refused(
                    "must be a number in digits alone, without + or blanks, or a business-scoped id".to_owned(),
                ));
            }
        }
        Channel::Facebook | Channel::Instagram | Channel::Twitter | Channel::WebChat => {}
    }
    ChannelIdentity::new(channel, origin.trim()).map_err(|error| refused(error.to_string()))
}

async fn account(
    secrets: &Secrets,
    channel: Channel,
    wanted: Option<&str>,
) -> Result<AccountId, Problem> {
    let ours = tributary_runtime::accounts(secrets, channel).await?;
    let mut ours = ours.into_iter().map(|account| account.id);
    let found = match wanted {
        Some(wanted) => ours.find(|account| account.as_str() == wanted),
        None => ours.next(),
    };
    found.ok_or_else(|| {
        invalid_field(
            "/source/account_id",
            "is not an account of ours on this channel",
        )
    })
}

fn problem(error: CreateError) -> Problem {
    match error {
        CreateError::Forbidden => forbidden(),
        CreateError::OpenTicketExists(id) => {
            Problem::new(ProblemCode::OpenTicketExists).with("ticket_id", id.as_str())
        }
        CreateError::OutOfTime => out_of_time(),
        CreateError::Port(error) => port_problem(&error),
    }
}
