//! Counts deliveries whose proof of origin is wrong, whichever route refused them.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::{Method, StatusCode};
use tributary_domain::Channel;
use tributary_telemetry::metrics::proof_refused;

/// Runs a route and counts what it refused for its proof.
pub(crate) async fn count_refusals(path: MatchedPath, request: Request, next: Next) -> Response {
    let is_delivery = request.method() == Method::POST;
    let response = next.run(request).await;
    if is_delivery
        && response.status() == StatusCode::UNAUTHORIZED
        && let Some(channel) = channel_of(path.as_str())
    {
        proof_refused(channel.as_str());
    }
    response
}

/// The channel that a route serves.
fn channel_of(path: &str) -> Option<Channel> {
    let name = path.strip_prefix("/api/webhooks/")?.split('/').next()?;
    if name == "chatbot" {
        return Some(Channel::WebChat);
    }
    Channel::parse(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_of_the_webhooks_belongs_to_a_channel() {
        let paths = crate::openapi().paths.paths;
        assert!(
            paths.keys().all(|path| channel_of(path).is_some()),
            "{:?}",
            paths.keys()
        );
    }
}
