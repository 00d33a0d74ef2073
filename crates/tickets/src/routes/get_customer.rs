//! `GET /api/customers/{id}`: a customer.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use tributary_domain::read_ticket::read_customer;
use tributary_edge::{Problem, ProblemCode};

use crate::caller::SignedIn;
use crate::deps::Door;
use crate::failure::port_problem;
use crate::openapi::refused_with;
use crate::path_id::CustomerPath;
use crate::query::Parameters;
use crate::views::people::CustomerView;

refused_with!(
    Refusals: InvalidId, InvalidParameter, Unauthenticated, Forbidden, CustomerNotFound,
    TemporarilyUnavailable, InternalError
);

/// A customer with every identity we know.
#[utoipa::path(
    get,
    path = "/api/customers/{id}",
    tag = "customers",
    security(("agent" = [])),
    params(("id" = String, Path, description = "The customer's id")),
    responses((status = 200, description = "The customer", body = CustomerView), Refusals)
)]
pub(crate) async fn get_customer<D: Door>(
    State(door): State<Arc<D>>,
    _: SignedIn,
    CustomerPath(id): CustomerPath,
    parameters: Parameters,
) -> Result<Json<CustomerView>, Problem> {
    parameters.among(&[])?;
    let customer = read_customer(&door.desk().tickets, &id).await;
    customer
        .map_err(|error| port_problem(&error))?
        .map(|customer| Json(CustomerView::from(customer)))
        .ok_or_else(|| Problem::new(ProblemCode::CustomerNotFound))
}
