//! What the routes work with, handed in so that several doors can live in one process.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use tributary_domain::ports::{
    Accounts, Blobs, Gates, Inbox, Outbox, Publisher, Tickets, TypingNotes, Uploads,
};
use tributary_domain::receive::Desk;
use tributary_domain::{Channel, Surroundings};
use tributary_dynamodb::INBOX_SHARDS;
use tributary_edge::agents::AgentDirectory;
use tributary_edge::auth::access_token::AccessTokens;
use tributary_edge::aws::Aws;
use tributary_edge::secrets::Secrets;
use tributary_edge::settings::PolicySettings;
use tributary_events::EventSink;
use tributary_runtime::SystemSurroundings;

use crate::settings::Settings;

/// What the routes work with.
pub struct Deps<T, B, P, S> {
    /// The desk.
    pub desk: Desk<T, B, S>,
    /// Where events are published at once, if that costs nothing.
    pub publisher: P,
    /// Checks agents' tokens.
    pub access_tokens: AccessTokens,
    /// Who the agents are.
    pub agents: AgentDirectory,
    /// The chatbot's secret, and our accounts on the platforms.
    pub secrets: Arc<Secrets>,
    /// The channels on which customers are shown that an agent types.
    pub typing_indicators: BTreeSet<Channel>,
}

impl<T, B: Blobs> Deps<T, B, EventSink<B>, SystemSurroundings> {
    /// What the settings say, in this AWS region. Nothing is connected or read yet.
    #[must_use]
    pub fn new(
        settings: Settings,
        region: &str,
        tickets: T,
        blobs: B,
        secrets: Arc<Secrets>,
        aws: Aws,
    ) -> Self {
        let Settings {
            tables: _,
            blobs_bucket: _,
            events,
            cognito,
            secrets_prefix: _,
            policy:
                PolicySettings {
                    reopen_window_hours,
                    auto_close_days,
                },
            typing_indicators,
            allowed_origins: _,
        } = settings;
        let channels = typing_indicators.iter();
        Self {
            desk: tributary_runtime::desk(
                tickets,
                blobs,
                reopen_window_hours,
                auto_close_days,
                INBOX_SHARDS,
            ),
            publisher: EventSink::of_a_door(events, region),
            agents: AgentDirectory::new(aws.clone(), cognito.user_pool_id.clone()),
            access_tokens: AccessTokens::new(cognito, aws),
            secrets,
            typing_indicators: channels.filter_map(|name| Channel::parse(name)).collect(),
        }
    }
}

impl<T, B, P, S> fmt::Debug for Deps<T, B, P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deps").finish_non_exhaustive()
    }
}

/// [`Deps`] under one name, so that a handler has one type parameter and not four.
pub(crate) trait Door: Send + Sync + 'static {
    /// The tables.
    type Store: Tickets + Inbox + Outbox + Accounts + Gates + TypingNotes + 'static;
    /// The blobs.
    type Blobs: Blobs + Uploads + 'static;
    /// The broker.
    type Publisher: Publisher + 'static;
    /// Clock and randomness.
    type Surroundings: Surroundings + 'static;

    /// The parts.
    fn deps(&self) -> &Deps<Self::Store, Self::Blobs, Self::Publisher, Self::Surroundings>;

    /// The desk.
    fn desk(&self) -> &Desk<Self::Store, Self::Blobs, Self::Surroundings> {
        &self.deps().desk
    }
}

impl<T, B, P, S> Door for Deps<T, B, P, S>
where
    T: Tickets + Inbox + Outbox + Accounts + Gates + TypingNotes + 'static,
    B: Blobs + Uploads + 'static,
    P: Publisher + 'static,
    S: Surroundings + 'static,
{
    type Store = T;
    type Blobs = B;
    type Publisher = P;
    type Surroundings = S;

    fn deps(&self) -> &Self {
        self
    }
}
