//! The agents' door: tickets, messages, customers and agents over HTTP.

mod caller;
mod cursor;
mod deps;
mod etag;
mod failure;
mod openapi;
mod path_id;
mod query;
mod routes;
mod settings;
pub mod views;

use std::sync::Arc;

use axum::Router;
use tributary_domain::Surroundings;
use tributary_domain::ports::{
    Accounts, Blobs, Gates, Inbox, Outbox, Publisher, Tickets, TypingNotes, Uploads,
};
use utoipa::OpenApi;

pub use deps::Deps;
pub use settings::Settings;

/// The routes. What stands around them is [`tributary_edge::layers::door`], put around all doors of a
/// process at once.
pub fn router<T, B, P, S>(deps: Arc<Deps<T, B, P, S>>) -> Router
where
    T: Tickets + Inbox + Outbox + Accounts + Gates + TypingNotes + 'static,
    B: Blobs + Uploads + 'static,
    P: Publisher + 'static,
    S: Surroundings + 'static,
{
    routes::mount_all(deps)
}

/// The routes as an OpenAPI 3.1 document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    openapi::Document::openapi()
}
