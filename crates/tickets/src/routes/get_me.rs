//! `GET /api/me`: who the caller is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use tributary_edge::Problem;

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::openapi::refused_with;
use crate::query::Parameters;
use crate::views::people::AgentView;

refused_with!(Refusals: InvalidParameter, Unauthenticated, Forbidden, TemporarilyUnavailable, InternalError);

/// The caller, with mail address and name from Cognito.
#[utoipa::path(
    get,
    path = "/api/me",
    tag = "agents",
    security(("agent" = [])),
    responses((status = 200, description = "The caller", body = AgentView), Refusals)
)]
pub(crate) async fn get_me<D: Door>(
    State(door): State<Arc<D>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Result<Json<AgentView>, Problem> {
    parameters.among(&[])?;
    let known = door.deps().agents.find(caller.id.as_str()).await?;
    // A user taken out of the pool lives on in the token for up to an hour.
    let view = known.map_or_else(
        || AgentView {
            agent_id: caller.id.as_str().to_owned(),
            email: None,
            name: None,
            groups: caller.groups,
        },
        AgentView::from,
    );
    Ok(Json(view))
}
