//! The providers' clouds, played in this process when no real one is set: they check what they are sent as the
//! real ones do, remember it for the sandbox, and report deliveries.
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

mod sendgrid;
mod sends;
mod whatsapp;

pub use sends::{Provider, Send};

/// What the doubles need to know about the stack.
#[derive(Debug, Clone)]
pub struct ProviderDoubleSettings {
    /// Where WhatsApp reports deliveries: the full URL of `POST /api/webhooks/whatsapp`.
    pub whatsapp_webhook_url: String,
}

/// The access token that the WhatsApp double takes.
pub const WHATSAPP_TOKEN: &str = "dev-whatsapp-token";
/// The secret that signs what the WhatsApp double reports.
pub const WHATSAPP_APP_SECRET: &str = "dev-whatsapp-app-secret";
/// Our number, as Meta names it.
pub const WHATSAPP_PHONE_NUMBER_ID: &str = "300001";
/// The API key that the SendGrid double takes.
pub const SENDGRID_KEY: &str = "dev-sendgrid-key";

/// SendGrid refuses mail above 30 MB.
const LARGEST_BODY: usize = 30 * 1024 * 1024;

#[derive(Debug, Clone)]
struct Doubles {
    sends: sends::Sends,
    statuses: whatsapp::Statuses,
}

/// The routes of all doubles: `POST /{version}/{phone_number_id}/messages` (WhatsApp), `POST /v3/mail/send`
/// (SendGrid), and `GET /sandbox/api/sends` with the last 1,000 accepted sends, oldest first.
///
/// # Errors
/// When no HTTP client can be made.
pub fn router(settings: ProviderDoubleSettings) -> reqwest::Result<Router> {
    let doubles = Doubles {
        sends: sends::Sends::default(),
        statuses: whatsapp::Statuses::new(settings.whatsapp_webhook_url)?,
    };
    Ok(Router::new()
        .route(
            "/{version}/{phone_number_id}/messages",
            post(whatsapp::send),
        )
        .route("/v3/mail/send", post(sendgrid::send))
        .route("/sandbox/api/sends", get(sends::list))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(doubles))
}

/// Whether `Authorization` carries exactly this token.
fn is_bearer(headers: &http::HeaderMap, token: &str) -> bool {
    let given = headers.get(http::header::AUTHORIZATION);
    given.is_some_and(|given| given.as_bytes() == format!("Bearer {token}").as_bytes())
}
