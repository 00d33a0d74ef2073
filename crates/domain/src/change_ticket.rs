//! An agent changes a ticket's status, priority, assignee, tags or subject.

use serde_json::json;

use crate::customer::IdentityKind;
use crate::draft::Draft;
use crate::event::Event;
use crate::id::{AgentId, TicketId};
use crate::permission::{Action, Principal, Role, may};
use crate::ports::{Blobs, Commit, CommitError, IdentityWrite, PortError, Tickets, budget};
use crate::receive::Desk;
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::{MoveNotAllowed, Mover, Priority, Status, Ticket};

/// What to change; none leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The new status.
    pub status: Option<Status>,
    /// The new priority.
    pub priority: Option<Priority>,
    /// The new assignee, or `Some(None)` for nobody. Known to exist.
    pub assigned_agent_id: Option<Option<AgentId>>,
    /// The new tags.
    pub tags: Option<Vec<String>>,
    /// The new subject.
    pub subject: Option<String>,
}

/// Why it was not done; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no such ticket.
    #[error("no such ticket")]
    NoSuchTicket,
    /// The principal may not.
    #[error("not allowed")]
    Forbidden,
    /// The status cannot move so.
    #[error("the status cannot move so")]
    MoveNotAllowed(MoveNotAllowed),
    /// Fields changed since the version the client saw.
    #[error("changed since")]
    VersionMismatch {
        /// The ticket's version now.
        current: u64,
        /// The names of the fields that changed since.
        changed: Vec<&'static str>,
    },
    /// Too many others changed the ticket at the same time.
    #[error("out of time")]
    OutOfTime,
    /// A store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Changes a ticket, all fields or none. With `expected_version`, only if none of the five fields
