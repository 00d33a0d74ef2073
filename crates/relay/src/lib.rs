//! The relay Lambda: finishes what a request could not. The ledger's stream wakes it for a ticket, a
//! schedule lets it sweep what is left, and both do the same: publish events, send messages and, after all
//! of that, fetch what customers attached and run errands.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use serde_json::Value;
use tokio::sync::OnceCell;
use tributary_blobs::S3Blobs;
use tributary_domain::change_ticket::{ChangeError, close_resolved};
use tributary_domain::fetch_attachments::fetch_attachments;
use tributary_domain::ports::{DueWork, Inbox, MediaFetcher, Messenger, Outbox, PortError};
use tributary_domain::publish_events::{Relayed, publish_pending};
use tributary_domain::receive::Desk;
use tributary_domain::surroundings::Deadline;
use tributary_domain::{Channel, Surroundings, TicketId};
use tributary_dynamodb::{DynamoTickets, INBOX_SHARDS};
use tributary_edge::secrets::Secrets;
use tributary_edge::settings::MailSettings;
use tributary_events::{EventSink, announce};
use tributary_messaging::{
    HealthConfig, InvalidOrigin, PlatformHealth, PlatformProfiles, Providers, ProvidersConfig,
};
use tributary_runtime::SystemSurroundings;

mod checks;
mod credentials;
mod errands;
mod operations;
mod sends;
mod settings;
mod trigger;
mod typing;
mod wake;

use errands::{Sorted, sort};

pub use credentials::StoredCredentials;
pub use operations::{InvalidOperation, Operation};
pub use settings::Settings;
pub use trigger::{StreamRecord, Trigger, UnknownTrigger};
pub use wake::{Nobody, SqsWaker, Waker};

