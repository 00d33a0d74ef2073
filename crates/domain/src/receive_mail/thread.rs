//! Which ticket a mail belongs to: by the signed address it was sent to, else by the mails it says it answers;
//! never by its subject.

use crate::channel::ChannelIdentity;
use crate::channel::email::Mail;
use crate::channel::email::message_id::SentMail;
use crate::id::TicketId;
use crate::ports::{PortError, Slot, Tickets};
use crate::receive::Desk;
use crate::receive_mail::{Route, accepts, key};
use crate::surroundings::Surroundings;
use crate::ticket::Ticket;

/// Most ids that are looked up, the nearest first: nobody's thread needs more, and a mail may hold any number.
const LOOKED_UP: usize = 20;
/// How many merges are followed.
const MERGES: usize = 8;

/// The mails a mail says it answers, the nearest first, each once.
#[derive(Debug, Clone, Default)]
pub(super) struct Thread(Vec<String>);

impl Thread {
    pub(super) fn of(mail: &Mail) -> Self {
        let mut ids: Vec<String> = Vec::new();
        for id in mail.in_reply_to.iter().chain(mail.references.iter().rev()) {
            if ids.len() == LOOKED_UP {
                break;
            }
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        Self(ids)
    }
}

/// Where a mail belongs.
pub(super) enum Found {
    /// Into this ticket.
    Ticket {
        /// The ticket.
        ticket: Box<Ticket>,
        /// Whether the sender is the ticket's customer.
        belongs: bool,
    },
    /// Into a new one.
    Nothing {
        /// The ticket it answers, which takes no more.
        follows: Option<Box<Ticket>>,
    },
}

pub(super) async fn find<T: Tickets, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    thread: &Thread,
    route: &Route,
    sender: &ChannelIdentity,
) -> Result<Found, PortError> {
    let Some(ticket) = ticket_of(desk, thread, route).await? else {
        return Ok(Found::Nothing { follows: None });
    };
    let belongs = belongs(desk, &ticket, sender).await?;
    let ticket = Box::new(ticket);
    if accepts(desk, &ticket) {
        return Ok(Found::Ticket { ticket, belongs });
    }
    // Whoever is not of that ticket learns nothing of it.
    let follows = belongs.then_some(ticket);
    Ok(Found::Nothing { follows })
}

/// Whether a mail is one of ours, by its own id.
pub(super) fn is_ours(mail: &Mail, route: &Route) -> bool {
    mail.message_id
        .as_deref()
        .is_some_and(|id| SentMail::parse(id, &route.reply_domain).is_some())
}

async fn ticket_of<T: Tickets, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    thread: &Thread,
    route: &Route,
) -> Result<Option<Ticket>, PortError> {
    if let Some(id) = &route.ticket
        && let Some(ticket) = follow(desk, id).await?
    {
        return Ok(Some(ticket));
    }
    for id in &thread.0 {
        let ticket_id = match SentMail::parse(id, &route.reply_domain) {
            Some(sent) => Some(sent.ticket_id),
            None => match desk.tickets.slot(&key::slot(id.clone())).await? {
                Some(Slot::Present(there)) => Some(there.ticket_id),
                Some(Slot::Waiting(_)) | None => None,
            },
        };
        if let Some(ticket_id) = ticket_id
            && let Some(ticket) = follow(desk, &ticket_id).await?
        {
            return Ok(Some(ticket));
        }
    }
    Ok(None)
}

/// A ticket, or the one it was merged into.
async fn follow<T: Tickets, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    id: &TicketId,
) -> Result<Option<Ticket>, PortError> {
    let mut id = id.clone();
    for _ in 0..MERGES {
        match desk.tickets.ticket(&id).await? {
            Some(ticket) => match ticket.merged_into.clone() {
                Some(into) => id = into,
                None => return Ok(Some(ticket)),
            },
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// Whether somebody is the customer of a ticket: by the address it hangs on, the one that answers were sent to,
/// or another of the customer's names.
async fn belongs<T: Tickets, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    ticket: &Ticket,
    sender: &ChannelIdentity,
) -> Result<bool, PortError> {
    let customer = &ticket.customer;
    let is_answered = customer
        .email
        .as_deref()
        .is_some_and(|email| email.eq_ignore_ascii_case(sender.platform_id()));
    if customer.channel_identity == *sender || is_answered {
        return Ok(true);
    }
    let known = desk
        .tickets
        .identities(std::slice::from_ref(sender))
        .await?;
    Ok(known.iter().any(|i| i.customer_id == customer.id))
}
