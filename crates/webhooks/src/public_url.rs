//! The address under which the caller reached us, for links in answers.

use axum::extract::FromRequestParts;
use http::header::HOST;
use http::request::Parts;
use lambda_http::request::RequestContext;

/// Scheme, host and what stands before `/api`, as the caller knows it.
#[derive(Debug, Clone)]
pub(crate) struct PublicUrl(String);

impl PublicUrl {
    /// The address of a path of ours.
    pub(crate) fn of(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl<S: Sync> FromRequestParts<S> for PublicUrl {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let header = |name| parts.headers.get(name).and_then(|v| v.to_str().ok());
        if let Some(RequestContext::ApiGatewayV1(context)) =
            parts.extensions.get::<RequestContext>()
        {
            let host = context
                .domain_name
                .as_deref()
                .or_else(|| header(HOST.as_str()))
                .unwrap_or_default();
            // With the gateway's own name the stage stands before our paths, with a custom one it does not.
            let before = context
                .path
                .as_deref()
                .and_then(|p| p.strip_suffix(parts.uri.path()))
                .unwrap_or_default();
            return Ok(Self(format!("https://{host}{before}")));
        }
        Ok(Self(format!(
            "http://{}",
            header(HOST.as_str()).unwrap_or("127.0.0.1")
        )))
    }
}
