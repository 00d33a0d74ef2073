//! The channels that can be played.

use serde::{Deserialize, Serialize};

/// A channel that can be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// WhatsApp Cloud API.
    Whatsapp,
    /// Messenger.
    Facebook,
    /// Instagram messaging.
    Instagram,
    /// X direct messages.
    Twitter,
    /// A website's chatbot, answered by mail.
    WebChat,
    /// Mail.
    Email,
}

impl Channel {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 6] = [
        Self::Whatsapp,
        Self::Facebook,
        Self::Instagram,
        Self::Twitter,
        Self::WebChat,
        Self::Email,
    ];

    /// The name in addresses and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::Facebook => "facebook",
            Self::Instagram => "instagram",
            Self::Twitter => "twitter",
            Self::WebChat => "web_chat",
            Self::Email => "email",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Whatsapp => "WhatsApp",
            Self::Facebook => "Messenger",
            Self::Instagram => "Instagram",
            Self::Twitter => "X",
            Self::WebChat => "Chat",
            Self::Email => "Email",
        }
    }

    /// Our account there, as the seeded secrets name it.
    #[must_use]
    pub fn account_id(self) -> &'static str {
        match self {
            Self::Whatsapp => "300001",
            Self::Facebook => "100001",
            Self::Instagram => "200001",
            Self::Twitter => "900001",
            Self::WebChat => "web",
            Self::Email => "support@example.com",
        }
    }

    /// Where the platform posts what customers write.
    #[must_use]
    pub fn webhook(self) -> &'static str {
        match self {
            Self::Whatsapp => "/api/webhooks/whatsapp",
            Self::Facebook => "/api/webhooks/facebook",
            Self::Instagram => "/api/webhooks/instagram",
            Self::Twitter => "/api/webhooks/twitter",
            Self::WebChat => "/api/webhooks/chatbot",
            Self::Email => "/api/webhooks/email",
        }
    }

    /// Whether what the desk answers goes out by mail.
    #[must_use]
    pub fn is_answered_by_mail(self) -> bool {
        matches!(self, Self::WebChat | Self::Email)
    }

    /// The setting that names a real provider for what goes out.
    #[must_use]
    pub fn provider_setting(self) -> &'static str {
        match self {
            Self::Whatsapp => "WHATSAPP_API_URL",
            Self::Facebook => "FACEBOOK_API_URL",
            Self::Instagram => "INSTAGRAM_API_URL",
            Self::Twitter => "TWITTER_API_URL",
            Self::WebChat | Self::Email => "SENDGRID_API_URL",
        }
    }
}
