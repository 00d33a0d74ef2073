//! One ticket's or one account's work, whatever it was that woke the relay for it.

use futures::StreamExt;
use tokio::sync::OnceCell;
use tributary_domain::ports::{DueWork, MediaFetcher, Messenger, PortError};
use tributary_domain::surroundings::Deadline;

use crate::Relay;

/// Tickets worked on at the same time.
pub(crate) const PARALLEL: usize = 8;

/// What one invocation shares among the tickets it works on.
pub(crate) struct Run {
    /// After this nothing more is started.
    pub(crate) deadline: Deadline,
    /// After this no further file is fetched and no errand run.
    pub(crate) unhurried_deadline: Deadline,
    /// Whether there is a broker, once somebody needed one.
    pub(crate) connected: OnceCell<bool>,
}

impl<M: Messenger + MediaFetcher> Relay<M> {
    /// Does one ticket's work. `sequences` are the events that woke the relay, if it was the stream.
    ///
    /// # Errors
    /// [`PortError`]; what could not be done is still there.
    #[tracing::instrument(name = "work", skip_all, fields(ticket_id = ticket_of(work), fault))]
    pub(crate) async fn work(
        &self,
        work: &DueWork,
        sequences: &[u64],
        run: &Run,
    ) -> Result<(), PortError> {
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
            DueWork::Events(ticket_id) => self.publish_woken(ticket_id, sequences, run).await,
        }
    }

    /// Does one ticket's work, and leaves what fails to the next sweep.
    pub(crate) async fn finish(&self, work: DueWork, run: &Run) {
        if let Err(error) = Box::pin(self.work(&work, &[], run)).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a ticket's work is left for the next sweep"
            );
        }
    }

    /// Does several, each for itself, and leaves what fails to the next sweep.
    pub(crate) async fn finish_all(&self, works: Vec<DueWork>, run: &Run) {
        futures::stream::iter(works)
            .for_each_concurrent(PARALLEL, |work| self.finish(work, run))
            .await;
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
