//! What the OpenAPI document says beside the routes: how callers prove themselves, and how calls are refused.

use std::collections::BTreeMap;

use tributary_edge::{Problem, ProblemCode};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi, ToSchema};

use crate::routes;

/// The routes of this door.
#[derive(OpenApi)]
#[openapi(
    info(title = "Tributary", description = "Support tickets over every channel."),
    paths(
        routes::create_ticket::create_ticket,
        routes::list_tickets::list_tickets,
        routes::get_ticket::get_ticket,
        routes::get_timeline::get_timeline,
        routes::get_html::get_html,
        routes::put_ticket::put_ticket,
        routes::post_message::post_message,
        routes::decide_delivery::retry_message,
        routes::decide_delivery::discard_message,
        routes::decide_delivery::confirm_message,
        routes::create_attachment::create_attachment,
        routes::list_templates::list_templates,
        routes::note_typing::note_typing,
        routes::get_customer::get_customer,
        routes::list_customer_tickets::list_customer_tickets,
        routes::list_agents::list_agents,
        routes::list_channels::list_channels,
        routes::put_channel::put_channel,
        routes::get_me::get_me,
        routes::get_health::get_health,
    ),
    components(schemas(Problem)),
    modifiers(&SecuritySchemes)
)]
pub(crate) struct Document;

struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "agent",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .bearer_format("JWT")
                    .description(Some(
                        "A Cognito access token of a member of Agents or Supervisors.",
                    ))
                    .build(),
            ),
        );
        components.add_security_scheme(
            "chatbot",
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
                "webhook-signature",
                "Standard Webhooks: webhook-id, webhook-timestamp and webhook-signature over the raw body.",
            ))),
        );
    }
}

/// The refusals of a call, one response a status, each naming its codes.
pub(crate) fn refusals(codes: &[ProblemCode]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in codes {
        by_status
            .entry(code.status().as_u16())
            .or_default()
            .push(code.as_str());
    }
    by_status
        .into_iter()
        .map(|(status, codes)| (status.to_string(), RefOr::T(refusal(&codes))))
        .collect()
}

fn refusal(codes: &[&str]) -> Response {
    let named: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(Problem::name())))
        .build();
    ResponseBuilder::new()
        .description(named.join(" or "))
        .content("application/problem+json", content)
        .build()
}

/// Names the refusals of a route for its document.
macro_rules! refused_with {
    ($name:ident: $($code:ident),+ $(,)?) => {
        pub(crate) struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::Response>,
            > {
                $crate::openapi::refusals(&[$(tributary_edge::ProblemCode::$code),+])
            }
        }
    };
}
pub(crate) use refused_with;
