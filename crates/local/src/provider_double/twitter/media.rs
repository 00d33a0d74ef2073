//! Files for X: pictures in one call, what moves in pieces and made ready afterwards (docs.x.com, x-api/media).
use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problem;
use super::{answered, oauth};
use crate::provider_double::files::Uploaded;
use crate::provider_double::form::Form;
use crate::provider_double::{Doubles, faults};
use crate::sandbox::model::{Channel, FaultKind};

const MB: usize = 1024 * 1024;
const LARGEST_PIECE: usize = 5 * MB;

/// `media_category` of what is sent in pieces: its media type and how long it may be.
const CATEGORIES: [(&str, &str, usize); 3] = [
    ("dm_image", "image/", 5 * MB),
    ("dm_gif", "image/gif", 15 * MB),
    ("dm_video", "video/", 512 * MB),
];

/// One call, and whether it may be answered at all.
pub(super) struct Call {
    doubles: Doubles,
    fault: FaultKind,
    refused: Result<(), Problem>,
}

impl Call {
    async fn begin(doubles: Doubles, method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let fault = faults::take_for_upload(&doubles, Channel::Twitter).await;
        let refused = Problem::of(fault).and_then(|()| {
            let is_signed = oauth::is_signed(method, uri, headers);
            is_signed.then_some(()).ok_or_else(Problem::unauthorized)
        });
        Self {
            doubles,
            fault,
            refused,
        }
    }

    fn answer(self, take: impl FnOnce(&Doubles) -> Result<Value, Problem>) -> Response {
        let Self {
            doubles,
            fault,
            refused,
        } = self;
        let taken = refused.and_then(|()| take(&doubles));
        answered(&doubles, StatusCode::OK, taken, fault)
    }
}

/// A file as X tells of it.
fn told(file: &Uploaded) -> Value {
    json!({ "id": file.id, "media_key": format!("3_{}", file.id), "size": file.size, "expires_after_secs": 86_400 })
}

fn form(headers: &HeaderMap, body: &Bytes) -> Result<Form, Problem> {
    Form::read(headers, body).ok_or_else(|| Problem::invalid("the body is no form"))
}

/// `POST /2/media/upload`: a picture.
pub(super) async fn simple(
    State(doubles): State<Doubles>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::begin(doubles, &method, &uri, &headers).await;
    call.answer(|doubles| {
        let form = form(&headers, &body)?;
        if form.text("media_category") != Some("dm_image") {
            return Err(Problem::invalid("media_category must be dm_image"));
        }
        let media = form.get("media");
        let media = media.ok_or_else(|| Problem::invalid("media is required"))?;
        if media.value.is_empty() || media.value.len() > 5 * MB {
            return Err(Problem::invalid("media must have 1 byte to 5 MB"));
        }
        let name = media.file_name.as_deref().unwrap_or("picture");
        let file = Uploaded {
            is_ready: true,
            ..Uploaded::new(name, "image/*", media.value.len())
        };
        let told = told(&file);
        doubles.files.keep(file);
        Ok(told)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InitializeBody {
    media_type: String,
    total_bytes: usize,
    media_category: String,
}

/// `POST /2/media/upload/initialize`.
pub(super) async fn initialize(
    State(doubles): State<Doubles>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::begin(doubles, &method, &uri, &headers).await;
    call.answer(|doubles| {
        let InitializeBody {
            media_type,
            total_bytes,
            media_category,
        } = serde_json::from_slice(&body).map_err(|error| Problem::invalid(error.to_string()))?;
        let fits = CATEGORIES.iter().any(|(category, begins, longest)| {
            *category == media_category
                && media_type.starts_with(begins)
                && (1..=*longest).contains(&total_bytes)
        });
        if !fits {
            let detail = "media_type, media_category and total_bytes do not fit each other";
            return Err(Problem::invalid(detail));
        }
        let file = Uploaded::new("file", &media_type, total_bytes);
        let told = told(&file);
        doubles.files.keep(file);
        Ok(told)
    })
}

/// `POST /2/media/upload/{id}/append`.
pub(super) async fn append(
    State(doubles): State<Doubles>,
    Path(id): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::begin(doubles, &method, &uri, &headers).await;
    call.answer(|doubles| {
        let form = form(&headers, &body)?;
        let index = form
            .text("segment_index")
            .and_then(|i| i.parse::<u16>().ok());
        let media = form.get("media").filter(|m| m.value.len() <= LARGEST_PIECE);
        let (Some(_), Some(media)) = (index, media) else {
            return Err(Problem::invalid("segment_index and media are required"));
        };
        let changed = doubles.files.change(&id, |file| {
            file.received += media.value.len();
            if let Some(name) = &media.file_name {
                file.name.clone_from(name);
            }
        });
        changed.ok_or_else(unknown)?;
        Ok(json!({ "expires_at": crate::sandbox::clock::now_ms() / 1_000 + 86_400 }))
    })
}

/// `POST /2/media/upload/{id}/finalize`: a video is made ready after this.
pub(super) async fn finalize(
    State(doubles): State<Doubles>,
    Path(id): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let call = Call::begin(doubles, &method, &uri, &headers).await;
    call.answer(|doubles| {
        let file = doubles.files.change(&id, |file| {
            let is_whole = file.received == file.size;
            file.is_ready = is_whole && !file.mime_type.starts_with("video/");
        });
        let file = file.ok_or_else(unknown)?;
        if file.received != file.size {
            return Err(Problem::invalid("the pieces are not total_bytes long"));
        }
        Ok(with_progress(&file))
    })
}

/// `GET /2/media/upload?command=STATUS&media_id=…`: asked once, a video is ready.
pub(super) async fn status(
    State(doubles): State<Doubles>,
    Query(query): Query<BTreeMap<String, String>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let call = Call::begin(doubles, &method, &uri, &headers).await;
    call.answer(|doubles| {
        let id = query.get("media_id").filter(|_| {
            let command = query.get("command");
            command.is_some_and(|command| command == "STATUS")
        });
        let id = id.ok_or_else(|| Problem::invalid("command and media_id are required"))?;
        let file = doubles.files.change(id, |file| {
            file.is_ready = file.received == file.size;
        });
        Ok(with_progress(&file.ok_or_else(unknown)?))
    })
}

fn with_progress(file: &Uploaded) -> Value {
    let mut told = told(file);
    if file.mime_type.starts_with("video/") {
        let state = if file.is_ready {
            "succeeded"
        } else {
            "pending"
        };
        told["processing_info"] = json!({ "state": state, "check_after_secs": 1 });
    }
    told
}

fn unknown() -> Problem {
    Problem::not_found("Could not find media with this id.")
}
