//! Publishing the events of a ticket that its requests did not publish themselves.

use std::time::Duration;

use tributary_domain::ports::{MediaFetcher, Messenger, Outbox, PortError};
use tributary_domain::publish_events::{Relayed, publish_pending};
use tributary_domain::{Surroundings, TicketId};

use crate::Relay;
use crate::work::Run;

/// How long an invocation waits for a broker.
const CONNECT_BUDGET: Duration = Duration::from_secs(5);
/// A request publishes its own events in this time; the relay steps in after it.
const REQUEST_HEAD_START: Duration = Duration::from_millis(400);

impl<M: Messenger + MediaFetcher> Relay<M> {
    /// Publishes a ticket's events once the requests that wrote those of `sequences` had the time to.
    ///
    /// # Errors
    /// [`PortError`]; the events are still there.
    pub(crate) async fn publish_woken(
        &self,
        ticket_id: &TicketId,
        sequences: &[u64],
        run: &Run,
    ) -> Result<(), PortError> {
        if self.any_pending(ticket_id, sequences).await? {
            self.desk.surroundings.sleep(REQUEST_HEAD_START).await;
            if self.any_pending(ticket_id, sequences).await? {
                self.publish(ticket_id, run).await?;
            }
        }
        Ok(())
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

    /// Publishes a ticket's events, if there is a broker and time.
    ///
    /// # Errors
    /// [`PortError`]; the events are still there.
    pub(crate) async fn publish(&self, ticket_id: &TicketId, run: &Run) -> Result<(), PortError> {
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
}
