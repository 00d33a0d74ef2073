//! The desk's own adapters, wired to the doubles with the development secrets.
use tributary_domain::attachment::AttachmentKind;
use tributary_domain::ports::{
    Correlation, FoundThere, LookupError, Messenger, OutgoingFile, OutgoingPart, PartContent,
    SendOutcome, Template, TypingTo,
};
use tributary_domain::ticket::ReplyWindow;
use tributary_domain::{AccountId, Channel, MessageId, TicketId, Timestamp};
use tributary_messaging::{
    CredentialError, Credentials, FacebookAccount, InstagramAccount, Providers, ProvidersConfig,
    Secret, SendGridAccount, TwitterAccount, WhatsAppAccount,
};

use crate::world::World;

struct Development;

impl Credentials for Development {
    async fn whatsapp(&self, account: &AccountId) -> Result<WhatsAppAccount, CredentialError> {
        Ok(WhatsAppAccount {
            phone_number_id: account.as_str().to_owned(),
            access_token: Secret::new("dev-whatsapp-token"),
        })
    }

    async fn facebook(&self, account: &AccountId) -> Result<FacebookAccount, CredentialError> {
        Ok(FacebookAccount {
            page_id: account.as_str().to_owned(),
            page_access_token: Secret::new("dev-facebook-token"),
        })
    }

    async fn instagram(&self, account: &AccountId) -> Result<InstagramAccount, CredentialError> {
        Ok(InstagramAccount {
            account_id: account.as_str().to_owned(),
            access_token: Secret::new("dev-instagram-token"),
        })
    }

    async fn twitter(&self, _account: &AccountId) -> Result<TwitterAccount, CredentialError> {
        Ok(TwitterAccount {
            consumer_key: "dev-twitter-consumer-key".to_owned(),
            consumer_secret: Secret::new("dev-twitter-consumer-secret"),
            access_token: "dev-twitter-token".to_owned(),
            access_token_secret: Secret::new("dev-twitter-token-secret"),
        })
    }

    async fn sendgrid(&self, _ticket: &TicketId) -> Result<SendGridAccount, CredentialError> {
        Ok(SendGridAccount {
            api_key: Secret::new("dev-sendgrid-key"),
            reply_local_part: "support+1".to_owned(),
        })
    }

    async fn reread(&self, _channel: Channel) {}

    async fn secret_version(&self, _channel: Channel) -> Option<String> {
        None
    }
}

/// A text for the customer who is on a channel from the first start.
pub(crate) fn part(channel: Channel, text: &str) -> OutgoingPart {
    let (account, to) = match channel {
        Channel::WhatsApp => ("300001", "15550100"),
        Channel::Facebook => ("100001", "2400000000000100"),
        Channel::Instagram => ("200001", "5600000000000100"),
        Channel::Twitter => ("900001", "4400000000000100"),
        Channel::Email => ("mail", "mara@example.org"),
        Channel::WebChat => ("mail", "chloe@example.com"),
    };
    let at = Timestamp::from_millis(1_735_732_800_000);
    OutgoingPart {
        channel,
        account: AccountId::parse(account).unwrap(),
        to: to.to_owned(),
        to_name: None,
        content: PartContent::Text {
            text: text.to_owned(),
            files: Vec::new(),
        },
        reply_to: None,
        seen: None,
        subject: "Where is my order?".to_owned(),
        reference: "7K3M9Q2X".to_owned(),
        answers: None,
        is_automatic: false,
        correlation: Correlation {
            ticket_id: TicketId::generate(at, 1),
            message_id: MessageId::generate(at, 2),
            position: 3,
            attempt: 1,
            part: 0,
        },
        nth_try: 1,
        reply_window: ReplyWindow::Free(None),
    }
}

pub(crate) fn with_file(
    part: OutgoingPart,
    text: &str,
    name: &str,
    mime_type: &str,
) -> OutgoingPart {
    let file = OutgoingFile {
        kind: AttachmentKind::of_media_type(mime_type),
        name: name.to_owned(),
        mime_type: mime_type.to_owned(),
        url: format!(
            "https://bucket.example/key?response-content-disposition=attachment%3B%20filename%3D%22{name}%22"
        ),
        bytes: bytes::Bytes::from_static(b"the bytes"),
    };
    OutgoingPart {
        content: PartContent::Text {
            text: text.to_owned(),
            files: vec![file],
        },
        ..part
    }
}

pub(crate) fn with_template(part: OutgoingPart, name: &str, parameters: &[&str]) -> OutgoingPart {
    OutgoingPart {
        content: PartContent::Template(Template {
            name: name.to_owned(),
            language: "en_US".to_owned(),
            parameters: parameters.iter().map(|&p| p.to_owned()).collect(),
        }),
        ..part
    }
}

impl World {
    fn providers(&self) -> Providers<Development> {
        let url = || self.doubles.clone();
        let config = ProvidersConfig {
            facebook_origin: url(),
            instagram_origin: url(),
            whatsapp_origin: url(),
            twitter_origin: url(),
            graph_api_version: "v26.0".to_owned(),
            sendgrid_origin: url(),
            mail_from: "support@example.com".to_owned(),
            mail_reply_domain: "reply.example.com".to_owned(),
        };
        Providers::new(config, Development).unwrap()
    }

    /// Has the desk's adapters send a part through the doubles.
    pub(crate) async fn hand_over(&self, part: &OutgoingPart) -> SendOutcome {
        self.providers().send(part).await
    }

    /// Has them show whoever a part is for that somebody types.
    pub(crate) async fn show_typing(&self, part: &OutgoingPart) -> bool {
        let to = TypingTo {
            channel: part.channel,
            account: part.account.clone(),
            person: part.to.clone(),
            latest: Some("in.1".to_owned()),
        };
        self.providers().show_typing(&to).await
    }

    /// Has them look for what they sent to the person of a part.
    pub(crate) async fn look_for(
        &self,
        part: &OutgoingPart,
    ) -> Result<Vec<FoundThere>, LookupError> {
        let providers = self.providers();
        let found = providers.written_to(part.channel, &part.account, &part.to);
        found.await
    }
}

/// The id of what was taken.
pub(crate) fn taken(outcome: &SendOutcome) -> &str {
    let SendOutcome::Accepted {
        platform_message_id: Some(id),
    } = outcome
    else {
        panic!("{outcome:?}");
    };
    id
}
