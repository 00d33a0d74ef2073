//! What an invocation does last: files and errands, beside each other, so that a platform that is slow with one
//! keeps nothing else waiting.

use tributary_domain::TicketId;
use tributary_domain::fetch_attachments::fetch_attachments;
use tributary_domain::ports::{DueWork, MediaFetcher, Messenger, PortError};
use tributary_domain::run_errands::run_errands;

use crate::Relay;
use crate::work::Run;

/// Work by when it is done.
#[derive(Default)]
pub(crate) struct Sorted {
    /// What somebody waits for.
    pub(crate) hurried: Vec<DueWork>,
    /// Files: after everything else, one ticket's at a time, since each is held in memory.
    pub(crate) files: Vec<DueWork>,
    /// Errands: after everything else too, and that agents type: it must not come before a reply.
    pub(crate) errands: Vec<DueWork>,
}

pub(crate) fn sort(works: Vec<DueWork>) -> Sorted {
    let mut sorted = Sorted::default();
    for work in works {
        match work {
            DueWork::Events(_) | DueWork::Sends(_) | DueWork::Gate(..) => {
                sorted.hurried.push(work);
            }
            DueWork::Fetches(_) => sorted.files.push(work),
            DueWork::Errands(_) | DueWork::Typing(_) => sorted.errands.push(work),
        }
    }
    sorted
}

impl<M: Messenger + MediaFetcher> Relay<M> {
    /// Runs what is due of a ticket's errands.
    ///
    /// # Errors
    /// [`PortError`]; what could not be done is still there.
    pub(crate) async fn run_errands_of(
        &self,
        ticket_id: &TicketId,
        run: &Run,
    ) -> Result<(), PortError> {
        let deadline = run.unhurried_deadline;
        let running = run_errands(
            &self.desk,
            (&self.profiles, &self.messenger),
            ticket_id,
            deadline,
        );
        Box::pin(running).await
    }

    /// Fetches what is due of what a ticket's customer attached.
    ///
    /// # Errors
    /// [`PortError`]; what could not be done is still there.
    pub(crate) async fn fetch(&self, ticket_id: &TicketId, run: &Run) -> Result<(), PortError> {
        let deadline = run.unhurried_deadline;
        let fetching = fetch_attachments(&self.desk, &self.messenger, ticket_id, deadline);
        Box::pin(fetching).await
    }
}
