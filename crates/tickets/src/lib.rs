//! The agents' door: tickets, messages, customers and agents over HTTP.

mod accounts;
mod caller;
mod cursor;
mod deps;
mod etag;
mod failure;
mod openapi;
mod path_id;
mod query;
mod routes;
pub mod views;

use std::sync::Arc;

use axum::Router;
use tributary_domain::Surroundings;
use tributary_domain::ports::{Blobs, Inbox, Outbox, Publisher, Tickets};
use tributary_edge::layers::door;
use utoipa::OpenApi;

pub use deps::Deps;

/// The routes alone, to be merged with those of other doors under one [`door`].
pub fn routes<T, B, P, S>(deps: Deps<T, B, P, S>) -> Router
where
    T: Tickets + Inbox + Outbox + 'static,
    B: Blobs + 'static,
    P: Publisher + 'static,
    S: Surroundings + 'static,
{
    routes::mount_all(Arc::new(deps))
}

/// The whole door: the routes with CORS, safe headers, problems for what no route answers, and logs.
pub fn router<T, B, P, S>(deps: Deps<T, B, P, S>) -> Router
where
    T: Tickets + Inbox + Outbox + 'static,
    B: Blobs + 'static,
    P: Publisher + 'static,
    S: Surroundings + 'static,
{
    let allowed_origins = deps.allowed_origins.clone();
    door(routes(deps), &allowed_origins)
}

/// The routes as an OpenAPI 3.1 document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    openapi::Document::openapi()
}
