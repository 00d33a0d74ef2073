//! The providers' clouds, played in this process when no real one is set: they check what they are sent as the
//! real ones do, remember it, hand it to the sandbox's phones, and fail as the sandbox tells them to.
use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use http::HeaderMap;

use crate::sandbox::Sandbox;
use crate::sandbox::model::Channel;

mod facebook;
mod faults;
mod files;
mod form;
mod graph;
mod instagram;
mod media;
mod meta;
mod profile;
mod seen;
mod sendgrid;
mod sends;
mod subscriptions;
mod twitter;
mod whatsapp;

pub use sends::{Provider, Send};

/// The access token that the WhatsApp double takes.
pub const WHATSAPP_TOKEN: &str = "dev-whatsapp-token";
/// The access token that the Messenger double takes.
pub const FACEBOOK_TOKEN: &str = "dev-facebook-token";
/// The access token that the Instagram double takes, beside those it has renewed it to.
pub const INSTAGRAM_TOKEN: &str = "dev-instagram-token";
/// The bearer token that the X double takes for its webhooks.
pub const TWITTER_BEARER: &str = "dev-twitter-bearer";
/// The API key that the SendGrid double takes.
pub const SENDGRID_KEY: &str = "dev-sendgrid-key";

/// SendGrid refuses mail above 30 MB.
const LARGEST_BODY: usize = 30 * 1024 * 1024;

#[derive(Debug, Clone)]
struct Doubles {
    sends: sends::Sends,
    files: files::Files,
    events: twitter::events::Events,
    subscriptions: subscriptions::Subscriptions,
    sandbox: Sandbox,
}

/// The routes of all doubles: `POST /{version}/{account}/messages` (WhatsApp, Messenger and Instagram), `POST
/// /{version}/{account}/media` and `GET /{version}/{account}/message_templates` (WhatsApp), messages and files of X
/// ([`twitter`]), `POST /v3/mail/send` (SendGrid), `GET /{version}/{object}` (WhatsApp's files, and people's names) and `GET /sandbox/media/{name}` (files), what the desk checks its accounts with
/// ([`subscriptions`]), and `GET /sandbox/api/sends` with the last 1,000 accepted sends, oldest first.
pub fn router(sandbox: Sandbox) -> Router {
    let doubles = Doubles {
        sends: sends::Sends::default(),
        files: files::Files::default(),
        events: twitter::events::Events::default(),
        subscriptions: subscriptions::Subscriptions::default(),
        sandbox,
    };
    Router::new()
        .route("/{version}/{account}/messages", post(graph_messages))
        .route("/{version}/{account}/media", post(whatsapp::upload::upload))
        .route(
            "/{version}/{account}/message_templates",
            get(whatsapp::templates::list),
        )
        .merge(subscriptions::routes())
        .merge(twitter::routes())
        .route("/v3/mail/send", post(sendgrid::send))
        .route("/{version}/{object}", get(graph_object))
        .route("/sandbox/media/{name}", get(media::bytes))
        .route("/sandbox/api/sends", get(sends::list))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(doubles)
}

/// Meta's one address for messages of all its platforms: the account tells which.
async fn graph_messages(
    State(doubles): State<Doubles>,
    Path((version, account)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let is_instagrams = subscriptions::is_instagram(&headers);
    let channel = match account.as_str() {
        "me" if is_instagrams => Channel::Instagram,
        "me" => Channel::Facebook,
        account if account == Channel::Facebook.account_id() => Channel::Facebook,
        account if account == Channel::Instagram.account_id() => Channel::Instagram,
        _ => Channel::Whatsapp,
    };
    if let Some(answer) = seen::of(&doubles, channel, &headers, &body) {
        return answer;
    }
    let fault = faults::take(&doubles, channel).await;
    let accepted = if channel == Channel::Facebook {
        facebook::accept(&doubles, &version, &headers, &body, fault)
    } else if channel == Channel::Instagram {
        instagram::accept(&doubles, &version, &headers, &body, fault)
    } else {
        whatsapp::accept(&doubles, (&version, &account), &headers, &body, fault)
    };
    graph::answered(&doubles, channel.as_str(), accepted, fault)
}

/// Meta's one address for whatever it knows by an id: who asks tells what it is.
async fn graph_object(
    State(doubles): State<Doubles>,
    Path((version, id)): Path<(String, String)>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if is_bearer(&headers, WHATSAPP_TOKEN) {
        media::lookup(&version, &id, &headers)
    } else {
        profile::of(&doubles, &version, &id, &query, &headers)
    }
}

/// Whether `Authorization` carries exactly this token.
fn is_bearer(headers: &http::HeaderMap, token: &str) -> bool {
    let given = headers.get(http::header::AUTHORIZATION);
    given.is_some_and(|given| given.as_bytes() == format!("Bearer {token}").as_bytes())
}
