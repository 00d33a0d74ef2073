//! What stands around every route: CORS, safe headers, problems for what no route answers, and the access log.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, OriginalUri, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, Method};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::{Problem, ProblemCode};

/// How long a browser may keep a preflight's answer. Chrome keeps none longer than two hours.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(7200);

/// The router of a door with everything around it. Apply it once, to the whole: merged routers share one fallback.
///
/// Unknown paths and methods and panics become problems, problems get the path as `instance`, answers are `no-store`
/// unless they say otherwise, and `allowed_origins` may call from a browser.
pub fn door(router: Router, allowed_origins: &[String]) -> Router {
    router
        .fallback(async || Problem::new(ProblemCode::NotFound))
        .method_not_allowed_fallback(async || Problem::new(ProblemCode::MethodNotAllowed))
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(middleware::from_fn(name_instance))
        .layer(SetResponseHeaderLayer::if_not_present(
            CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(cors(allowed_origins))
        .layer(middleware::from_fn(log_access))
}

fn cors(allowed_origins: &[String]) -> CorsLayer {
    let origins = allowed_origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH])
        .expose_headers([
            ETAG,
            RETRY_AFTER,
            HeaderName::from_static("ratelimit"),
            HeaderName::from_static("ratelimit-policy"),
            HeaderName::from_static("ratelimit-limit"),
            HeaderName::from_static("ratelimit-remaining"),
            HeaderName::from_static("ratelimit-reset"),
        ])
        .max_age(PREFLIGHT_MAX_AGE)
}

/// The panic's place is logged by the hook of [`tributary_telemetry::init`]; its message may quote anything.
fn on_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    Problem::new(ProblemCode::InternalError).into_response()
}

/// Problems made in handlers do not know their path; this writes it in.
async fn name_instance(OriginalUri(uri): OriginalUri, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let unnamed = response
        .extensions()
        .get::<Problem>()
        .is_some_and(|problem| !problem.has_instance());
    if unnamed && let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let named = problem.instance(uri.path()).into_response();
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(http::header::CONTENT_LENGTH);
        // What follows adds to what is there.
        for name in named.headers().keys() {
            parts.headers.remove(name);
        }
        parts.headers.extend(
            named
                .headers()
                .iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        parts.extensions.extend(named.extensions().clone());
        return Response::from_parts(parts, named.into_body());
    }
    response
}

/// One line and one span a request. The template of the path and not the path, and no query: both may name people.
/// Whoever learns which ticket it is about may tell the span so.
async fn log_access(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("unmatched", MatchedPath::as_str);
    let span = tracing::info_span!(
        "request",
        method = method.as_str(),
        route = path,
        ticket_id = Empty,
        status = Empty,
        fault = Empty
    );
    let response = next.run(request).instrument(span.clone()).await;
    span.record("status", response.status().as_u16());
    span.record("fault", response.status().is_server_error());
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        method = method.as_str(),
        path,
        status = response.status().as_u16(),
        duration_ms,
        "request"
    );
    response
}

#[cfg(test)]
mod tests;
