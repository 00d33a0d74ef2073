//! `GET /api/channels`: how our accounts on the platforms stand.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use tributary_domain::list_channels::list_channels as list;
use tributary_domain::permission::{Action, may};
use tributary_edge::Problem;
use tributary_runtime::sending_accounts;

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::failure::{forbidden, port_problem};
use crate::openapi::refused_with;
use crate::query::Parameters;
use crate::views::channels::{ChannelView, ChannelsView};

refused_with!(Refusals: InvalidParameter, Unauthenticated, Forbidden, TemporarilyUnavailable, InternalError);

/// Every account that a platform's secret names, how it stands, and what is parked of its channel. For
/// supervisors.
#[utoipa::path(
    get,
    path = "/api/channels",
    tag = "channels",
    security(("agent" = [])),
    responses((status = 200, description = "Every account, by channel", body = ChannelsView), Refusals)
)]
pub(crate) async fn list_channels<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Result<Json<ChannelsView>, Problem> {
    if !may(&caller.principal, Action::SeeChannels, None) {
        return Err(forbidden());
    }
    parameters.among(&[])?;
    let accounts = sending_accounts(&door.deps().secrets).await;
    let desk = door.desk();
    let channels = list(&desk.tickets, &desk.blobs, accounts)
        .await
        .map_err(|error| port_problem(&error))?;
    let channels = channels.into_iter().map(ChannelView::from).collect();
    Ok(Json(ChannelsView { channels }))
}
