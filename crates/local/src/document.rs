//! The API's document: the parts of all doors as one.

use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};

/// The OpenAPI 3.1 document of every route the product serves.
#[must_use]
pub fn openapi() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Tributary")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "An omnichannel support desk: platforms deliver webhooks, agents work on tickets, chatbots poll their ticket's status.",
        ))
        .build();
    let mut document = OpenApiBuilder::new().info(info).build();
    for part in [
        tributary_webhooks::openapi(),
        tributary_tickets::openapi(),
        tributary_chatbot_status::openapi(),
    ] {
        document.merge(part);
    }
    document
}
