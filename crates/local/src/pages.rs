//! The pages as production serves them: files of the frontend's builds, a configuration, security headers.

use std::path::Path;

use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::info::Info;

/// How often the workbench asks for news, in seconds, unless the operator says otherwise.
pub const POLL_SECONDS: u32 = 10;
/// The names of built files carry a hash of their content.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// The routes of workbench and sandbox. `frontend` holds their builds, `dist` and `dist-sandbox`.
///
/// # Errors
/// When an address cannot stand in a header.
pub(crate) fn router(frontend: &Path, info: &Info, poll_seconds: u32) -> anyhow::Result<Router> {
    let policy = HeaderValue::from_str(&content_security_policy(info))?;
    let config = config(info, poll_seconds);
    let workbench = frontend.join("dist");
    let sandbox = frontend.join("dist-sandbox");
    let sandbox_page = page(&sandbox);
    let router = Router::new()
        .route("/config.json", get(async move || Json(config)))
        .nest("/assets", files(&workbench.join("assets")))
        .nest("/sandbox/assets", files(&sandbox.join("assets")))
        .route("/sandbox", sandbox_page.clone())
        .route("/sandbox/", sandbox_page)
        .route_service(
            "/favicon.svg",
            ServeFile::new(workbench.join("favicon.svg")),
        )
        // Every other path is a place within the workbench.
        .fallback(page(&workbench));
    Ok([
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ),
        (
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()"),
        ),
    ]
    .into_iter()
    .fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::overriding(name, value))
    })
    .layer(SetResponseHeaderLayer::if_not_present(
        CACHE_CONTROL,
        HeaderValue::from_static("no-cache"),
    )))
}

/// What the workbench reads at its start. Production's differs in addresses only.
fn config(info: &Info, poll_seconds: u32) -> Value {
    json!({
        "api_url": "",
        "cognito": {
            "user_pool_id": info.cognito.user_pool_id,
            "client_id": info.cognito.client_id,
            "endpoint": info.cognito.endpoint,
        },
        "poll_seconds": poll_seconds,
    })
}

/// Scripts and styles come from here alone; requests go here, to Cognito and, with files, to
/// their store, from which pictures come too.
fn content_security_policy(info: &Info) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
         img-src 'self' data: {blobs}; media-src {blobs}; connect-src 'self' {cognito} {blobs}; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        blobs = info.aws_url,
        cognito = info.cognito.endpoint,
    )
}

fn files(dir: &Path) -> Router {
    let files = ServeDir::new(dir).append_index_html_on_directories(false);
    Router::new()
        .fallback_service(files)
        .layer(map_response(async |mut response: Response| {
            // A file that is missing now may be there after the next build.
            if response.status().is_success() {
                let forever = HeaderValue::from_static(FOREVER);
                response.headers_mut().insert(CACHE_CONTROL, forever);
            }
            response
        }))
}

/// The one page of a build, read anew each time, so that a build made while the stack runs is served.
fn page(build: &Path) -> axum::routing::MethodRouter {
    let index = build.join("index.html");
    get(async move || -> Response {
        match tokio::fs::read(&index).await {
            Ok(html) => axum::response::Html(html).into_response(),
            Err(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The pages are not built. Run `make pages`, then load this again.\n",
            )
                .into_response(),
        }
    })
}

#[cfg(test)]
mod tests;
