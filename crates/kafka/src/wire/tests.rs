//! The wire form against its golden copies, field by field and in order.

use serde_json::Value;
use tributary_domain::event::{Event, EventMessage, EventType, Topic};
use tributary_domain::{
    Channel, CustomerId, DeliveryState, EventId, MessageId, Priority, SenderType, Status, TicketId,
    Timestamp, Visibility,
};

use super::EventBody;

fn event(event_type: EventType, message: Option<EventMessage>) -> Event {
    let at = Timestamp::from_millis(1_735_732_800_000);
    Event {
        event_type,
        ticket_id: TicketId::generate(at, 1),
        customer_id: CustomerId::generate(at, 2),
        status: Status::New,
        priority: Priority::High,
        source: Channel::WhatsApp,
        timestamp: at,
        event_id: EventId::generate(at, 3),
        sequence: 1,
        message,
    }
}

fn message(delivery_state: Option<DeliveryState>) -> EventMessage {
    EventMessage {
        message_id: MessageId::generate(Timestamp::from_millis(1_735_732_800_000), 4),
        sender_type: SenderType::Customer,
        visibility: Visibility::Public,
        delivery_state,
    }
}

fn text(event: &Event) -> String {
    serde_json::to_string_pretty(&EventBody::from(event)).expect("serialises")
}

#[test]
fn a_ticket_event_has_exactly_the_fields_of_version_1() {
    insta::assert_snapshot!(text(&event(EventType::TicketCreated, None)), @r#"
    {
      "event_type": "ticket.created",
      "ticket_id": "tkt_01jggvsag00000000000000001",
      "customer_id": "cust_01jggvsag00000000000000002",
      "status": "new",
      "priority": "high",
      "source": "whatsapp",
      "timestamp": "2025-01-01T12:00:00.000Z",
      "event_id": "evt_01jggvsag00000000000000003",
      "sequence": 1,
      "schema_version": 1
    }
    "#);
}

#[test]
fn a_message_event_adds_its_message_with_a_null_state_when_nothing_goes_out() {
    insta::assert_snapshot!(text(&event(EventType::MessageReceived, Some(message(None)))), @r#"
    {
      "event_type": "message.received",
      "ticket_id": "tkt_01jggvsag00000000000000001",
      "customer_id": "cust_01jggvsag00000000000000002",
      "status": "new",
      "priority": "high",
      "source": "whatsapp",
      "timestamp": "2025-01-01T12:00:00.000Z",
      "event_id": "evt_01jggvsag00000000000000003",
      "sequence": 1,
      "schema_version": 1,
      "message_id": "msg_01jggvsag00000000000000004",
      "sender_type": "customer",
      "visibility": "public",
      "delivery_state": null
    }
    "#);
}

#[test]
fn every_event_type_and_delivery_state_is_told_by_its_name() {
    for &kind in EventType::ALL {
        let sample = event(kind, None);
        let body: Value = serde_json::from_str(&text(&sample)).expect("JSON");
        assert_eq!(body["event_type"], kind.as_str());
        let expected = match sample.topic() {
            Topic::Tickets => "ticket.",
            Topic::Messages => "message.",
        };
        assert!(kind.as_str().starts_with(expected), "{kind:?}");
    }
    for &state in DeliveryState::ALL {
        let sample = event(EventType::MessageDelivery, Some(message(Some(state))));
        let body: Value = serde_json::from_str(&text(&sample)).expect("JSON");
        assert_eq!(body["delivery_state"], state.as_str());
    }
}
