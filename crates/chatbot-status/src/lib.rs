//! The chatbot's door: how a handed-over conversation stands. It reads only, and links neither the
//! broker nor the providers.

mod caller;
mod deps;
mod openapi;
mod routes;
pub mod views;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tributary_domain::Surroundings;
use tributary_domain::ports::{Blobs, Tickets};
use tributary_edge::layers::door;
use utoipa::{OpenApi, Path};

pub use deps::Deps;
use routes::get_status;

/// The route alone, to be merged with those of other doors under one [`door`].
pub fn routes<T, B, S>(deps: Deps<T, B, S>) -> Router
where
    T: Tickets + 'static,
    B: Blobs + 'static,
    S: Surroundings + 'static,
{
    let path = <get_status::__path_get_status as Path>::path();
    Router::new()
        .route(&path, get(get_status::get_status::<T, B, S>))
        .with_state(Arc::new(deps))
}

/// The whole door: the route with CORS, safe headers, problems for what no route answers, and logs.
pub fn router<T, B, S>(deps: Deps<T, B, S>) -> Router
where
    T: Tickets + 'static,
    B: Blobs + 'static,
    S: Surroundings + 'static,
{
    let allowed_origins = deps.allowed_origins.clone();
    door(routes(deps), &allowed_origins)
}

/// The route as an OpenAPI 3.1 document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    openapi::Document::openapi()
}
