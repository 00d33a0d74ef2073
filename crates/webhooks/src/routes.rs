//! One file a route, and how they are mounted.

use std::sync::Arc;

use axum::Router;
use tributary_edge::mount;

use crate::Deps;

pub(crate) mod get_facebook;
pub(crate) mod get_instagram;
pub(crate) mod get_twitter;
pub(crate) mod get_whatsapp;
pub(crate) mod post_chatbot;
pub(crate) mod post_email;
pub(crate) mod post_email_events;
pub(crate) mod post_facebook;
pub(crate) mod post_instagram;
pub(crate) mod post_twitter;
pub(crate) mod post_whatsapp;

/// All routes of this door.
pub(crate) fn mount_all() -> Router<Arc<Deps>> {
    let router = Router::new();
    let router = mount(
        router,
        get_facebook::__path_verify_subscription,
        get_facebook::verify_subscription,
    );
    let router = mount(
        router,
        post_facebook::__path_receive_facebook,
        post_facebook::receive_facebook,
    );
    let router = mount(
        router,
        get_instagram::__path_verify_subscription,
        get_instagram::verify_subscription,
    );
    let router = mount(
        router,
        post_instagram::__path_receive_instagram,
        post_instagram::receive_instagram,
    );
    let router = mount(
        router,
        get_twitter::__path_answer_challenge,
        get_twitter::answer_challenge,
    );
    let router = mount(
        router,
        post_twitter::__path_receive_twitter,
        post_twitter::receive_twitter,
    );
    let router = mount(
        router,
        get_whatsapp::__path_verify_subscription,
        get_whatsapp::verify_subscription,
    );
    let router = mount(
        router,
        post_whatsapp::__path_receive_whatsapp,
        post_whatsapp::receive_whatsapp,
    );
    let router = mount(
        router,
        post_email::__path_receive_email,
        post_email::receive_email,
    );
    let router = mount(
        router,
        post_email_events::__path_receive_email_events,
        post_email_events::receive_email_events,
    );
    mount(
        router,
        post_chatbot::__path_receive_chatbot,
        post_chatbot::receive_chatbot,
    )
}
