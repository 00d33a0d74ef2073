//! Woken by the clock, or sooner by its own queue: what is due, whoever left it.

use tributary_domain::Surroundings;
use tributary_domain::change_ticket::{ChangeError, close_resolved};
use tributary_domain::ports::{DueWork, Inbox, MediaFetcher, Messenger, Outbox};
use tributary_domain::surroundings::Deadline;
use tributary_events::announce;

use crate::Relay;
use crate::errands::{Sorted, sort};
use crate::work::Run;

/// Due work looked at in one sweep.
const SWEEP_LIMIT: usize = 500;
/// Resolved tickets closed in one sweep.
const CLOSE_LIMIT: usize = 100;

impl<M: Messenger + MediaFetcher> Relay<M> {
    /// Does everything that is due, closes what stayed resolved long enough and checks our accounts. Files and
    /// errands come last.
    pub(crate) async fn sweep(&self, run: &Run) {
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
        futures::join!(fetching, self.finish_all(errands, run));
        tracing::info!(found, "swept");
    }

    /// Sends what is due, and serves the queues whose gates call.
    pub(crate) async fn send_due(&self, run: &Run) {
        let hurried = self.due().await;
        let hurried = hurried
            .into_iter()
            .filter(|work| matches!(work, DueWork::Sends(_) | DueWork::Gate(..)));
        self.finish_all(hurried.collect(), run).await;
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
