//! What X is sent and what it answers.

use serde::{Deserialize, Serialize};

/// One message (X API v2, "Create a DM"): unknown fields are refused.
#[derive(Debug, Serialize)]
pub(super) struct MessageBody<'m> {
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'m str,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<[Attachment<'m>; 1]>,
}

#[derive(Debug, Serialize)]
struct Attachment<'m> {
    media_id: &'m str,
}

impl<'m> MessageBody<'m> {
    pub(super) fn new(text: &'m str, media_id: Option<&'m str>) -> Self {
        let attachment = media_id.map(|media_id| Attachment { media_id });
        Self {
            text,
            attachments: attachment.map(|attachment| [attachment]),
        }
    }
}

#[derive(Debug, Deserialize)]
struct DataBody<T> {
    data: T,
}

#[derive(Debug, Deserialize)]
struct AcceptedMessage {
    dm_event_id: String,
}

/// The id of the message that was taken; none when the answer does not name it.
pub(super) fn accepted(body: &[u8]) -> Option<String> {
    let body: DataBody<AcceptedMessage> = serde_json::from_slice(body).ok()?;
    let id = body.data.dm_event_id;
    (!id.is_empty()).then_some(id)
}

/// The start of an upload in pieces.
#[derive(Debug, Serialize)]
pub(super) struct InitializeBody<'m> {
    pub(super) media_type: &'m str,
    pub(super) total_bytes: usize,
    pub(super) media_category: &'static str,
}

/// A file at X.
#[derive(Debug, Deserialize)]
pub(super) struct MediaBody {
    pub(super) id: String,
    /// What X still does with it, if it does not have it ready at once.
    pub(super) processing_info: Option<Processing>,
}

/// How far X is with a file.
#[derive(Debug, Deserialize)]
pub(super) struct Processing {
    pub(super) state: State,
    /// When to ask again, in seconds.
    pub(super) check_after_secs: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Succeeded,
    Failed,
    /// `pending`, `in_progress`, and whatever comes to be.
    #[serde(other)]
    UnderWay,
}

/// A file that X took; none when the answer does not name it.
pub(super) fn media(body: &[u8]) -> Option<MediaBody> {
    let body: DataBody<MediaBody> = serde_json::from_slice(body).ok()?;
    (!body.data.id.is_empty()).then_some(body.data)
}

/// X's own error: a problem of v2, or the list of codes of v1.1.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProblemBody {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    errors: Vec<CodedError>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CodedError {
    code: Option<i64>,
}

impl ProblemBody {
    /// X's own error; none when this is not one.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let problem: Self = serde_json::from_slice(body).ok()?;
        let is_one = !(problem.kind.is_empty() && problem.title.is_empty());
        (is_one || !problem.errors.is_empty()).then_some(problem)
    }

    /// The last segment of the problem's type, if it has one of its own: `client-forbidden`.
    pub(super) fn name(&self) -> Option<&str> {
        let name = self.kind.rsplit_once('/')?.1;
        (!name.is_empty()).then_some(name)
    }

    /// The code of v1.1.
    pub(super) fn code(&self) -> Option<i64> {
        self.errors.iter().find_map(|error| error.code)
    }
}
