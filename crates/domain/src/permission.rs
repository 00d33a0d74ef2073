//! Who may do what: one function of principal, action and ticket.

use crate::id::{AgentId, TicketId};
use crate::ticket::{Mover, Status, Ticket};

/// What group an agent is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// `Agents`.
    Agent,
    /// `Supervisors`, who may do all that agents may.
    Supervisor,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A signed-in user of one of our groups.
    Agent {
        /// The Cognito `sub`.
        id: AgentId,
        /// The highest group.
        role: Role,
    },
    /// A signed-in user of no group of ours.
    Stranger,
    /// A chatbot that proved itself by a signature.
    Chatbot,
    /// The holder of a status token.
    StatusHolder {
        /// The ticket the token was made for.
        ticket_id: TicketId,
    },
}

impl Principal {
    /// A signed-in user by the groups of the token.
    #[must_use]
    pub fn signed_in(id: AgentId, groups: &[String]) -> Self {
        let in_group = |name: &str| groups.iter().any(|g| g == name);
        if in_group("Supervisors") {
            Self::Agent {
                id,
                role: Role::Supervisor,
            }
        } else if in_group("Agents") {
            Self::Agent {
                id,
                role: Role::Agent,
            }
        } else {
            Self::Stranger
        }
    }

    /// The agent, if it is one.
    #[must_use]
    pub fn agent_id(&self) -> Option<&AgentId> {
        match self {
            Self::Agent { id, .. } => Some(id),
            Self::Stranger | Self::Chatbot | Self::StatusHolder { .. } => None,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Use the workbench: read tickets, lists, customers and agents.
    Read,
    /// Create a ticket.
    Create,
    /// Answer the customer.
    Reply,
    /// Write an internal note.
    Note,
    /// Change priority, tags or subject.
    Update,
    /// Change the assignee.
    Assign,
    /// Move the status.
    Move(Status),
    /// Read the status a chatbot polls.
    ReadStatus,
    /// See how our accounts on the platforms stand.
    SeeChannels,
    /// Stop one of them from sending, or let it send again.
    StopChannels,
}

/// Whether `principal` may do `action`, on `ticket` where it is about one.
/// Whether a status move is possible at all is [`Status::decide`]'s to say; here it is only who.
#[must_use]
pub fn may(principal: &Principal, action: Action, ticket: Option<&Ticket>) -> bool {
    match (principal, action) {
        (Principal::Agent { role, .. }, Action::Move(to)) => {
            ticket.is_none_or(|t| t.merged_into.is_none() && may_leave(*role, t.status, to))
        }
        (
            Principal::Agent { .. },
            Action::Reply | Action::Note | Action::Update | Action::Assign,
        ) => ticket.is_none_or(|t| t.merged_into.is_none()),
        (Principal::Agent { .. }, Action::Read | Action::Create | Action::ReadStatus) => true,
        (Principal::Agent { role, .. }, Action::SeeChannels | Action::StopChannels) => {
            *role == Role::Supervisor
        }
        (Principal::Chatbot, Action::Create) => true,
        (Principal::StatusHolder { ticket_id }, Action::ReadStatus) => {
            ticket.is_none_or(|t| t.id == *ticket_id)
        }
        (
            Principal::Chatbot,
            Action::Read
            | Action::Reply
            | Action::Note
            | Action::Update
            | Action::Assign
            | Action::Move(_)
            | Action::ReadStatus
            | Action::SeeChannels
            | Action::StopChannels,
        )
        | (
            Principal::StatusHolder { .. },
            Action::Read
            | Action::Create
            | Action::Reply
            | Action::Note
            | Action::Update
            | Action::Assign
            | Action::Move(_)
            | Action::SeeChannels
            | Action::StopChannels,
        )
        | (
            Principal::Stranger,
            Action::Read
            | Action::Create
            | Action::Reply
            | Action::Note
            | Action::Update
            | Action::Assign
            | Action::Move(_)
            | Action::ReadStatus
            | Action::SeeChannels
            | Action::StopChannels,
        ) => false,
    }
}

fn may_leave(role: Role, from: Status, to: Status) -> bool {
    from == to || from.moves(role.mover()).contains(&to)
}

impl Role {
    /// The role as the status table knows it.
    #[must_use]
    pub fn mover(self) -> Mover {
        match self {
            Self::Agent => Mover::Agent,
            Self::Supervisor => Mover::Supervisor,
        }
    }
}

/// The names of what `principal` may do to `ticket` now, for the workbench to offer.
#[must_use]
pub fn actions(principal: &Principal, ticket: &Ticket) -> Vec<&'static str> {
    let moves = [
        (
            Status::Open,
            if ticket.status.is_open() {
                "open"
            } else {
                "reopen"
            },
        ),
        (Status::PendingCustomer, "pend"),
        (Status::Resolved, "resolve"),
        (Status::Closed, "close"),
    ];
    let fixed = [
        (Action::Reply, "reply"),
        (Action::Note, "note"),
        (Action::Assign, "assign"),
        (Action::Update, "update"),
    ];
    fixed
        .into_iter()
        .chain(
            moves
                .into_iter()
                .filter(|(to, _)| *to != ticket.status)
                .map(|(to, name)| (Action::Move(to), name)),
        )
        .filter_map(|(action, name)| may(principal, action, Some(ticket)).then_some(name))
        .collect()
}

#[cfg(test)]
mod tests;
