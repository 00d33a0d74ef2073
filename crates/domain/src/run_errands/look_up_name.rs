//! Asks a platform what a customer is called whose messages carry only an id. A name that became known meanwhile is
//! left alone, and nobody is asked for ever.

use std::time::Duration;

use crate::account::Standing;
use crate::draft::Draft;
use crate::ports::{
    Accounts, Blobs, Commit, CommitError, CustomerWrite, Errand, ErrandWrite, Outbox, PortError,
    ProfileError, Profiles, Tickets, budget,
};
use crate::receive::Desk;
use crate::retry::{Backoff, jitter};
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Ticket;

/// Waits between tries, each with a half of jitter: five tries in about a day.
const WAITS: [Duration; 4] = [
    Duration::from_secs(60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(3 * 3600),
    Duration::from_secs(20 * 3600),
];
/// How long a broken account is left alone. It costs no try.
const MENDING: Duration = Duration::from_secs(3600);
/// An account that is not mended by then is not waited for.
const GIVEN_UP: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long a name may take to be stored.
const COMMIT_BUDGET: Duration = Duration::from_secs(10);

/// Runs an errand for a name.
///
/// # Errors
/// [`PortError`]; the errand is due still.
pub(super) async fn run<T, B, S, P>(
    desk: &Desk<T, B, S>,
    profiles: &P,
    errand: &Errand,
) -> Result<(), PortError>
where
    T: Tickets + Outbox + Accounts,
    B: Blobs,
    S: Surroundings,
    P: Profiles,
{
    let Some(Nameless { ticket, known_name }) = nameless(desk, errand).await? else {
        return finish(desk, errand).await;
    };
    let name = match known_name {
        Some(name) => Ok(name),
        None => ask(desk, profiles, &ticket).await?,
    };
    match name {
        Ok(name) => show(desk, errand, &name).await,
        Err(error) => put_off(desk, errand, &ticket, &error).await,
    }
}

/// A ticket that shows no name of its customer.
struct Nameless {
    ticket: Ticket,
    /// The name, if it is known already.
    known_name: Option<String>,
}

/// The errand's ticket, unless there is nothing left to be done for it.
async fn nameless<T: Tickets, B, S>(
    desk: &Desk<T, B, S>,
    errand: &Errand,
) -> Result<Option<Nameless>, PortError> {
    let ticket = desk.tickets.ticket(&errand.ticket_id).await?;
    let Some(ticket) = ticket.filter(|t| t.customer.name.is_none()) else {
        return Ok(None);
    };
    let customer = desk.tickets.customer(&ticket.customer.id).await?;
    let customer = customer.filter(|c| c.joined_into.is_none());
    Ok(customer.map(|customer| Nameless {
        ticket,
        known_name: customer.name,
    }))
}

/// Asks the platform, unless our account there is known to be broken.
async fn ask<T: Accounts, B, S, P: Profiles>(
    desk: &Desk<T, B, S>,
    profiles: &P,
    ticket: &Ticket,
) -> Result<Result<String, ProfileError>, PortError> {
    let source = &ticket.source;
    let account = (source.channel, source.account_id.clone());
    let known = desk.tickets.accounts(&[account]).await?;
    let is_paused = |standing: &Standing| match standing {
        Standing::Paused { reason: _ } => true,
        Standing::Ok => false,
    };
    if known
        .iter()
        .filter_map(|a| a.state())
        .any(|s| is_paused(&s.standing))
    {
        return Ok(Err(ProfileError::AccountBroken("it is paused".to_owned())));
    }
    let person = &source.origin_platform_id;
    Ok(profiles
        .name_of(source.channel, &source.account_id, person)
        .await)
}

/// Stores the name with the customer, shows it on the ticket and ends the errand, in one commit.
async fn show<T: Tickets + Outbox, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    errand: &Errand,
    name: &str,
) -> Result<(), PortError> {
    let deadline = Deadline::after(&desk.surroundings, COMMIT_BUDGET);
    let mut backoff = Backoff::default();
    loop {
        let Some(Nameless { ticket, known_name }) = nameless(desk, errand).await? else {
            return finish(desk, errand).await;
        };
        let customer = match known_name {
            Some(_) => None,
            None => Some(CustomerWrite::Name {
                id: ticket.customer.id.clone(),
                name: name.to_owned(),
            }),
        };
        let shown = known_name.unwrap_or_else(|| name.to_owned());
        let mut draft = Draft::change(&desk.surroundings, ticket);
        draft.change_ticket(|ticket| ticket.customer.name = Some(shown));
        let commit = Commit {
            customer,
            errands: vec![ErrandWrite::Finish(errand.clone())],
            ..draft.finish()
        };
        let left = budget(deadline, &desk.surroundings);
        match desk.tickets.commit(&commit, left).await {
            Ok(()) => return Ok(()),
            Err(CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_)) => {
                let still_there = desk.tickets.errands(&errand.ticket_id).await?;
                // Another relay was faster; the sweep comes back for what is left.
                if !still_there.contains(errand)
                    || !backoff.wait(&desk.surroundings, deadline).await
                {
                    return Ok(());
                }
            }
            Err(CommitError::Failed(error)) => return Err(error),
        }
    }
}

/// Leaves the errand for later, or gives it up. The log tells how often, and nobody's id.
async fn put_off<T: Outbox, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    errand: &Errand,
    ticket: &Ticket,
    error: &ProfileError,
) -> Result<(), PortError> {
    let now = desk.surroundings.now();
    let half = |wait: Duration| wait / 2 + jitter(&desk.surroundings, wait / 2);
    let (channel, account) = (ticket.source.channel, ticket.source.account_id.as_str());
    let later = match error {
        ProfileError::NotNow {
            reason: _,
            retry_after,
        } => {
            let tried = usize::try_from(errand.attempt.saturating_sub(1)).unwrap_or(usize::MAX);
            let wait = WAITS.get(tried).copied();
            wait.map(|wait| {
                (
                    errand.attempt + 1,
                    half(wait).max(retry_after.unwrap_or_default()),
                )
            })
        }
        ProfileError::AccountBroken(_) if now < errand.left_at.plus(GIVEN_UP) => {
            Some((errand.attempt, half(MENDING)))
        }
        ProfileError::AccountBroken(_) | ProfileError::Never(_) => None,
    };
    let attempt = errand.attempt;
    let Some((next, wait)) = later else {
        tracing::info!(%channel, account, attempt, %error, "a customer's name is not told");
        return finish(desk, errand).await;
    };
    tracing::info!(%channel, account, attempt, %error, "a customer's name is not told yet");
    let to = Errand {
        attempt: next,
        due_at: now.plus(wait),
        ..errand.clone()
    };
    desk.tickets.postpone_errand(errand, &to).await.map(drop)
}

/// Ends the errand; whoever was faster did the same.
async fn finish<T: Outbox, B, S>(desk: &Desk<T, B, S>, errand: &Errand) -> Result<(), PortError> {
    desk.tickets.finish_errand(errand).await.map(drop)
}
