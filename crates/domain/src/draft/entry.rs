//! A new entry of a timeline, before it has its place.

use serde_json::{Map, Value};

use crate::attachment::Attachment;
use crate::channel::Channel;
use crate::delivery::Delivery;
use crate::id::{AgentId, MessageId};
use crate::message::{ContentType, Html, SenderType, Visibility};
use crate::time::Timestamp;

/// What a new entry says; the draft gives it its place.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its id, made once per request so that a repeated commit is known as one.
    pub id: MessageId,
    /// The platform's time.
    pub timestamp: Timestamp,
    /// The channel it came or goes on.
    pub channel: Channel,
    /// Who wrote it.
    pub sender_type: SenderType,
    /// Its text, already cut.
    pub content: String,
    /// Its kind.
    pub content_type: ContentType,
    /// Whether the whole text is an attachment.
    pub content_truncated: bool,
    /// Sanitised HTML, for mail.
    pub html: Option<Html>,
    /// Who may see it.
    pub visibility: Visibility,
    /// The agent who wrote it.
    pub agent_id: Option<AgentId>,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// Its delivery, if it goes out.
    pub delivery: Option<Delivery>,
    /// The platform's id of what it answers.
    pub reply_to: Option<String>,
    /// The platform's details.
    pub channel_specific_data: Map<String, Value>,
}
