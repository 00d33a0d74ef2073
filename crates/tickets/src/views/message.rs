//! An entry of a timeline on the wire.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};
use tributary_domain::attachment::AttachmentState;
use tributary_domain::change_delivery::{Decision, possible};
use tributary_domain::delivery::{Attempt, DeliveryError};
use tributary_domain::message::{Html, Reaction};
use tributary_domain::ports::{Blobs, PortError};
use tributary_domain::{Attachment, Delivery, Message, Timestamp};
use utoipa::ToSchema;

use super::html::with_addresses;
use super::names::{
    AttachmentStateName, ChannelName, ContentTypeName, DeliveryStateName, SenderTypeName,
    VisibilityName,
};

/// How long the address of a file is good.
const URL_LIFE: Duration = Duration::from_secs(15 * 60);

/// One entry of a timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageView {
    /// Its id.
    pub message_id: String,
    /// Its place in commit order, from 1, without gaps.
    pub position: u64,
    /// The platform's time.
    #[schema(format = DateTime)]
    pub timestamp: String,
    /// Our time.
    #[schema(format = DateTime)]
    pub received_at: String,
    /// The channel it came or goes on.
    pub channel: ChannelName,
    /// Who wrote it.
    pub sender_type: SenderTypeName,
    /// What there is to read; the start of it when `content_truncated`.
    pub content: String,
    /// Its kind.
    pub content_type: ContentTypeName,
    /// Whether the whole content is an attachment of type text/plain.
    pub content_truncated: bool,
    /// Sanitised HTML, for mail.
    #[schema(required)]
    pub html: Option<String>,
    /// Who may see it.
    pub visibility: VisibilityName,
    /// The agent who wrote or caused it.
    #[schema(required)]
    pub agent_id: Option<String>,
    /// Its files.
    pub attachments: Vec<AttachmentView>,
    /// Reactions to it.
    pub reactions: Vec<ReactionView>,
    /// How its delivery stands, for what goes out.
    #[schema(required)]
    pub delivery: Option<DeliveryView>,
    /// The platform's id of the message it answers.
    #[schema(required)]
    pub reply_to: Option<String>,
    /// When it was last edited.
    #[schema(required, format = DateTime)]
    pub edited_at: Option<String>,
    /// When it was taken back.
    #[schema(required, format = DateTime)]
    pub deleted_at: Option<String>,
    /// The platform's ids and details.
    #[schema(value_type = Object, additional_properties)]
    pub channel_specific_data: Map<String, Value>,
}

/// A file of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentView {
    /// Its id.
    pub attachment_id: String,
    /// `image`, `audio`, `video` or `file`.
    #[schema(example = "image")]
    pub r#type: String,
    /// Whether the bytes are ours yet.
    pub state: AttachmentStateName,
    /// Where it can be downloaded for 15 minutes, once stored.
    #[schema(required)]
    pub url: Option<String>,
    /// File name, if known.
    #[schema(required)]
    pub name: Option<String>,
    /// Media type, if known.
    #[schema(required)]
    pub mime_type: Option<String>,
    /// Size in bytes, if known.
    #[schema(required)]
    pub size_bytes: Option<u64>,
}

/// A reaction to a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReactionView {
    /// The emoji.
    pub emoji: String,
    /// Who reacted.
    pub sender_type: SenderTypeName,
}

/// How the delivery of a message stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// The state.
    pub state: DeliveryStateName,
    /// Since when.
    #[schema(format = DateTime)]
    pub at: String,
    /// What went wrong, or what it waits for, if anything did or it does.
    #[schema(required)]
    pub error: Option<DeliveryErrorView>,
    /// What can be decided about it now: `retry`, `discard`, `arrived`.
    #[schema(example = json!(["retry", "discard"]))]
    pub actions: Vec<&'static str>,
}

/// Why a delivery failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryErrorView {
    /// The provider's code, or ours.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What the agent can do.
    pub hint: String,
}

