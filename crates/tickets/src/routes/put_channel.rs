//! `PUT /api/channels/{channel}/{account_id}`: a supervisor stops an account from sending, or lets it send again.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use tributary_domain::list_channels::list_channels as list;
use tributary_domain::permission::{Action, may};
use tributary_domain::stop_account::{StopError, stop_account};
use tributary_domain::{AccountId, Channel};
use tributary_edge::body::StrictJson;
use tributary_edge::{Problem, ProblemCode};
use utoipa::ToSchema;

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::failure::{forbidden, out_of_time, port_problem};
use crate::openapi::refused_with;
use crate::query::Parameters;
use crate::routes::deadline;
use crate::views::channels::{AccountStateName, ChannelView};

/// What an account shall do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutChannelBody {
    /// `paused`: it sends nothing, and what agents write waits. `ok`: it sends, beginning with what waits; a broken
    /// account is tried at once.
    state: AccountStateName,
}

refused_with!(
    Refusals: InvalidParameter, InvalidBody, UnknownField, BodyTooLarge, UnsupportedMediaType, InvalidField,
    Unauthenticated, Forbidden, AccountNotFound, TemporarilyUnavailable, InternalError
);

/// Pauses an account, or resumes it. For supervisors.
#[utoipa::path(
    put,
    path = "/api/channels/{channel}/{account_id}",
    tag = "channels",
    security(("agent" = [])),
    params(
        ("channel" = String, Path, description = "The channel"),
        ("account_id" = String, Path, description = "The account")
    ),
    request_body = PutChannelBody,
    responses((status = 200, description = "How it stands now", body = ChannelView), Refusals)
)]
pub(crate) async fn put_channel<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    Path((channel, account)): Path<(String, String)>,
    parameters: Parameters,
    StrictJson(body): StrictJson<PutChannelBody>,
) -> Result<Json<ChannelView>, Problem> {
    if !may(&caller.principal, Action::StopChannels, None) {
        return Err(forbidden());
    }
    parameters.among(&[])?;
    let unknown = || Problem::new(ProblemCode::AccountNotFound);
    let channel = Channel::parse(&channel).ok_or_else(unknown)?;
    let account = AccountId::parse(&account).map_err(|_| unknown())?;
    let of = (channel, account);
    if !tributary_runtime::sending_accounts(&door.deps().secrets)
        .await
        .contains(&of)
    {
        return Err(unknown());
    }
    let desk = door.desk();
    let is_stopped = body.state == AccountStateName::Paused;
    let stopped = stop_account(
        &desk.tickets,
        &desk.surroundings,
        &caller.principal,
        (channel, &of.1),
        is_stopped,
        deadline(door.as_ref()),
    );
    stopped.await.map_err(|error| match error {
        StopError::Forbidden => forbidden(),
        StopError::OutOfTime => out_of_time(),
        StopError::Port(error) => port_problem(&error),
    })?;
    let listed = list(&desk.tickets, &desk.blobs, vec![of]).await;
    let listed = listed.map_err(|error| port_problem(&error))?;
    let account = listed.into_iter().next().ok_or_else(unknown)?;
    Ok(Json(ChannelView::from(account)))
}
