//! What people are called, for a page or an Instagram account they wrote to: `GET /{version}/{id}?fields=…` (Messenger
//! Platform and Instagram Platform, user profile API).

use std::collections::BTreeMap;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::graph::{Refusal, is_version};
use super::subscriptions::is_instagram;
use super::{Doubles, FACEBOOK_TOKEN, is_bearer};
use crate::sandbox::model::Channel;

pub(super) fn of(
    doubles: &Doubles,
    version: &str,
    id: &str,
    query: &BTreeMap<String, String>,
    headers: &HeaderMap,
) -> Response {
    match profile(doubles, version, id, query, headers) {
        Ok(profile) => Json(profile).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

fn profile(
    doubles: &Doubles,
    version: &str,
    id: &str,
    query: &BTreeMap<String, String>,
    headers: &HeaderMap,
) -> Result<Value, Refusal> {
    let channel = if is_bearer(headers, FACEBOOK_TOKEN) {
        Channel::Facebook
    } else if is_instagram(headers) {
        Channel::Instagram
    } else {
        return Err(Refusal::token());
    };
    let name = doubles.sandbox.name_of(channel, id);
    let Some(name) = name.filter(|_| is_version(version)) else {
        return Err(Refusal::unknown_object());
    };
    let mut told = Map::from_iter([("id".to_owned(), json!(id))]);
    for field in query.get("fields").into_iter().flat_map(|f| f.split(',')) {
        told.insert(field.to_owned(), json!(value(channel, field, &name)?));
    }
    Ok(Value::Object(told))
}

fn value(channel: Channel, field: &str, name: &str) -> Result<String, Refusal> {
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    match (channel, field) {
        (_, "name") => Ok(name.to_owned()),
        (Channel::Facebook, "first_name") => Ok(first.to_owned()),
        (Channel::Facebook, "last_name") => Ok(last.to_owned()),
        (Channel::Instagram, "username") => Ok(name.to_lowercase().replace(' ', ".")),
        (_, field) => {
            let text = "(#100) Tried accessing nonexisting field";
            Err(Refusal::parameter(100, text, field))
        }
    }
}