impl MessageView {
    /// The entry, with addresses for its files.
    ///
    /// # Errors
    /// [`PortError`] when an address cannot be signed.
    pub(crate) async fn of(message: Message, blobs: &impl Blobs) -> Result<Self, PortError> {
        let actions = possible(&message);
        let actions = actions.into_iter().map(Decision::as_str).collect();
        let Message {
            id,
            position,
            timestamp,
            received_at,
            channel,
            sender_type,
            content,
            content_type,
            content_truncated,
            html,
            visibility,
            agent_id,
            attachments,
            reactions,
            delivery,
            reply_to,
            edited_at,
            edit_number: _,
            deleted_at,
            heard: _,
            channel_specific_data,
        } = message;
        let mut files = Vec::with_capacity(attachments.len());
        for attachment in attachments {
            files.push(AttachmentView::of(attachment, blobs).await?);
        }
        let html = html.and_then(|html| match html {
            Html::Here(html) => Some(with_addresses(&html, &files)),
            Html::Kept { .. } => None,
        });
        Ok(Self {
            message_id: id.to_string(),
            position,
            timestamp: timestamp.to_string(),
            received_at: received_at.to_string(),
            channel: channel.into(),
            sender_type: sender_type.into(),
            content,
            content_type: content_type.into(),
            content_truncated,
            html,
            visibility: visibility.into(),
            agent_id: agent_id.map(|id| id.as_str().to_owned()),
            attachments: files,
            reactions: reactions.into_iter().filter_map(ReactionView::of).collect(),
            delivery: delivery.map(|delivery| DeliveryView::of(&delivery, actions)),
            reply_to,
            edited_at: edited_at.as_ref().map(Timestamp::to_string),
            deleted_at: deleted_at.as_ref().map(Timestamp::to_string),
            channel_specific_data,
        })
    }

    /// Entries in their order.
    ///
    /// # Errors
    /// As [`MessageView::of`].
    pub(crate) async fn all(
        messages: Vec<Message>,
        blobs: &impl Blobs,
    ) -> Result<Vec<Self>, PortError> {
        let mut views = Vec::with_capacity(messages.len());
        for message in messages {
            views.push(Self::of(message, blobs).await?);
        }
        Ok(views)
    }
}

impl AttachmentView {
    pub(super) async fn of(attachment: Attachment, blobs: &impl Blobs) -> Result<Self, PortError> {
        let Attachment {
            id,
            kind,
            state,
            source: _,
            blob_key,
            name,
            mime_type,
            size_bytes,
        } = attachment;
        let url = match (state, blob_key) {
            (AttachmentState::Stored, Some(key)) => {
                let name = name.as_deref().unwrap_or("attachment");
                let mime_type = mime_type.as_deref().unwrap_or("application/octet-stream");
                Some(blobs.signed_url(&key, name, mime_type, URL_LIFE).await?)
            }
            (AttachmentState::Stored, None)
            | (AttachmentState::Pending | AttachmentState::Unavailable, _) => None,
        };
        Ok(Self {
            attachment_id: id.to_string(),
            r#type: kind.as_str().to_owned(),
            state: state.into(),
            url,
            name,
            mime_type,
            size_bytes,
        })
    }
}

impl ReactionView {
    /// None for one that was taken back.
    fn of(reaction: Reaction) -> Option<Self> {
        let Reaction {
            emoji,
            sender_type,
            by: _,
            at: _,
        } = reaction;
        Some(Self {
            emoji: emoji?,
            sender_type: sender_type.into(),
        })
    }
}

impl DeliveryView {
    fn of(delivery: &Delivery, actions: Vec<&'static str>) -> Self {
        let Attempt {
            number: _,
            state,
            at,
            called_at: _,
            error,
            reported: _,
        } = delivery.shown();
        Self {
            state: (*state).into(),
            at: at.to_string(),
            error: error.as_ref().map(DeliveryErrorView::from),
            actions,
        }
    }
}

impl From<&DeliveryError> for DeliveryErrorView {
    fn from(error: &DeliveryError) -> Self {
        let DeliveryError {
            code,
            message,
            hint,
        } = error.clone();
        Self {
            code,
            message,
            hint,
        }
    }
}
