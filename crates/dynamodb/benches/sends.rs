//! What a reply costs, from the agent's click to the provider's answer stored: round trips and capacity units of the
//! table, and replies a second through one relay with a provider that answers at once.

#![allow(clippy::expect_used, missing_docs, reason = "a benchmark")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::StreamExt;
use tributary_domain::channel::inbound::{Author, InboundEvent, InboundKind, InboundMessage};
use tributary_domain::channel::{ChannelIdentity, Details};
use tributary_domain::memory::{MemoryBlobs, ScriptedMessenger, SimulatedSurroundings};
use tributary_domain::receive::{Desk, Lanes, PointerCache, Policy, receive_messages};
use tributary_domain::reply::{NewMessage, Posted, post_message};
use tributary_domain::send::send_pending;
use tributary_domain::surroundings::Deadline;
use tributary_domain::{
    AccountId, AgentId, Channel, ContentType, Principal, Role, Surroundings, TicketId,
};
use tributary_dynamodb::DynamoTickets;

#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../tests/store/support.rs"]
mod support;

/// Tickets at the same time, as in the relay.
const PARALLEL: usize = 8;
const TICKETS: usize = 200;
/// Replies to one ticket.
const REPLIES: usize = 5;

type BenchDesk = Desk<DynamoTickets, MemoryBlobs, SimulatedSurroundings>;

#[tokio::main]
async fn main() {
    let (client, names) = support::tables().await;
    let world = SimulatedSurroundings::new(1);
    let desk = Desk {
        tickets: DynamoTickets::new(client, names),
        blobs: MemoryBlobs::default(),
        surroundings: world.clone(),
        policy: Policy {
            reopen_window: Duration::from_secs(72 * 3600),
            auto_close: Duration::from_secs(7 * 24 * 3600),
            inbox_shards: 4,
            greetings: BTreeMap::new(),
        },
        pointers: PointerCache::default(),
        lanes: Lanes::default(),
    };
    println!("{TICKETS} tickets, {REPLIES} replies each; a text of one part unless told");
    for (channel, text, what) in [
        (Channel::WhatsApp, "On its way.".to_owned(), "WhatsApp"),
        (Channel::Email, "On its way.".to_owned(), "mail"),
        (Channel::WhatsApp, "x".repeat(4_500), "WhatsApp, two parts"),
    ] {
        measure(&desk, &world, channel, &text, what).await;
    }
}

async fn measure(
    desk: &BenchDesk,
    world: &SimulatedSurroundings,
    channel: Channel,
    text: &str,
    what: &str,
) {
    let messenger = ScriptedMessenger::new(world);
    let mut tickets = Vec::new();
    for number in 0..TICKETS {
        tickets.push(ticket_of(desk, channel, &format!("{what}-{number}@example.org")).await);
    }
    let replies = (TICKETS * REPLIES) as f64;
    desk.tickets.capacity().take();
    let started = Instant::now();
    let posting = (0..REPLIES).flat_map(|_| &tickets);
    futures::stream::iter(posting)
        .for_each_concurrent(PARALLEL, |id| reply(desk, id, text))
        .await;
    let (posted, spent) = (started.elapsed(), desk.tickets.capacity().take());
    tell(what, "written", posted, spent.calls, spent.units, replies);
    world.advance(Duration::from_secs(6));
    let started = Instant::now();
    futures::stream::iter(&tickets)
        .for_each_concurrent(PARALLEL, |id| async {
            let deadline = Deadline::after(world, Duration::from_secs(3600));
            let sent = send_pending(desk, &messenger, id, deadline).await;
            assert!(sent.expect("sent").next.is_none());
        })
        .await;
    let (sent, spent) = (started.elapsed(), desk.tickets.capacity().take());
    tell(what, "sent", sent, spent.calls, spent.units, replies);
}

fn tell(what: &str, step: &str, took: Duration, calls: u64, units: f64, replies: f64) {
    println!(
        "{what}, {step}: {:.0} a second, {:.2} round trips and {:.1} capacity units each",
        replies / took.as_secs_f64(),
        calls as f64 / replies,
        units / replies
    );
}

async fn reply(desk: &BenchDesk, id: &TicketId, text: &str) {
    let agent = Principal::Agent {
        id: AgentId::parse("agent-1").expect("an agent"),
        role: Role::Agent,
    };
    let message = NewMessage {
        content: text.to_owned(),
        ..NewMessage::default()
    };
    let deadline = Deadline::after(&desk.surroundings, Duration::from_secs(60));
    let posted = post_message(desk, &agent, id, message, deadline).await;
    assert!(matches!(posted, Ok(Posted::Created(..))));
}

async fn ticket_of(desk: &BenchDesk, channel: Channel, person: &str) -> TicketId {
    let account = AccountId::parse("300001").expect("an account");
    let message = InboundMessage {
        platform_message_id: format!("in-{person}"),
        author: Author::Customer,
        person: vec![ChannelIdentity::new(channel, person).expect("an identity")],
        person_name: None,
        timestamp: Some(desk.surroundings.now()),
        content: "Where is my order?".to_owned(),
        content_type: ContentType::Text,
        attachments: Vec::new(),
        reply_to: None,
        data: Details::default(),
    };
    let event = InboundEvent {
        account: Some(account.clone()),
        kind: InboundKind::Message(Box::new(message)),
    };
    let deadline = Deadline::after(&desk.surroundings, Duration::from_secs(60));
    let accounts = [account.into()];
    let outcome = receive_messages(desk, channel, vec![event], &accounts, b"raw", deadline).await;
    assert!(outcome.unfinished.is_none());
    outcome.received.events[0].ticket_id.clone()
}
