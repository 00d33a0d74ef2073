//! The status of a ticket and the moves it allows.

use crate::message::names;

names!(
    /// Where a ticket stands.
    Status {
        /// Nobody of us has answered.
        New = "new",
        /// We are working on it.
        Open = "open",
        /// The customer has to answer.
        PendingCustomer = "pending_customer",
        /// Done, and taken up again if the customer writes soon.
        Resolved = "resolved",
        /// Done for good.
        Closed = "closed",
    }
);

/// Who wants to move a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mover {
    /// A member of `Agents`.
    Agent,
    /// A member of `Supervisors`.
    Supervisor,
}

/// The move is not allowed from where the ticket stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveNotAllowed {
    /// Where the ticket stands.
    pub from: Status,
    /// Where the asker may move it.
    pub allowed: Vec<Status>,
}

impl Status {
    /// Whether a customer's message belongs to a ticket of this status.
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Self::New | Self::Open | Self::PendingCustomer => true,
            Self::Resolved | Self::Closed => false,
        }
    }

    /// Decides an agent's move: the new status, or none when it is there already.
    ///
    /// # Errors
    /// [`MoveNotAllowed`] with the moves that are.
    pub fn decide(self, to: Self, mover: Mover) -> Result<Option<Self>, MoveNotAllowed> {
        use Status::{Closed, New, Open, PendingCustomer, Resolved};
        let supervisor = match mover {
            Mover::Agent => false,
            Mover::Supervisor => true,
        };
        let allowed = match (self, to) {
            (New, New)
            | (Open, Open)
            | (PendingCustomer, PendingCustomer)
            | (Resolved, Resolved)
            | (Closed, Closed) => return Ok(None),
            (New, Open | PendingCustomer | Resolved | Closed)
            | (Open, PendingCustomer | Resolved | Closed)
            | (PendingCustomer, Open | Resolved | Closed)
            | (Resolved, Open | Closed) => true,
            (Closed, Open) => supervisor,
            (Open | PendingCustomer | Resolved, New) | (Resolved, PendingCustomer) => false,
            (Closed, New | PendingCustomer | Resolved) => false,
        };
        if allowed {
            Ok(Some(to))
        } else {
            Err(MoveNotAllowed {
                from: self,
                allowed: self.moves(mover),
            })
        }
    }

    /// The moves `mover` may make from here, the present status not among them.
    #[must_use]
    pub fn moves(self, mover: Mover) -> Vec<Self> {
        use Status::{Closed, Open, PendingCustomer, Resolved};
        match (self, mover) {
            (Self::New, _) => vec![Open, PendingCustomer, Resolved, Closed],
            (Open, _) => vec![PendingCustomer, Resolved, Closed],
            (PendingCustomer, _) => vec![Open, Resolved, Closed],
            (Resolved, _) => vec![Open, Closed],
            (Closed, Mover::Supervisor) => vec![Open],
            (Closed, Mover::Agent) => vec![],
        }
    }

    /// The status after a customer's message on a ticket that stays current.
    #[must_use]
    pub fn after_customer_message(self) -> Self {
        match self {
            Self::New => Self::New,
            Self::Open | Self::PendingCustomer | Self::Resolved => Self::Open,
            Self::Closed => Self::Closed,
        }
    }

    /// The status after an agent's public reply.
    #[must_use]
    pub fn after_agent_reply(self) -> Self {
        match self {
            Self::New => Self::Open,
            Self::Open => Self::Open,
            Self::PendingCustomer => Self::PendingCustomer,
            Self::Resolved => Self::Resolved,
            Self::Closed => Self::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contract's table, written down once more: from, to, who may.
    const MOVES: &[(&str, &str, &str)] = &[
        ("new", "open", "all"),
        ("new", "pending_customer", "all"),
        ("new", "resolved", "all"),
        ("new", "closed", "all"),
        ("open", "pending_customer", "all"),
        ("open", "resolved", "all"),
        ("open", "closed", "all"),
        ("pending_customer", "open", "all"),
        ("pending_customer", "resolved", "all"),
        ("pending_customer", "closed", "all"),
        ("resolved", "open", "all"),
        ("resolved", "closed", "all"),
        ("closed", "open", "supervisor"),
    ];

    #[test]
    fn every_pair_of_status_and_move_is_decided_as_the_contract_says() {
        for &from in Status::ALL {
            for &to in Status::ALL {
                for mover in [Mover::Agent, Mover::Supervisor] {
                    let listed = MOVES.iter().any(|(f, t, who)| {
                        *f == from.as_str()
                            && *t == to.as_str()
                            && (*who == "all" || mover == Mover::Supervisor)
                    });
                    let expected = match (from == to, listed) {
                        (true, _) => Ok(None),
                        (false, true) => Ok(Some(to)),
                        (false, false) => Err(MoveNotAllowed {
                            from,
                            allowed: from.moves(mover),
                        }),
                    };
                    assert_eq!(
                        from.decide(to, mover),
                        expected,
                        "{from:?} to {to:?} by {mover:?}"
                    );
                    assert_eq!(from.moves(mover).contains(&to), listed && from != to);
                }
            }
        }
    }
}
