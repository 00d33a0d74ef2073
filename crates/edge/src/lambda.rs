//! A router as a Lambda function behind API Gateway.

use axum::Router;
use http::Uri;
use lambda_http::request::RequestContext;
use lambda_http::tower::ServiceBuilder;
use lambda_http::{Error, Request, RequestExt};

use tributary_telemetry::Telemetry;

/// Serves API Gateway's REST proxy events with this router until the environment ends.
///
/// Call it from `#[tokio::main(flavor = "current_thread")]`: one invocation is served at a time, and a current-thread
/// runtime starts faster. Routes are matched without the stage, with or without
/// `AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH`, which lambda_http takes as set whatever its value. What was counted is
/// written after each answer.
///
/// # Errors
/// If the Runtime API fails.
pub async fn run(router: Router, telemetry: Telemetry) -> Result<(), Error> {
    let service = ServiceBuilder::new()
        .map_response(move |answer| {
            telemetry.flush();
            answer
        })
        .map_request(without_stage)
        .service(router);
    lambda_http::run(service).await
}

/// Takes off the stage that lambda_http puts before the path.
fn without_stage(mut request: Request) -> Request {
    if let Some(uri) = stageless(&request) {
        *request.uri_mut() = uri;
    }
    request
}

fn stageless(request: &Request) -> Option<Uri> {
    let Some(RequestContext::ApiGatewayV1(context)) = request.extensions().get::<RequestContext>()
    else {
        return None;
    };
    let prefix = format!("/{}", context.stage.as_deref()?);
    if request.raw_http_path().starts_with(&format!("{prefix}/")) {
        // lambda_http adds nothing to a path that begins with the stage's name already.
        return None;
    }
    let path_and_query = request.uri().path_and_query()?.as_str();
    let rest = path_and_query
        .strip_prefix(&prefix)
        .filter(|rest| rest.starts_with('/'))?;
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(rest.parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn uri_of(stage: &str, path: &str) -> String {
        let event = json!({
            "resource": "/{proxy+}", "path": path, "httpMethod": "GET",
            "headers": {"Host": "api.example.com"}, "multiValueHeaders": {"Host": ["api.example.com"]},
            "queryStringParameters": {"q": "a b"}, "multiValueQueryStringParameters": {"q": ["a b"]},
            "requestContext": {"stage": stage, "path": format!("/{stage}{path}"), "httpMethod": "GET",
                "requestId": "1", "identity": {"sourceIp": "192.0.2.1"}, "resourcePath": "/{proxy+}"},
            "body": null, "isBase64Encoded": false,
        });
        let request =
            lambda_http::request::from_str(&event.to_string()).expect("a REST proxy event");
        without_stage(request)
            .uri()
            .path_and_query()
            .expect("a path")
            .to_string()
    }

    #[test]
    fn routes_are_matched_without_the_stage() {
        assert_eq!(
            uri_of("prod", "/api/tickets/tkt_1"),
            "/api/tickets/tkt_1?q=a+b"
        );
        assert_eq!(uri_of("prod", "/"), "/?q=a+b");
    }

    #[test]
    fn a_path_that_begins_like_the_stage_is_left_alone() {
        assert_eq!(uri_of("api", "/api/tickets"), "/api/tickets?q=a+b");
        assert_eq!(uri_of("prod", "/production"), "/production?q=a+b");
    }
}
