//! Sending: what is due of a ticket, and what waits behind the gate of an account.

use tributary_domain::ports::{Gates, MediaFetcher, Messenger, PortError};
use tributary_domain::send::{SendError, send_pending, serve_queue};
use tributary_domain::surroundings::Deadline;
use tributary_domain::{AccountId, Channel, TicketId};
use tributary_events::announce;

use crate::Relay;

impl<M: Messenger + MediaFetcher> Relay<M> {
    /// Sends what is due of a ticket.
    pub(crate) async fn send(
        &self,
        ticket_id: &TicketId,
        deadline: Deadline,
    ) -> Result<(), PortError> {
        // Boxed, since the compiler does not look into a future nested as deep as this one would be.
        let sending = Box::pin(send_pending(
            &self.desk,
            &self.messenger,
            ticket_id,
            deadline,
        ));
        match sending.await {
            Ok(sent) => {
                self.look_again(sent.next).await;
                // What could not be published here wakes the relay by the stream again.
                announce(
                    &self.desk.tickets,
                    &self.publisher,
                    &self.desk.surroundings,
                    &sent.events,
                )
                .await;
                Ok(())
            }
            Err(SendError::OutOfTime) => {
                tracing::warn!(
                    ticket_id = ticket_id.as_str(),
                    "a send ran out of time; its lease ends it"
                );
                Ok(())
            }
            Err(SendError::Port(error)) => Err(error),
        }
    }

    /// Sends what waits behind an account's gate, as far as the gate lets it.
    pub(crate) async fn serve(
        &self,
        channel: Channel,
        account: &AccountId,
        deadline: Deadline,
    ) -> Result<(), PortError> {
        let of = (channel, account);
        let serving = Box::pin(serve_queue(&self.desk, &self.messenger, of, deadline));
        let events = match serving.await {
            Ok(events) => events,
            Err(SendError::OutOfTime) => Vec::new(),
            Err(SendError::Port(error)) => return Err(error),
        };
        let (tickets, publisher) = (&self.desk.tickets, &self.publisher);
        announce(tickets, publisher, &self.desk.surroundings, &events).await;
        let gate = self.desk.tickets.gate(channel, account).await?;
        if let Some(broken) = &gate.broken {
            let (account, code) = (account.as_str(), broken.error.code.as_str());
            tracing::error!(%channel, account, code, tries = broken.tries, "an account sends nothing");
        }
        self.look_again(gate.calls_at).await;
        Ok(())
    }
}
