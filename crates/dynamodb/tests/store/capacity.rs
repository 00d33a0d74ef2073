//! What operations cost, as DynamoDB reports it. The window keeps the cost of a message from growing
//! with its ticket.

use tributary_domain::memory::SimulatedSurroundings;
use tributary_domain::ports::{Outbox, Tickets, TypingNotes};
use tributary_domain::{Surroundings, Ticket};
use tributary_dynamodb::DynamoTickets;

use crate::support::{BUDGET, dynamodb, message, opened, slot_of, world};

const TEXT: &str = "Could you tell me when my parcel will come? It has been a week now.";

/// One warm inbound message as the desk does it: read the ticket, commit with the message's slot.
async fn one_message(
    store: &DynamoTickets,
    world: &SimulatedSurroundings,
    ticket: &Ticket,
    n: u64,
) -> Ticket {
    let read = store
        .ticket(&ticket.id)
        .await
        .expect("reads")
        .expect("is there");
    let mut commit = message(world, &read, TEXT);
    commit.slots = vec![slot_of(
        &commit,
        &format!("wamid.HBgLMTU1NTAxMDAVAgASGBQz{n}"),
        0,
    )];
    store.commit(&commit, BUDGET).await.expect("commits");
    commit.ticket.ticket().clone()
}

/// Mean units of the messages `from..=to` of a ticket that has `from - 1`.
async fn mean(
    store: &DynamoTickets,
    world: &SimulatedSurroundings,
    ticket: &mut Ticket,
    from: u64,
    to: u64,
) -> f64 {
    store.capacity().take();
    for n in from..=to {
        world.advance(std::time::Duration::from_secs(60));
        *ticket = one_message(store, world, ticket, n).await;
    }
    store.capacity().take().units / (to - from + 1) as f64
}

async fn late_messages_cost_like_early_ones(until: u64) {
    let (store, world) = (dynamodb().await, world());
    let mut ticket = opened(&store, &world).await;
    mean(&store, &world, &mut ticket, 2, 99).await;
    let early = mean(&store, &world, &mut ticket, 100, 200).await;
    mean(&store, &world, &mut ticket, 201, until - 101).await;
    let late = mean(&store, &world, &mut ticket, until - 100, until).await;
    println!(
        "messages 100-200: {early:.2} units each, {}-{until}: {late:.2}",
        until - 100
    );
    assert!(late <= 1.2 * early, "{late} against {early}");
}

#[tokio::test]
async fn the_thousandth_message_costs_like_the_hundredth() {
    late_messages_cost_like_early_ones(1_000).await;
}

#[tokio::test]
#[ignore = "takes minutes; the contract's own numbers"]
async fn the_ten_thousandth_message_costs_like_the_hundredth() {
    late_messages_cost_like_early_ones(10_000).await;
}

#[tokio::test]
async fn a_warm_inbound_message_is_one_read_and_one_transaction_at_a_known_price() {
    let (store, world) = (dynamodb().await, world());
    let mut ticket = opened(&store, &world).await;
    mean(&store, &world, &mut ticket, 2, 20).await;
    store.capacity().take();
    store.ticket(&ticket.id).await.expect("reads");
    let read = store.capacity().take();
    let after = one_message(&store, &world, &ticket, 21).await;
    let message = store.capacity().take();
    assert_eq!(message.calls, 2);
    let event = store
        .events_after(&ticket.id, ticket.last_sequence, 1)
        .await
        .expect("reads")
        .remove(0)
        .0;
    store.capacity().take();
    store
        .mark_published(&[&event], world.now())
        .await
        .expect("marks");
    let mark = store.capacity().take();
    println!(
        "read {}, read and transaction {}, marking its event {}",
        read.units, message.units, mark.units
    );
    assert_eq!(after.window.messages().len(), 10);
    assert!(message.units <= 16.0, "{}", message.units);
    assert!(mark.units <= 2.0, "{}", mark.units);
}

#[tokio::test]
async fn that_an_agent_types_costs_one_unit_to_note_or_not_and_one_to_take() {
    let (store, world) = (dynamodb().await, world());
    let id = opened(&store, &world).await.id;
    let now = world.now();
    store.capacity().take();
    let mut units = Vec::new();
    for expected in [true, false] {
        let noted = store.note_typing(&id, now, now.minus(std::time::Duration::from_secs(15)));
        assert_eq!(noted.await.expect("answers"), expected);
        units.push(store.capacity().take().units);
    }
    let taken = store.take_typing(&id, now).await.expect("answers");
    assert_eq!(taken, Some(now));
    units.push(store.capacity().take().units);
    println!(
        "note {}, not again {}, take {}",
        units[0], units[1], units[2]
    );
    // What a condition refuses is not reported as consumed, and is one unit on AWS.
    assert!(units.iter().all(|units| *units <= 1.0), "{units:?}");
}
