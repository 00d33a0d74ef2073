//! The words of the API. Each enum stands for one of the domain's, under the same names.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use tributary_domain::attachment::AttachmentState;
use tributary_domain::ticket::ReplyWindow;
use tributary_domain::{
    Channel, ContentType, DeliveryState, Priority, SenderType, Status, Visibility,
};
use utoipa::ToSchema;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident for $domain:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        // Twice: utoipa does not read serde's word where a macro wrote it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] #[serde(rename = $text)] #[schema(rename = $text)] $variant),+
        }

        impl<'de> Deserialize<'de> for $name {
            // By way of text: serde_json takes anything else in place of an enum for broken JSON,
            // and then no field could be named.
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                match String::deserialize(from)?.as_str() {
                    $($text => Ok(Self::$variant),)+
                    other => Err(D::Error::unknown_variant(other, &[$($text),+])),
                }
            }
        }

        impl From<$domain> for $name {
            fn from(value: $domain) -> Self {
                match value { $($domain::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for $domain {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),+ }
            }
        }
    };
}

words!(
    /// Where a conversation takes place.
    ChannelName for Channel {
        Facebook = "facebook", Instagram = "instagram", WhatsApp = "whatsapp",
        Twitter = "twitter", Email = "email", WebChat = "web_chat",
    }
);

words!(
    /// Where a ticket stands.
    StatusName for Status {
        New = "new", Open = "open", PendingCustomer = "pending_customer",
        Resolved = "resolved", Closed = "closed",
    }
);

words!(
    /// How urgent a ticket is.
    PriorityName for Priority { Low = "low", Medium = "medium", High = "high", Critical = "critical" }
);

words!(
    /// Who wrote an entry.
    SenderTypeName for SenderType {
        Customer = "customer", Agent = "agent", Bot = "bot", System = "system",
    }
);

words!(
    /// Who may see an entry.
    VisibilityName for Visibility { Public = "public", Internal = "internal" }
);

words!(
    /// What kind of content an entry has.
    ContentTypeName for ContentType {
        Text = "text", Image = "image", Audio = "audio", Video = "video", File = "file",
        Sticker = "sticker", Location = "location", Contact = "contact",
        Interactive = "interactive", Order = "order", Story = "story", Share = "share",
        Email = "email", EventLog = "event_log", Unsupported = "unsupported",
    }
);

words!(
    /// How the delivery of a message stands.
    DeliveryStateName for DeliveryState {
        Queued = "queued", Sending = "sending", Unknown = "unknown", Sent = "sent",
        Failed = "failed", Delivered = "delivered", Read = "read",
    }
);

words!(
    /// Whether the bytes of a file are ours yet.
    AttachmentStateName for AttachmentState {
        Pending = "pending", Stored = "stored", Unavailable = "unavailable",
    }
);

/// How the platform lets us answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReplyMode {
    /// Anything may be sent.
    Free,
    /// Only what a human wrote may be sent.
    HumanAgent,
    /// Only templates.
    Template,
    /// Nothing, until the customer writes.
    Closed,
}

impl From<ReplyWindow> for ReplyMode {
    fn from(window: ReplyWindow) -> Self {
        match window {
            ReplyWindow::Free(_) => Self::Free,
            ReplyWindow::HumanAgent(_) => Self::HumanAgent,
            ReplyWindow::Template => Self::Template,
            ReplyWindow::Closed => Self::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_word_is_the_domains_own() {
        macro_rules! same {
            ($($name:ident for $domain:ident),+) => {$(
                let schema = json!(<$name as utoipa::PartialSchema>::schema());
                let words: Vec<&str> = $domain::ALL.iter().map(|v| v.as_str()).collect();
                assert_eq!(schema["enum"], json!(words), "the document's words");
                for &value in $domain::ALL.iter() {
                    assert_eq!(json!($name::from(value)), json!(value.as_str()));
                    assert_eq!($domain::from($name::from(value)), value);
                }
            )+};
        }
        same!(
            ChannelName for Channel, StatusName for Status, PriorityName for Priority,
            SenderTypeName for SenderType, VisibilityName for Visibility,
            ContentTypeName for ContentType, DeliveryStateName for DeliveryState,
            AttachmentStateName for AttachmentState
        );
    }
}
