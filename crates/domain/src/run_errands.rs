//! Does what commits left to be done: asks platforms for names and for what they were sent, sends again what they gave
//! up, deletes what nothing shows any more. Repeated and concurrent tries end the same.

use crate::ports::{Accounts, Blobs, Chore, Messenger, Outbox, PortError, Profiles, Tickets};
use crate::receive::Desk;
use crate::surroundings::{Deadline, Surroundings};

mod erase;
mod look_for_sent;
mod look_up_name;
mod send_again;

/// Runs the errands of a ticket that are due. `deadline` is when no further one is started.
///
/// # Errors
/// The first [`PortError`], when the others were run; what could not be done is still there.
pub async fn run_errands<T, B, S, P, M>(
    desk: &Desk<T, B, S>,
    (profiles, messenger): (&P, &M),
    ticket_id: &crate::id::TicketId,
    deadline: Deadline,
) -> Result<(), PortError>
where
    T: Tickets + Outbox + Accounts,
    B: Blobs,
    S: Surroundings,
    P: Profiles,
    M: Messenger,
{
    let mut failed = Ok(());
    for errand in desk.tickets.errands(ticket_id).await? {
        if deadline.passed(&desk.surroundings) {
            break;
        }
        if errand.due_at > desk.surroundings.now() {
            continue;
        }
        let done = match &errand.chore {
            Chore::LookUpName => look_up_name::run(desk, profiles, &errand).await,
            Chore::LookForSent => look_for_sent::run(desk, messenger, &errand, deadline).await,
            Chore::SendAgain => send_again::run(desk, &errand, deadline).await,
            Chore::Erase { keys } => erase::run(desk, &errand, keys).await,
        };
        failed = failed.and(done);
    }
    failed
}

#[cfg(test)]
mod tests;
