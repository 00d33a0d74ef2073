//! What the OpenAPI document says beside the route: how callers prove themselves, and how calls are refused.

use std::collections::BTreeMap;

use tributary_edge::{Problem, ProblemCode};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi, ToSchema};

use crate::routes;

/// The route of this door.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tributary",
        description = "Support tickets over every channel."
    ),
    paths(routes::get_status::get_status),
    components(schemas(Problem)),
    modifiers(&SecuritySchemes)
)]
pub(crate) struct Document;

struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = |format: Option<&str>, description: &str| {
            let builder = HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some(description));
            let builder = match format {
                Some(format) => builder.bearer_format(format),
                None => builder,
            };
            SecurityScheme::Http(builder.build())
        };
        components.add_security_scheme(
            "status_token",
            bearer(None, "The status token that came with the handoff."),
        );
        components.add_security_scheme(
            "agent",
            bearer(
                Some("JWT"),
                "A Cognito access token of a member of Agents or Supervisors.",
            ),
        );
    }
}

/// How the call is refused.
pub(crate) struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let by_status: [&[ProblemCode]; 6] = [
            &[ProblemCode::InvalidId, ProblemCode::InvalidParameter],
            &[ProblemCode::Unauthenticated],
            &[ProblemCode::Forbidden],
            &[ProblemCode::TicketNotFound],
            &[ProblemCode::InternalError],
            &[ProblemCode::TemporarilyUnavailable],
        ];
        by_status
            .into_iter()
            .filter_map(|codes| {
                let status = codes.first()?.status().as_u16().to_string();
                Some((status, RefOr::T(refusal(codes))))
            })
            .collect()
    }
}

fn refusal(codes: &[ProblemCode]) -> Response {
    let named: Vec<String> = codes
        .iter()
        .map(|code| format!("`{}`", code.as_str()))
        .collect();
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(Problem::name())))
        .build();
    ResponseBuilder::new()
        .description(named.join(" or "))
        .content("application/problem+json", content)
        .build()
}
