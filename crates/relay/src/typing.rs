//! Showing customers that agents type. It is done at once or not at all.

use tributary_domain::TicketId;
use tributary_domain::ports::{MediaFetcher, Messenger};
use tributary_domain::typing::show_typing;

use crate::Relay;
use crate::work::Run;

impl<M: Messenger + MediaFetcher> Relay<M> {
    /// Shows what was noted of a ticket. What fails is forgotten: by the time it came again it would not be so any more.
    pub(crate) async fn show_typing(&self, ticket_id: &TicketId, run: &Run) {
        if run.unhurried_deadline.passed(&self.desk.surroundings) {
            return;
        }
        let showing = Box::pin(show_typing(&self.desk, &self.messenger, ticket_id));
        if let Err(error) = showing.await {
            let error = &error as &dyn std::error::Error;
            tracing::info!(error, "that an agent types was not shown");
        }
    }
}
