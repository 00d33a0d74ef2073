//! `GET /api/health`: whether the door stands.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// The door stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
    /// The version that answers.
    #[schema(example = "0.1.0")]
    version: &'static str,
}

/// Whether the door stands. Asks nothing it depends on.
#[utoipa::path(get, path = "/api/health", tag = "health", security(()), responses((status = 200, description = "It stands", body = HealthView)))]
pub(crate) async fn get_health() -> Json<HealthView> {
    Json(HealthView {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    })
}
