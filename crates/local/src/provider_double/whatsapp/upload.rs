//! Files for WhatsApp, `POST /{version}/{phone_number_id}/media` (Cloud API reference, media).
use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};

use super::{check_caller, refuse};
use crate::provider_double::files::Uploaded;
use crate::provider_double::form::Form;
use crate::provider_double::graph::{Refusal, answered};
use crate::provider_double::{Doubles, faults};
use crate::sandbox::model::{Channel, FaultKind};

const MB: usize = 1024 * 1024;
/// The media types that are taken, by their beginnings, and how long a file may be.
const TAKEN: [(&[&str], usize); 4] = [
    (&["image/jpeg", "image/png"], 5 * MB),
    (&["image/webp"], MB / 2),
    (
        &[
            "audio/aac",
            "audio/amr",
            "audio/mpeg",
            "audio/mp4",
            "audio/ogg",
            "audio/opus",
            "video/mp4",
            "video/3gpp",
        ],
        16 * MB,
    ),
    (
        &[
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-",
            "application/vnd.openxmlformats-officedocument.",
        ],
        100 * MB,
    ),
];

pub(in crate::provider_double) async fn upload(
    State(doubles): State<Doubles>,
    Path((version, account)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fault = faults::take_for_upload(&doubles, Channel::Whatsapp).await;
    let taken = take(&doubles, (&version, &account), &headers, &body, fault);
    answered(&doubles, "whatsapp", taken, fault)
}

fn take(
    doubles: &Doubles,
    (version, account): (&str, &str),
    headers: &HeaderMap,
    body: &Bytes,
    fault: FaultKind,
) -> Result<Value, Refusal> {
    refuse(fault)?;
    check_caller(version, account, headers)?;
    let form = Form::read(headers, body).ok_or_else(|| {
        let text = "(#100) Invalid parameter";
        Refusal::parameter(100, text, "the body is no form")
    })?;
    if form.text("messaging_product") != Some("whatsapp") {
        let text = "(#100) The parameter messaging_product is required.";
        return Err(Refusal::parameter(100, text, "messaging_product"));
    }
    let file = form.get("file").ok_or_else(|| {
        let text = "(#100) The parameter file is required.";
        Refusal::parameter(100, text, "file")
    })?;
    let mime_type = file.mime_type.as_deref().unwrap_or_default();
    let is_of = |(types, _): &&(&[&str], usize)| types.iter().any(|t| mime_type.starts_with(t));
    let Some((_, longest)) = TAKEN.iter().find(is_of) else {
        let text = "(#100) Param file must be a file with one of the supported types.";
        let details = format!("received file of type '{mime_type}'");
        return Err(Refusal::parameter(100, text, details));
    };
    if form.text("type") != Some(mime_type) {
        let text = "(#100) Param type does not match the file.";
        return Err(Refusal::parameter(100, text, "type"));
    }
    if file.value.len() > *longest {
        let text = "(#131053) Media upload error";
        return Err(Refusal::parameter(131_053, text, "the file is too large"));
    }
    let name = file.file_name.as_deref().unwrap_or("file");
    let uploaded = Uploaded::new(name, mime_type, file.value.len());
    let id = uploaded.id.clone();
    doubles.files.keep(uploaded);
    Ok(json!({ "id": id }))
}
