//! The chatbot's door: how a handed-over conversation stands. It reads only, and links neither the
//! broker nor the providers.

mod caller;
mod deps;
mod openapi;
mod routes;
mod settings;
pub mod views;

use std::sync::Arc;

use axum::Router;
use tributary_domain::Surroundings;
use tributary_domain::ports::{Blobs, Tickets};
use tributary_edge::mount;
use utoipa::OpenApi;

pub use deps::Deps;
use routes::get_status;
pub use settings::Settings;

/// The route. What stands around it is [`tributary_edge::layers::door`], put around all doors of a
/// process at once.
pub fn router<T, B, S>(deps: Arc<Deps<T, B, S>>) -> Router
where
    T: Tickets + 'static,
    B: Blobs + 'static,
    S: Surroundings + 'static,
{
    mount(
        Router::new(),
        get_status::__path_get_status,
        get_status::get_status::<T, B, S>,
    )
    .with_state(deps)
}

/// The route as an OpenAPI 3.1 document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    openapi::Document::openapi()
}
