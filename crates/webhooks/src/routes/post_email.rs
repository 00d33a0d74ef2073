//! `POST /api/webhooks/email`: mail, as SendGrid's Inbound Parse posts it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use tributary_edge::Problem;

use crate::Deps;
use crate::answer::CountsView;
use crate::mail;

/// Takes a mail, in Inbound Parse's default or raw mode. It is proven by SendGrid's signature over the bytes as they came
/// once the secret holds the public key, else by user and password. A mail that is proven and within the cap is never
/// refused: one that cannot be read is kept raw. In AWS the gateway stores the mail and answers with `status` alone;
/// there the cap is 10 MB, and a wrong signature is found out later.
#[utoipa::path(
    post,
    path = "/api/webhooks/email",
    operation_id = "receive_email",
    tag = "webhooks",
    security(("sendgrid_signature" = []), ("sendgrid_basic" = [])),
    params(
        ("x-twilio-email-event-webhook-signature" = Option<String>, Header, description = "ECDSA signature, DER in base64"),
        ("x-twilio-email-event-webhook-timestamp" = Option<String>, Header, description = "What is signed before the body"),
    ),
    request_body(content = String, description = "As SendGrid sends it; each field is bytes in a charset of its own", content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "The mail is accounted for", body = CountsView),
        (status = 401, description = "`invalid-signature`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body-too-large`: over 30 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`temporarily-unavailable`: deliver it again", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn receive_email(
    State(deps): State<Arc<Deps>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    mail::receive_post(&deps, &headers, body).await
}