/// changed since. Returns the ticket and what is to be published; a change to what it is already
/// changes and publishes nothing.
///
/// # Errors
/// [`ChangeError`].
pub async fn change_ticket<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    principal: &Principal,
    ticket_id: &TicketId,
    change: &Change,
    expected_version: Option<u64>,
    deadline: Deadline,
) -> Result<(Ticket, Vec<Event>), ChangeError> {
    let Principal::Agent { id: agent_id, role } = principal else {
        return Err(ChangeError::Forbidden);
    };
    let mut backoff = Backoff::default();
    loop {
        let ticket = desk
            .tickets
            .ticket(ticket_id)
            .await?
            .ok_or(ChangeError::NoSuchTicket)?;
        check_version(&ticket, expected_version)?;
        let Some(commit) = decide(desk, principal, agent_id, *role, &ticket, change).await? else {
            return Ok((ticket, Vec::new()));
        };
        match desk
            .tickets
            .commit(&commit, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) => return Ok((commit.ticket.ticket().clone(), commit.events)),
            Err(CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_)) => {
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(ChangeError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

fn check_version(ticket: &Ticket, expected: Option<u64>) -> Result<(), ChangeError> {
    let Some(expected) = expected else {
        return Ok(());
    };
    let changed = ticket.field_versions.changed_since(expected);
    if changed.is_empty() && expected <= ticket.version {
        return Ok(());
    }
    Err(ChangeError::VersionMismatch {
        current: ticket.version,
        changed,
    })
}

async fn decide<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    principal: &Principal,
    agent_id: &AgentId,
    role: Role,
    ticket: &Ticket,
    change: &Change,
) -> Result<Option<Commit>, ChangeError> {
    let Change {
        status,
        priority,
        assigned_agent_id,
        tags,
        subject,
    } = change;
    let needed = [
        (
            priority.is_some() || tags.is_some() || subject.is_some(),
            Action::Update,
        ),
        (assigned_agent_id.is_some(), Action::Assign),
        (
            status.is_some() && ticket.merged_into.is_some(),
            Action::Update,
        ),
    ];
    if needed
        .into_iter()
        .any(|(asked, action)| asked && !may(principal, action, Some(ticket)))
    {
        return Err(ChangeError::Forbidden);
    }
    let by = Some(agent_id);
    let mut draft = Draft::change(&desk.surroundings, ticket.clone());
    let mut identities = Vec::new();
    if let Some(to) = status
        && let Some(to) = ticket
            .status
            .decide(*to, role.mover())
            .map_err(ChangeError::MoveNotAllowed)?
    {
        if to.is_open() && !ticket.status.is_open() {
            take_up_again(desk, &mut draft, &mut identities).await?;
        }
        draft.move_status(to, by);
    }
    if change_fields(
        &mut draft,
        by,
        *priority,
        assigned_agent_id.as_ref(),
        tags.as_ref(),
        subject.as_ref(),
    ) {
        draft.tell_updated();
    }
    if !draft.is_changed() {
        return Ok(None);
    }
    Ok(Some(Commit {
        identities,
        ..draft.finish()
    }))
}

/// A ticket that is opened again stays its identity's current one, unless a newer one has taken its
/// place; then the customer's messages go on to the newer.
async fn take_up_again<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    draft: &mut Draft<'_, S>,
    identities: &mut Vec<IdentityWrite>,
) -> Result<(), PortError> {
    let identity = draft.ticket().customer.channel_identity.clone();
    let account = draft.ticket().source.account_id.clone();
    let found = desk
        .tickets
        .identities(std::slice::from_ref(&identity))
        .await?;
    let pointed = match found.first().map(|i| &i.kind) {
        Some(IdentityKind::Canonical { current_tickets }) => current_tickets.get(&account).cloned(),
        // Its person was joined with another, whose tickets the messages go to.
        Some(IdentityKind::Alias { .. }) => {
            draft.ticket_mut().superseded = true;
            None
        }
        None => None,
    };
    match pointed {
        Some(is) if is == draft.ticket().id => identities.push(IdentityWrite::Check {
            identity,
            account,
            is,
        }),
        Some(_) => draft.ticket_mut().superseded = true,
        None => {}
    }
    Ok(())
}

/// Changes what differs; returns whether anything did.
fn change_fields<S: Surroundings>(
    draft: &mut Draft<'_, S>,
    by: Option<&AgentId>,
    priority: Option<Priority>,
    assigned: Option<&Option<AgentId>>,
    tags: Option<&Vec<String>>,
    subject: Option<&String>,
) -> bool {
    let mut changed = false;
    if let Some(to) = priority
        && to != draft.ticket().priority
    {
        let from = std::mem::replace(&mut draft.ticket_mut().priority, to);
        let content = format!("Priority changed from {} to {}", from.as_str(), to.as_str());
        draft.note_change(
            "priority",
            content,
            json!(from.as_str()),
            json!(to.as_str()),
            by,
        );
        changed = true;
    }
    if let Some(to) = assigned
        && *to != draft.ticket().assigned_agent_id
    {
        let from = std::mem::replace(&mut draft.ticket_mut().assigned_agent_id, to.clone());
        let content = if to.is_some() {
            "Assigned"
        } else {
            "Assignment removed"
        };
        let of = |id: &Option<AgentId>| json!(id.as_ref().map(AgentId::as_str));
        draft.note_change(
            "assigned_agent_id",
            content.to_owned(),
            of(&from),
            of(to),
            by,
        );
        changed = true;
    }
    if let Some(to) = tags
        && *to != draft.ticket().tags
    {
        let from = std::mem::replace(&mut draft.ticket_mut().tags, to.clone());
        draft.note_change(
            "tags",
            "Tags changed".to_owned(),
            json!(from),
            json!(to),
            by,
        );
        changed = true;
    }
    if let Some(to) = subject
        && *to != draft.ticket().subject
    {
        let from = std::mem::replace(&mut draft.ticket_mut().subject, to.clone());
        draft.note_change(
            "subject",
            "Subject changed".to_owned(),
            json!(from),
            json!(to),
            by,
        );
        changed = true;
    }
    changed
}

/// Closes a ticket that stayed resolved long enough. Returns what is to be published; nothing when it
/// is not resolved any more or was resolved too lately.
///
/// # Errors
/// [`ChangeError`].
pub async fn close_resolved<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    ticket_id: &TicketId,
    deadline: Deadline,
) -> Result<Vec<Event>, ChangeError> {
    let mut backoff = Backoff::default();
    loop {
        let ticket = desk
            .tickets
            .ticket(ticket_id)
            .await?
            .ok_or(ChangeError::NoSuchTicket)?;
        let now = desk.surroundings.now();
        let due = ticket.status == Status::Resolved
            && ticket
                .resolved_at
                .is_some_and(|at| now.since(at) >= desk.policy.auto_close);
        if !due {
            return Ok(Vec::new());
        }
        debug_assert!(
            ticket.status.decide(Status::Closed, Mover::Agent).is_ok(),
            "a resolved ticket can be closed"
        );
        let mut draft = Draft::change(&desk.surroundings, ticket);
        draft.move_status(Status::Closed, None);
        let commit = draft.finish();
        match desk
            .tickets
            .commit(&commit, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) => return Ok(commit.events),
            Err(CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_)) => {
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(ChangeError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests;