/// An invocation came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// It is none of the relay's.
    #[error(transparent)]
    Unknown(#[from] UnknownTrigger),
    /// A store did not answer; the same invocation may succeed later.
    #[error("a store did not answer")]
    Port(#[from] PortError),
}

/// After this time of an invocation no further call to a provider is started; the function's timeout
/// leaves room for one call and the storing of its outcome behind it.
const START_WITHIN: Duration = Duration::from_secs(25);
/// After this time of an invocation that the stream woke no further file is fetched and no errand run: what came
/// behind it in the stream may be a reply. The sweep does the rest.
const FETCH_WITHIN: Duration = Duration::from_secs(10);
/// How long an invocation waits for a broker.
const CONNECT_BUDGET: Duration = Duration::from_secs(5);
/// A request publishes its own events in this time; the relay steps in after it.
const REQUEST_HEAD_START: Duration = Duration::from_millis(400);
/// Tickets worked on at the same time.
const PARALLEL: usize = 8;
/// Due work looked at in one sweep.
const SWEEP_LIMIT: usize = 500;
/// Resolved tickets closed in one sweep.
const CLOSE_LIMIT: usize = 100;

/// What the relay works with.
pub struct Relay<M> {
    /// The desk.
    pub desk: Desk<DynamoTickets, S3Blobs, SystemSurroundings>,
    /// Where events are published.
    pub publisher: EventSink<S3Blobs>,
    /// The providers: messages go to them, and files come from them.
    pub messenger: M,
    /// The platforms, asked whether our accounts work.
    pub health: PlatformHealth<StoredCredentials>,
    /// The platforms, asked what people are called.
    pub profiles: PlatformProfiles<StoredCredentials>,
    /// The platforms' secrets, which name our accounts.
    pub secrets: Arc<Secrets>,
    /// Which mail addresses are ours.
    pub mail: MailSettings,
    /// Has it look again soon.
    pub waker: Arc<dyn Waker>,
    alarms: wake::Alarms,
}

/// What one invocation shares among the tickets it works on.
struct Run {
    /// After this nothing more is started.
    deadline: Deadline,
    /// After this no further file is fetched and no errand run.
    unhurried_deadline: Deadline,
    /// Whether there is a broker, once somebody needed one.
    connected: OnceCell<bool>,
}

impl Relay<Providers<StoredCredentials>> {
    /// The relay as its settings say. Nothing is connected or read yet.
    ///
    /// # Errors
    /// [`InvalidOrigin`] when a provider's address is none.
    pub fn new(
        settings: Settings,
        region: &str,
        tickets: DynamoTickets,
        blobs: S3Blobs,
        secrets: Arc<Secrets>,
        waker: Arc<dyn Waker>,
    ) -> Result<Self, InvalidOrigin> {
        let Settings {
            tables: _,
            blobs_bucket: _,
            events,
            secrets_prefix: _,
            policy,
            mail,
            providers,
            seen_receipts,
            wake_queue_url: _,
        } = settings;
        let health = HealthConfig {
            facebook_origin: providers.facebook_api_url.clone(),
            instagram_origin: providers.instagram_api_url.clone(),
            whatsapp_origin: providers.whatsapp_api_url.clone(),
            twitter_origin: providers.twitter_api_url.clone(),
            graph_api_version: providers.graph_api_version.clone(),
        };
        let config = ProvidersConfig {
            facebook_origin: providers.facebook_api_url,
            instagram_origin: providers.instagram_api_url,
            whatsapp_origin: providers.whatsapp_api_url,
            twitter_origin: providers.twitter_api_url,
            graph_api_version: providers.graph_api_version,
            sendgrid_origin: providers.sendgrid_api_url,
            mail_from: mail.from.clone(),
            mail_reply_domain: mail.reply_domain.clone(),
        };
        Ok(Self {
            publisher: EventSink::of_the_relay(events, region, blobs.clone()),
            desk: tributary_runtime::desk(
                tickets,
                blobs,
                policy.reopen_window_hours,
                policy.auto_close_days,
                INBOX_SHARDS,
            ),
            messenger: Providers::new(config, StoredCredentials(Arc::clone(&secrets)))?
                .showing_seen(seen_receipts.iter().filter_map(|name| Channel::parse(name))),
            profiles: PlatformProfiles::new(&health, StoredCredentials(Arc::clone(&secrets)))?,
            health: PlatformHealth::new(health, StoredCredentials(Arc::clone(&secrets)))?,
            secrets,
            mail,
            waker,
            alarms: wake::Alarms::default(),
        })
    }
}

impl<M: Messenger + MediaFetcher> Relay<M> {
    /// Handles one invocation. For the stream the answer names the first record that has to come
    /// again, if one does; work that waits for its time or for the broker is the sweep's. For an
    /// operation it tells what came of it.
    ///
    /// # Errors
    /// [`RelayError`] for an event that is none of the relay's, and when an operation could not begin.
    pub async fn handle(&self, event: &Value) -> Result<Value, RelayError> {
        let trigger = Trigger::parse(event)?;
        let unhurried_within = match trigger {
            Trigger::Stream(_) => FETCH_WITHIN,
            Trigger::Schedule | Trigger::Wake | Trigger::Operation(_) => START_WITHIN,
        };
        let run = Run {
            deadline: Deadline::after(&self.desk.surroundings, START_WITHIN),
            unhurried_deadline: Deadline::after(&self.desk.surroundings, unhurried_within),
            connected: OnceCell::new(),
        };
        match trigger {
            // Boxed, since the compiler does not look into a future nested as deep as these would be.
            Trigger::Stream(records) => Ok(Box::pin(self.wake(&records, &run)).await),
            Trigger::Schedule => {
                Box::pin(self.sweep(&run)).await;
                Ok(Value::Null)
            }
            Trigger::Wake => {
                Box::pin(self.send_due(&run)).await;
                Ok(Value::Null)
            }
            Trigger::Operation(operation) => Ok(Box::pin(self.operate(operation)).await?),
        }
    }

    async fn due(&self) -> Vec<DueWork> {
        let now = self.desk.surroundings.now();
        let due = self.desk.tickets.due(now, SWEEP_LIMIT).await;
        due.unwrap_or_else(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the sweep could not look for work"
            );
            Vec::new()
        })
    }

    async fn finish_all(&self, works: Vec<DueWork>, run: &Run) {
        futures::stream::iter(works)
            .for_each_concurrent(PARALLEL, |work| self.finish(work, run))
            .await;
    }

    async fn wake(&self, records: &[StreamRecord], run: &Run) -> Value {
        let mut works: Vec<DueWork> = records.iter().filter_map(|r| r.work.clone()).collect();
        works.sort();
        works.dedup();
        let Sorted {
            hurried,
            files,
            errands,
        } = sort(works);
        let attempt = async |work: DueWork| {
            let sequences = sequences_of(records, &work);
            let error = Box::pin(self.work(&work, &sequences, run)).await.err()?;
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the relay could not finish a ticket's work; it comes again"
            );
            Some(work)
        };
        let mut failed: Vec<DueWork> = futures::stream::iter(hurried)
            .map(&attempt)
            .buffer_unordered(PARALLEL)
            .filter_map(std::future::ready)
            .collect()
            .await;
        let fetching = async {
            let mut failed = Vec::new();
            for work in files {
                failed.extend(attempt(work).await);
            }
            failed
        };
        let (unfetched, ()) = futures::join!(fetching, self.run_errands(errands, run));
        failed.extend(unfetched);
        let first = records
            .iter()
            .find(|r| r.work.as_ref().is_some_and(|w| failed.contains(w)));
        let failures: Vec<Value> = first
            .iter()
            .map(|r| serde_json::json!({"itemIdentifier": r.stream_sequence}))
            .collect();
        serde_json::json!({ "batchItemFailures": failures })
    }

    /// Does one ticket's work. `sequences` are the events that woke the relay, if it was the stream.
    #[tracing::instrument(name = "work", skip_all, fields(ticket_id = ticket_of(work), fault))]
    async fn work(&self, work: &DueWork, sequences: &[u64], run: &Run) -> Result<(), PortError> {
        match work {
            DueWork::Sends(ticket_id) => self.send(ticket_id, run.deadline).await,
            DueWork::Gate(channel, account) => self.serve(*channel, account, run.deadline).await,
            DueWork::Fetches(ticket_id) => self.fetch(ticket_id, run).await,
            DueWork::Errands(ticket_id) => self.run_errands_of(ticket_id, run).await,
            DueWork::Typing(ticket_id) => {
                self.show_typing(ticket_id, run).await;
                Ok(())
            }
            DueWork::Events(ticket_id) if sequences.is_empty() => {
                self.publish(ticket_id, run).await
            }
            DueWork::Events(ticket_id) => {
                if self.any_pending(ticket_id, sequences).await? {
                    self.desk.surroundings.sleep(REQUEST_HEAD_START).await;
                    if self.any_pending(ticket_id, sequences).await? {
                        self.publish(ticket_id, run).await?;
                    }
                }
                Ok(())
            }
        }
    }

    async fn any_pending(
        &self,
        ticket_id: &TicketId,
        sequences: &[u64],
    ) -> Result<bool, PortError> {
        for sequence in sequences {
            if self.desk.tickets.is_pending(ticket_id, *sequence).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn publish(&self, ticket_id: &TicketId, run: &Run) -> Result<(), PortError> {
        if !self.has_broker(run).await || run.deadline.passed(&self.desk.surroundings) {
            return Ok(());
        }
        match publish_pending(
            &self.desk.tickets,
            &self.publisher,
            &self.desk.surroundings,
            ticket_id,
        )
        .await?
        {
            Relayed::Done => {}
            Relayed::Busy | Relayed::Left => tracing::info!(
                ticket_id = ticket_id.as_str(),
                "events are left for the sweep"
            ),
        }
        Ok(())
    }

    /// Whether there is a broker; waited for once an invocation, however many tickets want it.
    async fn has_broker(&self, run: &Run) -> bool {
        let connect = async || {
            let connected = self.publisher.connect(CONNECT_BUDGET).await;
            if !connected {
                tracing::warn!("no broker is connected; the sweep publishes what is left");
            }
            connected
        };
        *run.connected.get_or_init(connect).await
    }

    async fn fetch(&self, ticket_id: &TicketId, run: &Run) -> Result<(), PortError> {
        let deadline = run.unhurried_deadline;
        let fetching = fetch_attachments(&self.desk, &self.messenger, ticket_id, deadline);
        Box::pin(fetching).await
    }

    /// Does everything that is due, closes what stayed resolved long enough and checks our accounts. Files and
    /// errands come last.
    async fn sweep(&self, run: &Run) {
        let due = self.due().await;
        let found = due.len();
        let Sorted {
            hurried,
            files,
            errands,
        } = sort(due);
        self.finish_all(hurried, run).await;
        self.look_at_accounts(run).await;
        self.close_resolved(run.deadline).await;
        self.check_accounts(run.deadline).await;
        let fetching = async {
            for work in files {
                self.finish(work, run).await;
            }
        };
        futures::join!(fetching, self.run_errands(errands, run));
        tracing::info!(found, "swept");
    }

    async fn finish(&self, work: DueWork, run: &Run) {
        if let Err(error) = Box::pin(self.work(&work, &[], run)).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a ticket's work is left for the next sweep"
            );
        }
    }

    async fn close_resolved(&self, deadline: Deadline) {
        let before = self
            .desk
            .surroundings
            .now()
            .minus(self.desk.policy.auto_close);
        let tickets = match self.desk.tickets.resolved_before(before, CLOSE_LIMIT).await {
            Ok(tickets) => tickets,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the sweep could not look for resolved tickets"
                );
                return;
            }
        };
        for ticket_id in tickets {
            match close_resolved(&self.desk, &ticket_id, deadline).await {
                Ok(events) => {
                    announce(
                        &self.desk.tickets,
                        &self.publisher,
                        &self.desk.surroundings,
                        &events,
                    )
                    .await
                }
                Err(ChangeError::Port(error)) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        ticket_id = ticket_id.as_str(),
                        "a resolved ticket was not closed"
                    );
                }
                Err(
                    ChangeError::NoSuchTicket
                    | ChangeError::Forbidden
                    | ChangeError::MoveNotAllowed(_)
                    | ChangeError::VersionMismatch { .. }
                    | ChangeError::OutOfTime,
                ) => tracing::warn!(
                    ticket_id = ticket_id.as_str(),
                    "a resolved ticket was not closed; the next sweep tries again"
                ),
            }
        }
    }
}

/// The ticket of this work, if it is one ticket's.
fn ticket_of(work: &DueWork) -> Option<&str> {
    match work {
        DueWork::Events(ticket)
        | DueWork::Sends(ticket)
        | DueWork::Fetches(ticket)
        | DueWork::Errands(ticket)
        | DueWork::Typing(ticket) => Some(ticket.as_str()),
        DueWork::Gate(..) => None,
    }
}

/// The events of this work among the records.
fn sequences_of(records: &[StreamRecord], work: &DueWork) -> Vec<u64> {
    records
        .iter()
        .filter(|r| r.work.as_ref() == Some(work))
        .filter_map(|r| r.sequence)
        .collect()
}
