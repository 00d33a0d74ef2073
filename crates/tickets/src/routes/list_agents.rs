//! `GET /api/agents`: everyone a ticket can be assigned to.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use tributary_edge::Problem;

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::openapi::refused_with;
use crate::query::Parameters;
use crate::views::people::{AgentView, AgentsView};

refused_with!(Refusals: InvalidParameter, Unauthenticated, Forbidden, TemporarilyUnavailable, InternalError);

/// Everyone a ticket can be assigned to, by mail address.
#[utoipa::path(
    get,
    path = "/api/agents",
    tag = "agents",
    security(("agent" = [])),
    responses((status = 200, description = "Everyone in Agents or Supervisors", body = AgentsView), Refusals)
)]
pub(crate) async fn list_agents<D: Door>(
    State(door): State<Arc<D>>,
    _: SignedIn,
    parameters: Parameters,
) -> Result<Json<AgentsView>, Problem> {
    parameters.among(&[])?;
    let agents = door.deps().agents.list().await?;
    let agents = agents.iter().cloned().map(AgentView::from).collect();
    Ok(Json(AgentsView { agents }))
}
