//! One file a route.

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
