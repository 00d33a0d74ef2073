//! What every door answers around its routes.

use super::*;
use axum::body::Body;
use axum::routing::get;
use http::StatusCode;
use http_body_util::BodyExt;
use serde_json::Value;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

fn routes() -> Router {
    let routes = Router::new()
        .route(
            "/api/tickets/{id}",
            get(async || ([(ETAG, "\"1\"")], "ticket")),
        )
        .route(
            "/api/kept",
            get(async || ([(CACHE_CONTROL, "max-age=60")], "kept")),
        )
        .route(
            "/api/refused",
            get(async || Problem::new(ProblemCode::Unauthenticated)),
        )
        .route(
            "/api/panics",
            get(async || -> &'static str { panic!("with a customer's words") }),
        );
    door(routes, &["https://desk.example.com".to_owned()])
}

async fn call(
    method: &str,
    uri: &str,
    headers: &[(&str, &str)],
) -> (http::response::Parts, Vec<u8>) {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    let (parts, body) = routes()
        .oneshot(request)
        .await
        .expect("an answer")
        .into_parts();
    (
        parts,
        body.collect().await.expect("a body").to_bytes().to_vec(),
    )
}

async fn problem(method: &str, uri: &str) -> (http::response::Parts, Value) {
    let (parts, body) = call(method, uri, &[("origin", "https://desk.example.com")]).await;
    assert_eq!(
        parts.headers[CONTENT_TYPE], "application/problem+json",
        "{uri}"
    );
    (parts, serde_json::from_slice(&body).expect("JSON"))
}

#[tokio::test]
async fn unknown_paths_methods_and_panics_are_problems_that_name_their_path() {
    for (method, uri, status, code) in [
        ("GET", "/api/nowhere?q=1", 404, "not-found"),
        ("DELETE", "/api/tickets/tkt_1", 405, "method-not-allowed"),
        ("GET", "/api/panics", 500, "internal-error"),
        ("GET", "/api/refused", 401, "unauthenticated"),
    ] {
        let (parts, body) = problem(method, uri).await;
        assert_eq!(parts.status.as_u16(), status);
        assert_eq!(body["code"], code);
        assert_eq!(body["instance"], uri.trim_end_matches("?q=1"));
        assert!(!body.to_string().contains("words"));
        assert_eq!(
            parts.headers["access-control-allow-origin"], "https://desk.example.com",
            "{uri}"
        );
        assert_eq!(parts.headers[CACHE_CONTROL], "no-store", "{uri}");
    }
}

#[tokio::test]
async fn a_refused_method_is_told_the_allowed_ones_and_a_refused_token_the_scheme() {
    let (parts, _) = problem("DELETE", "/api/tickets/tkt_1").await;
    assert_eq!(parts.headers["allow"], "GET,HEAD");
    let (parts, _) = problem("GET", "/api/refused").await;
    assert_eq!(parts.headers["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn answers_are_not_stored_or_sniffed_unless_they_say_otherwise() {
    let (parts, _) = call("GET", "/api/tickets/tkt_1", &[]).await;
    assert_eq!(parts.headers[CACHE_CONTROL], "no-store");
    assert_eq!(parts.headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
    let (parts, _) = call("GET", "/api/kept", &[]).await;
    assert_eq!(parts.headers[CACHE_CONTROL], "max-age=60");
}

#[tokio::test]
async fn an_allowed_origin_gets_its_preflight_and_the_headers_it_may_read() {
    let (parts, _) = call(
        "OPTIONS",
        "/api/tickets/tkt_1",
        &[
            ("origin", "https://desk.example.com"),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", "authorization,if-match"),
        ],
    )
    .await;
    assert_eq!(parts.status, StatusCode::OK);
    assert_eq!(
        parts.headers["access-control-allow-origin"],
        "https://desk.example.com"
    );
    assert_eq!(
        parts.headers["access-control-allow-headers"],
        "authorization,content-type,if-match,if-none-match"
    );
    assert!(
        parts.headers["access-control-allow-methods"]
            .to_str()
            .expect("text")
            .contains("PUT")
    );
    assert_eq!(parts.headers["access-control-max-age"], "7200");

    let (parts, _) = call(
        "GET",
        "/api/tickets/tkt_1",
        &[("origin", "https://desk.example.com")],
    )
    .await;
    let exposed = parts.headers["access-control-expose-headers"]
        .to_str()
        .expect("text");
    assert!(
        exposed.contains("etag")
            && exposed.contains("retry-after")
            && exposed.contains("ratelimit")
    );
}

#[tokio::test]
async fn any_other_origin_gets_no_permission() {
    for origin in [
        "https://evil.example.com",
        "https://desk.example.com.evil.example",
        "null",
    ] {
        let (parts, _) = call("GET", "/api/tickets/tkt_1", &[("origin", origin)]).await;
        assert!(
            !parts.headers.contains_key("access-control-allow-origin"),
            "{origin}"
        );
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("unpoisoned").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn one_line_a_request_names_the_template_and_neither_id_nor_query() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    // A test beside this one may just have found out that nobody listens, which is remembered.
    call("GET", "/api/tickets/tkt_0", &[]).await;
    tracing::callsite::rebuild_interest_cache();
    lines.0.lock().expect("unpoisoned").clear();
    call("GET", "/api/tickets/tkt_1?q=jane", &[]).await;
    drop(guard);
    let text = String::from_utf8(lines.0.lock().expect("unpoisoned").clone()).expect("UTF-8");
    let line: Value = serde_json::from_str(&text).expect("one JSON line");
    assert_eq!(line["fields"]["method"], "GET");
    assert_eq!(line["fields"]["path"], "/api/tickets/{id}");
    assert_eq!(line["fields"]["status"], 200);
    assert!(line["fields"]["duration_ms"].is_u64());
    assert!(!text.contains("tkt_1") && !text.contains("jane"));
}
