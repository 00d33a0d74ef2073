//! `POST /api/webhooks/email/events`: what became of the mails we sent, as SendGrid's Event Webhook posts it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use tributary_edge::Problem;

use crate::Deps;
use crate::answer::CountsView;
use crate::mail;

/// Takes a list of events. It is proven as mail is, with a key of its own.
#[utoipa::path(
    post,
    path = "/api/webhooks/email/events",
    operation_id = "receive_email_events",
    tag = "webhooks",
    security(("sendgrid_signature" = []), ("sendgrid_basic" = [])),
    params(
        ("x-twilio-email-event-webhook-signature" = Option<String>, Header, description = "ECDSA signature, DER in base64"),
        ("x-twilio-email-event-webhook-timestamp" = Option<String>, Header, description = "What is signed before the body"),
    ),
    request_body(content = Value, description = "As SendGrid sends it", content_type = "application/json"),
    responses(
        (status = 200, description = "Everything of the body is accounted for", body = CountsView),
        (status = 400, description = "`invalid-body`: proven, but no JSON", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`invalid-signature`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body-too-large`: over 3 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`temporarily-unavailable`: deliver it again", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn receive_email_events(
    State(deps): State<Arc<Deps>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    mail::receive_events(&deps, &headers, body).await
}
