use serde_json::Value;
use tributary_domain::event::EventType;
use tributary_domain::memory::MemoryBlobs;
use tributary_domain::{Channel, CustomerId, EventId, Priority, Status, TicketId, Timestamp};

use super::*;

const BUDGET: Duration = Duration::from_secs(5);

fn event(ticket: u128, sequence: u64) -> Event {
    let at = Timestamp::parse("2026-11-26T19:00:00Z").expect("a time");
    Event {
        event_type: EventType::TicketCreated,
        ticket_id: TicketId::generate(at, ticket),
        customer_id: CustomerId::generate(at, 1),
        status: Status::New,
        priority: Priority::Medium,
        source: Channel::WhatsApp,
        timestamp: at,
        event_id: EventId::generate(at, ticket * 100 + u128::from(sequence)),
        sequence,
        message: None,
    }
}

#[tokio::test]
async fn events_are_lines_of_their_tickets_object_in_order() {
    let blobs = MemoryBlobs::default();
    let archive = EventArchive::new(blobs.clone());
    let events = [event(1, 3), event(1, 4), event(2, 1)];
    let published = archive.publish(&events.each_ref(), BUDGET).await;
    assert_eq!(published, 3);
    let first = format!(
        "events/2026/11/26/{}-0000000003-0000000004.jsonl",
        events[0].ticket_id.as_str()
    );
    let bytes = blobs
        .get(&first)
        .await
        .expect("a store")
        .expect("an object");
    let lines: Vec<Value> = std::str::from_utf8(&bytes)
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(
        lines
            .iter()
            .map(|line| &line["sequence"])
            .collect::<Vec<_>>(),
        [3, 4]
    );
    assert_eq!(lines[0]["event_id"], events[0].event_id.as_str());
    let all = blobs.list("events/", None, 10).await.expect("a store");
    assert_eq!(all.len(), 2, "one object a ticket");
}

#[tokio::test]
async fn what_the_bucket_did_not_take_is_not_published() {
    let blobs = MemoryBlobs::default();
    blobs.set_gone(true);
    let archive = EventArchive::new(blobs.clone());
    let events = [event(1, 1)];
    assert_eq!(archive.publish(&events.each_ref(), BUDGET).await, 0);
    blobs.set_gone(false);
    assert_eq!(archive.publish(&events.each_ref(), BUDGET).await, 1);
}
