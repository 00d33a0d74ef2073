//! A file on its way to X: a picture in one call, what moves in pieces, which X then makes ready (X API v2, "Media
//! upload": simple and chunked).

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method, Url};
use tokio::time::{Instant, sleep};
use tributary_domain::attachment::AttachmentKind;
use tributary_domain::ports::{OutgoingFile, SendOutcome};

use super::client::signed;
use super::error::judge_upload;
use super::unready::Unready;
use super::wire::{self, InitializeBody, MediaBody, State};
use crate::credentials::{Credentials, TwitterAccount};
use crate::file_name::plain_file_name;
use crate::handover::{Handover, at};
use crate::http::Answer;
use crate::verdict::{AGAIN, OTHER_FILE, Verdict, refused, retryable};

/// X takes pieces of up to 5 MB.
const PIECE: usize = 4 * 1024 * 1024;
/// What is left for the message itself when a file is waited for.
const LEFT_FOR_MESSAGE: Duration = Duration::from_secs(3);

/// As what X takes a file (`media_category`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    Image,
    Gif,
    Video,
}

impl Category {
    /// # Errors
    /// When X takes no such file.
    pub(super) fn of(file: &OutgoingFile) -> Result<Self, Verdict> {
        match file.kind {
            AttachmentKind::Image if file.mime_type == "image/gif" => Ok(Self::Gif),
            AttachmentKind::Image => Ok(Self::Image),
            AttachmentKind::Video => Ok(Self::Video),
            AttachmentKind::Audio | AttachmentKind::File => Err(refused(
                "file-not-taken",
                "X takes only pictures, GIFs and videos.",
                "Send the file as one of these or by mail.",
            )
            .into()),
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Image => "dm_image",
            Self::Gif => "dm_gif",
            Self::Video => "dm_video",
        }
    }
}

/// One file on its way.
pub(super) struct Upload<'u, 'h, C> {
    pub(super) handover: &'u Handover<'h, C>,
    pub(super) origin: &'u Url,
    pub(super) account: &'u TwitterAccount,
    pub(super) unready: &'u Unready,
    pub(super) file: &'u OutgoingFile,
    pub(super) category: Category,
}

impl<C: Credentials> Upload<'_, '_, C> {
    /// The id of the file, once X has it ready. Nobody sees it before a message names it.
    pub(super) async fn id(&self) -> Result<String, Verdict> {
        if self.category == Category::Image {
            let form = Form::new()
                .text("media_category", self.category.as_str())
                .part("media", piece(self.file, 0..self.file.bytes.len()));
            let answer = self.form(&["2", "media", "upload"], form).await?;
            return Ok(judge_upload(&answer, wire::media)?.id);
        }
        let media = match self.handed_over().await? {
            Some(media) => media,
            None => self.in_pieces().await?,
        };
        self.ready(media).await
    }

    /// What an earlier attempt handed over, if X still knows it.
    async fn handed_over(&self) -> Result<Option<MediaBody>, Verdict> {
        let correlation = &self.handover.part.correlation;
        let Some(id) = self.unready.take(correlation) else {
            return Ok(None);
        };
        match self.status(&id).await {
            Ok(media) => Ok(Some(media)),
            Err(verdict) if matches!(verdict.outcome, SendOutcome::Refused { .. }) => Ok(None),
            Err(verdict) => {
                self.unready.keep(correlation, id);
                Err(verdict)
            }
        }
    }

    async fn in_pieces(&self) -> Result<MediaBody, Verdict> {
        let url = at(self.origin, &["2", "media", "upload", "initialize"]);
        let body = InitializeBody {
            media_type: &self.file.mime_type,
            total_bytes: self.file.bytes.len(),
            media_category: self.category.as_str(),
        };
        let auth = signed("POST", &url, self.account)?;
        let answer = of_upload(self.handover.post(url, auth, &body).await)?;
        let id = judge_upload(&answer, wire::media)?.id;
        for (index, start) in (0..self.file.bytes.len()).step_by(PIECE).enumerate() {
            let end = self.file.bytes.len().min(start + PIECE);
            let form = Form::new()
                .text("segment_index", index.to_string())
                .part("media", piece(self.file, start..end));
            let path = ["2", "media", "upload", &id, "append"];
            let answer = self.form(&path, form).await?;
            judge_upload(&answer, |_| Some(()))?;
        }
        let url = at(self.origin, &["2", "media", "upload", &id, "finalize"]);
        let answer = self.call(Method::POST, url).await?;
        judge_upload(&answer, wire::media)
    }

    /// Waits for X to make the file ready, as long as there is time.
    async fn ready(&self, mut media: MediaBody) -> Result<String, Verdict> {
        while let Some(processing) = media.processing_info {
            match processing.state {
                State::Succeeded => break,
                State::Failed => {
                    let message = "X could not read the file.";
                    return Err(refused("file-not-read", message, OTHER_FILE).into());
                }
                State::UnderWay => {}
            }
            let pause = Duration::from_secs(processing.check_after_secs.unwrap_or(1).max(1));
            if Instant::now() + pause + LEFT_FOR_MESSAGE > self.handover.deadline {
                let correlation = &self.handover.part.correlation;
                self.unready.keep(correlation, media.id);
                let message = "X is still making the file ready.";
                return Err(retryable("file-not-ready", message, AGAIN, Some(pause)).into());
            }
            sleep(pause).await;
            media = self.status(&media.id).await?;
        }
        Ok(media.id)
    }

    async fn status(&self, id: &str) -> Result<MediaBody, Verdict> {
        let mut url = at(self.origin, &["2", "media", "upload"]);
        url.query_pairs_mut()
            .append_pair("command", "STATUS")
            .append_pair("media_id", id);
        let answer = self.call(Method::GET, url).await?;
        judge_upload(&answer, wire::media)
    }

    async fn form(&self, path: &[&str], form: Form) -> Result<Answer, Verdict> {
        let url = at(self.origin, path);
        let auth = signed("POST", &url, self.account)?;
        of_upload(self.handover.post_form(url, auth, form).await)
    }

    async fn call(&self, method: Method, url: Url) -> Result<Answer, Verdict> {
        let auth = signed(method.as_str(), &url, self.account)?;
        of_upload(self.handover.call(method, url, auth).await)
    }
}

fn of_upload(answer: Result<Answer, Verdict>) -> Result<Answer, Verdict> {
    answer.map_err(|verdict| verdict.of_upload("X"))
}

fn piece(file: &OutgoingFile, range: std::ops::Range<usize>) -> Part {
    let bytes = file.bytes.slice(range);
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Part::stream_with_length(Body::from(bytes), length).file_name(plain_file_name(&file.name))
}
