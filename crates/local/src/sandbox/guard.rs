//! Who may use the sandbox's API: pages and programs on this machine. A page from elsewhere can neither send JSON
//! without being asked first, which nobody answers, nor reach it by a name that points here.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, Method, StatusCode};

use super::api::refusal;

const NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

pub(crate) async fn guard(request: Request, next: Next) -> Response {
    match refused(request.method(), request.headers()) {
        Some((status, why)) => refusal(status, why).into_response(),
        None => next.run(request).await,
    }
}

fn refused(method: &Method, headers: &HeaderMap) -> Option<(StatusCode, &'static str)> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = header(HOST).unwrap_or_default();
    // A port follows the last colon, if it is outside the brackets of an IPv6 address.
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => name,
        Some(_) | None => host,
    };
    if !NAMES.contains(&name) {
        let why = "The sandbox is for this machine: use http://127.0.0.1 with the port it was started on.";
        return Some((StatusCode::MISDIRECTED_REQUEST, why));
    }
    let is_json = header(CONTENT_TYPE)
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    if !matches!(*method, Method::GET | Method::HEAD) && !is_json {
        return Some((StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send application/json."));
    }
    None
}
