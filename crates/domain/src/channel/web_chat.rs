//! A chatbot handing a conversation over.

use crate::time::Timestamp;

/// Who said a line of the transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The visitor.
    Visitor,
    /// The bot.
    Bot,
}

/// A line of what was said before the handoff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptLine {
    /// Who said it.
    pub speaker: Speaker,
    /// What.
    pub text: String,
    /// When, if known.
    pub at: Option<Timestamp>,
}
