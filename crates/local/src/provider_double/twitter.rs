//! X's direct messages, `POST /2/dm_conversations/with/{participant_id}/messages`, and what is in a conversation
//! (docs.x.com, x-api/direct-messages).
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) mod events;
mod media;
mod oauth;
mod problem;

use problem::Problem;

use super::sends::Provider;
use super::{Doubles, faults};
use crate::sandbox::Accepted;
use crate::sandbox::clock::{now_ms, unique_number};
use crate::sandbox::model::{Channel, FaultKind, Kind, SentFile};
use crate::sandbox::state::Recipient;

const NAME: &str = "twitter";
const LONGEST_TEXT: usize = 10_000;

pub(super) fn routes() -> Router<Doubles> {
    Router::new()
        .route(
            "/2/dm_conversations/with/{participant}/messages",
            post(send),
        )
        .route(
            "/2/dm_conversations/with/{participant}/dm_events",
            get(events::list),
        )
        .route("/2/media/upload", get(media::status).post(media::simple))
        .route("/2/media/upload/initialize", post(media::initialize))
        .route("/2/media/upload/{id}/append", post(media::append))
        .route("/2/media/upload/{id}/finalize", post(media::finalize))
}

/// What a message may hold; anything else is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageBody {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    attachments: Vec<Attachment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attachment {
    media_id: String,
}

async fn send(
    State(doubles): State<Doubles>,
    Path(participant): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fault = faults::take(&doubles, Channel::Twitter).await;
    let is_signed = oauth::is_signed(&method, &uri, &headers);
    let accepted = accept(&doubles, &participant, is_signed, &body, fault);
    answered(&doubles, StatusCode::CREATED, accepted, fault)
}

/// An answer, with what came of the call noted; none of it leaves when it is to be lost.
fn answered(
    doubles: &Doubles,
    status: StatusCode,
    accepted: Result<Value, Problem>,
    fault: FaultKind,
) -> Response {
    let (answer, note) = match accepted {
        Ok(_) if fault == FaultKind::AnswerLost => return faults::cut(doubles, NAME),
        Ok(data) => {
            let answer = (status, Json(json!({ "data": data }))).into_response();
            (answer, "Taken.".to_owned())
        }
        Err(problem) => {
            let note = problem.detail.clone();
            (problem.into_response(), note)
        }
    };
    faults::note(doubles, NAME, &answer, &note);
    answer
}

fn accept(
    doubles: &Doubles,
    participant: &str,
    is_signed: bool,
    body: &[u8],
    fault: FaultKind,
) -> Result<Value, Problem> {
    Problem::of(fault)?;
    if !is_signed {
        return Err(Problem::unauthorized());
    }
    if participant.is_empty() || !participant.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Problem::invalid("participant_id must be a user id"));
    }
    let MessageBody { text, attachments } =
        serde_json::from_slice(body).map_err(|error| Problem::invalid(error.to_string()))?;
    let text = text.unwrap_or_default();
    if text.is_empty() && attachments.is_empty() {
        return Err(Problem::invalid("text or attachments is required"));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(Problem::invalid("text is too long"));
    }
    let files: Vec<SentFile> = match attachments.as_slice() {
        [] => Vec::new(),
        [attachment] => vec![file(doubles, attachment)?],
        _ => return Err(Problem::invalid("attachments may have one item")),
    };
    let id = (now_ms() * 1_000_000 + unique_number()).to_string();
    let kept = serde_json::from_slice(body).unwrap_or_default();
    doubles.sends.keep(&id, Provider::Twitter, kept);
    let media_id = attachments.first().map(|a| a.media_id.as_str());
    doubles.events.keep(participant, &id, &text, media_id);
    doubles.sandbox.accepted(Accepted {
        channel: Channel::Twitter,
        to: Recipient::PlatformId(participant.to_owned()),
        text,
        files,
        platform_message_id: id.clone(),
        mark: None,
        fails_later: false,
    });
    let conversation = format!("{}-{participant}", Channel::Twitter.account_id());
    Ok(json!({ "dm_conversation_id": conversation, "dm_event_id": id }))
}

fn file(doubles: &Doubles, attachment: &Attachment) -> Result<SentFile, Problem> {
    let uploaded = doubles.files.get(&attachment.media_id);
    let uploaded = uploaded
        .filter(|file| file.is_ready)
        .ok_or_else(|| Problem::invalid("attachments[0].media_id names no file that is ready"))?;
    let shown = if uploaded.kind() == Kind::Video {
        "clip.mp4"
    } else {
        "picture.png"
    };
    Ok(SentFile {
        kind: uploaded.kind(),
        name: uploaded.name,
        url: Some(doubles.sandbox.media_url(shown)),
    })
}
