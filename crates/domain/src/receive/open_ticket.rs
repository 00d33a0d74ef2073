//! Decides which ticket a customer's message belongs to: the current one, a resolved one taken up
//! again, or a new one.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::channel::inbound::Author;
use crate::channel::{AccountId, ChannelIdentity};
use crate::customer::{Customer, CustomerSummary, Identity, IdentityKind};
use crate::delivery::Watermarks;
use crate::draft::Draft;
use crate::id::{CustomerId, Reference, TicketId};
use crate::ports::{Blobs, CustomerWrite, IdentityWrite, PortError, Tickets};
use crate::receive::greeting::greeting;
use crate::receive::messages::CommitParts;
use crate::receive::resolve::Resolved;
use crate::receive::{Desk, takes_messages};
use crate::surroundings::Surroundings;
use crate::ticket::{FieldVersions, Priority, Source, Status, Ticket, Window};
use crate::time::Timestamp;

/// How long a customer without a name is silent before the name is asked for again.
const SILENCE: Duration = Duration::from_secs(24 * 3600);

/// Who writes, and to which account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conversation<'a> {
    /// The names of the person, best first.
    pub(crate) names: &'a [ChannelIdentity],
    /// Our account.
    pub(crate) account: &'a AccountId,
    /// The person's name, if told.
    pub(crate) person_name: Option<&'a str>,
    /// The address the person gave, if any.
    pub(crate) email: Option<&'a str>,
    /// Who wrote first of what is placed.
    pub(crate) author: Author,
}

/// What a new ticket starts with.
#[derive(Debug, Clone)]
pub(crate) struct NewTicket {
    /// What it is about.
    pub(crate) subject: String,
    /// How urgent it is.
    pub(crate) priority: Priority,
    /// Its tags.
    pub(crate) tags: Vec<String>,
    /// Whether a chatbot handed it over.
    pub(crate) is_bot_handoff: bool,
    /// Whether it must be new, even where a resolved ticket could be taken up again.
    pub(crate) always: bool,
    /// Whether a machine may answer it.
    pub(crate) greets: bool,
}

/// Places the next message of a conversation: the draft to append to, its status moved as the author does, and what its commit has to hold beside.
pub(crate) async fn place<'d, T: Tickets, B: Blobs, S: Surroundings>(
    desk: &'d Desk<T, B, S>,
    resolved: Resolved,
    conversation: &Conversation<'_>,
    new_ticket: NewTicket,
) -> Result<(Draft<'d, S>, CommitParts), PortError> {
    let Resolved {
        customer_id,
        canonical,
        new_names,
        pointed,
        ticket,
        is_split: _,
    } = resolved;
    let now = desk.surroundings.now();
    if let (Some(customer_id), Some(ticket)) = (&customer_id, &ticket) {
        let reopens = !new_ticket.always
            && ticket.merged_into.is_none()
            && !ticket.superseded
            && ticket.reopens_at(now, desk.policy.reopen_window);
        if takes_messages(ticket) || reopens {
            let mut parts = CommitParts::default();
            learn(&mut parts, &new_names, &canonical, customer_id);
            if reopens {
                let is = ticket.id.clone();
                parts.identities.push(IdentityWrite::Check {
                    identity: canonical,
                    account: conversation.account.clone(),
                    is,
                });
            }
            let mut draft = Draft::change(&desk.surroundings, ticket.clone());
            if let (None, Some(name)) = (&draft.ticket().customer.name, conversation.person_name) {
                draft.ticket_mut().customer.name = Some(name.to_owned());
                learn_name(&mut parts, customer_id, name);
            }
            if asks_again(draft.ticket(), conversation.author, now) {
                draft.ask_for_name();
            }
            let status = conversation.author.moves(draft.ticket().status);
            draft.move_status(status, None);
            return Ok((draft, parts));
        }
    }
    let mut parts = CommitParts {
        relies_on: ticket.map(|t| (t.id, t.version)),
        ..CommitParts::default()
    };
    let known = match &customer_id {
        Some(id) => desk.tickets.customer(id).await?,
        None => None,
    };
    let before = pointed.clone();
    let ticket_id = TicketId::generate(now, desk.surroundings.random());
    let customer = match (customer_id, known) {
        (Some(id), known) => {
            parts.identities.push(IdentityWrite::Point {
                identity: canonical.clone(),
                account: conversation.account.clone(),
                from: pointed,
                to: ticket_id.clone(),
            });
            learn(&mut parts, &new_names, &canonical, &id);
            if let (Some(None), Some(name)) =
                (known.as_ref().map(|c| &c.name), conversation.person_name)
            {
                learn_name(&mut parts, &id, name);
            }
            let (name, email) = known.map_or((None, None), |c| (c.name, c.primary_email));
            let or = |known: Option<String>, told: Option<&str>| told.map(str::to_owned).or(known);
            CustomerSummary {
                id,
                name: or(name, conversation.person_name),
                email: or(email, conversation.email),
                channel_identity: canonical.clone(),
            }
        }
        (None, _) => new_customer(desk, conversation, &canonical, &ticket_id, &mut parts),
    };
    let ticket = Ticket {
        id: ticket_id,
        reference: Reference::generate(desk.surroundings.random()),
        created_at: now,
        updated_at: now,
        status: Status::New,
        priority: new_ticket.priority,
        assigned_agent_id: None,
        tags: new_ticket.tags,
        subject: new_ticket.subject,
        version: 0,
        listed_version: 0,
        field_versions: FieldVersions::default(),
        message_count: 0,
        last_position: 0,
        last_sequence: 0,
        source: Source {
            channel: canonical.channel(),
            origin_platform_id: canonical.platform_id().to_owned(),
            account_id: conversation.account.clone(),
            is_bot_handoff: new_ticket.is_bot_handoff,
        },
        customer,
        last_message: None,
        last_agent_message: None,
        last_mail: None,
        last_customer_message_at: None,
        watermarks: Watermarks::default(),
        resolved_at: None,
        snoozed_until: None,
        superseded: false,
        merged_into: None,
        custom_fields: BTreeMap::new(),
        shard: u32::try_from(
            desk.surroundings.random() % u128::from(desk.policy.inbox_shards.max(1)),
        )
        .unwrap_or(0),
        window: Window::default(),
    };
    let mut draft = Draft::create(&desk.surroundings, ticket);
    draft.ask_for_name();
    if new_ticket.greets {
        let (channel, author) = (canonical.channel(), conversation.author);
        let text = greeting(&desk.policy, channel, author, before.as_ref(), now);
        parts.greeting = text.map(str::to_owned);
    }
    Ok((draft, parts))
}

