//! Is the page subscribed to all that the desk reads, and does its token work? (Messenger Platform, webhooks.)

use tokio::time::Instant;
use tributary_domain::AccountId;

use crate::health::graph::Node;
use crate::health::{Finding, HealthCredentials, PlatformHealth};

/// What the desk reads (Messenger Platform, webhook events).
const FIELDS: [&str; 11] = [
    "messages",
    "messaging_postbacks",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "message_reads",
    "message_deliveries",
    "messaging_referrals",
    "messaging_handovers",
    "standby",
    "messaging_optins",
];

impl<C: HealthCredentials> PlatformHealth<C> {
    pub(crate) async fn check_page(&self, account: &AccountId, deadline: Instant) -> Finding {
        let token = match self.credentials.page(account).await {
            Ok(token) => token,
            Err(error) => return error.into(),
        };
        let page = Node {
            http: &self.http,
            origin: &self.facebook,
            version: &self.version,
            id: account.as_str(),
            token: &token,
            platform: "Messenger",
            what: "page",
            secret: "facebook",
            deadline,
        };
        page.keep_subscribed(&FIELDS).await
    }
}