/// Whether a customer's first message, or the first after a day of silence, has the name asked for again: the
/// platform may have had a reason not to tell it that holds no more.
fn asks_again(ticket: &Ticket, author: Author, now: Timestamp) -> bool {
    let last = ticket.last_customer_message_at;
    match author {
        Author::Customer => last.is_none_or(|last| last.plus(SILENCE) <= now),
        Author::Us => false,
    }
}

/// Stores further names of a known person.
fn learn(
    parts: &mut CommitParts,
    new_names: &[ChannelIdentity],
    canonical: &ChannelIdentity,
    customer_id: &CustomerId,
) {
    for name in new_names {
        parts.identities.push(IdentityWrite::Create(Identity {
            identity: name.clone(),
            customer_id: customer_id.clone(),
            kind: IdentityKind::Alias {
                of: canonical.clone(),
            },
        }));
    }
    if !new_names.is_empty() {
        parts.customer = Some(CustomerWrite::Learn {
            id: customer_id.clone(),
            identities: new_names.to_vec(),
            name: None,
            renamed_at: None,
            of_identities: None,
        });
    }
}

/// Stores the name of a known person.
fn learn_name(parts: &mut CommitParts, customer_id: &CustomerId, name: &str) {
    let told = Some(name.to_owned());
    match &mut parts.customer {
        Some(CustomerWrite::Learn { name, .. }) => *name = told,
        Some(
            CustomerWrite::Create(_) | CustomerWrite::Name { .. } | CustomerWrite::Join { .. },
        )
        | None => {
            parts.customer = Some(CustomerWrite::Learn {
                id: customer_id.clone(),
                identities: Vec::new(),
                name: told,
                renamed_at: None,
                of_identities: None,
            });
        }
    }
}

/// A person we have not heard of, with all the names given.
fn new_customer<T, B, S: Surroundings>(
    desk: &Desk<T, B, S>,
    conversation: &Conversation<'_>,
    canonical: &ChannelIdentity,
    ticket_id: &TicketId,
    parts: &mut CommitParts,
) -> CustomerSummary {
    let now = desk.surroundings.now();
    let id = CustomerId::generate(now, desk.surroundings.random());
    let name = conversation.person_name.map(str::to_owned);
    let email = conversation.email.map(str::to_owned);
    parts.customer = Some(CustomerWrite::Create(Customer {
        id: id.clone(),
        name: name.clone(),
        primary_email: email.clone(),
        channels: vec![canonical.channel()],
        identities: conversation.names.to_vec(),
        created_at: now,
        renamed_at: None,
        joined_into: None,
    }));
    for identity in conversation.names {
        let kind = if identity == canonical {
            IdentityKind::Canonical {
                current_tickets: BTreeMap::from([(
                    conversation.account.clone(),
                    ticket_id.clone(),
                )]),
            }
        } else {
            IdentityKind::Alias {
                of: canonical.clone(),
            }
        };
        parts.identities.push(IdentityWrite::Create(Identity {
            identity: identity.clone(),
            customer_id: id.clone(),
            kind,
        }));
    }
    CustomerSummary {
        id,
        name,
        email,
        channel_identity: canonical.clone(),
    }
}
