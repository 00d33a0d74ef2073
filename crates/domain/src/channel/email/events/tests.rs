use proptest::prelude::*;
use serde_json::json;
use serde_json::value::to_raw_value;

use super::*;
use crate::channel::all_of;
use crate::{MessageId, TicketId};

mod corpus;
mod failures;

fn mark() -> Correlation {
    Correlation {
        ticket_id: TicketId::generate(Timestamp::from_millis(1), 1),
        message_id: MessageId::generate(Timestamp::from_millis(1), 2),
        position: 7,
        attempt: 2,
        part: 0,
    }
}

fn events(body: &Value) -> Vec<InboundKind> {
    let events = all_of(Channel::Email, &to_raw_value(body).expect("JSON"));
    let mail = Some(AccountId::constant(Channel::Email));
    assert!(events.iter().all(|e| e.account == mail));
    events.into_iter().map(|e| e.kind).collect()
}

fn one(event: &Value) -> InboundKind {
    let mut events = events(&json!([event]));
    assert_eq!(events.len(), 1);
    events.remove(0)
}

fn report(mut event: Value) -> DeliveryReport {
    event[MARK] = json!(mark().as_text());
    let kind = one(&event);
    let InboundKind::Report(report) = kind else {
        panic!("expected a report, not {kind:?}");
    };
    *report
}

#[test]
fn our_mark_names_the_message_and_sendgrids_id_is_what_its_answer_gave() {
    let got = report(
        json!({"event": "delivered", "email": "Ann@Example.org", "timestamp": 1_513_299_569,
        "sg_message_id": "14c5d75ce93-aB_c.recvd-64b469-1.0", "sg_event_id": "e"}),
    );
    let expected = DeliveryReport {
        platform_message_id: "14c5d75ce93-aB_c".to_owned(),
        recipient: Some("ann@example.org".to_owned()),
        state: DeliveryState::Delivered,
        at: Some(Timestamp::from_millis(1_513_299_569_000)),
        error: None,
        account_fault: None,
        correlation: Some(mark()),
        is_echo: false,
    };
    assert_eq!(got, expected);
}

#[test]
fn each_kind_says_how_far_the_mail_got() {
    for (name, state) in [
        ("processed", DeliveryState::Sent),
        ("delivered", DeliveryState::Delivered),
        ("spamreport", DeliveryState::Delivered),
        ("open", DeliveryState::Read),
        ("click", DeliveryState::Read),
        ("bounce", DeliveryState::Failed),
        ("blocked", DeliveryState::Failed),
        ("dropped", DeliveryState::Failed),
    ] {
        let got = report(json!({"event": name}));
        assert_eq!(got.state, state, "{name}");
        assert_eq!(
            got.error.is_some(),
            state == DeliveryState::Failed,
            "{name}"
        );
        assert_eq!(got.at, None);
    }
}

#[test]
fn what_moves_no_message_is_ignored() {
    for name in [
        "deferred",
        "unsubscribe",
        "group_unsubscribe",
        "group_resubscribe",
        "account_status_change",
    ] {
        let got = one(&json!({"event": name, MARK: mark().as_text()}));
        assert!(matches!(got, InboundKind::Ignored(_)), "{name}");
    }
    let foreign = one(&json!({"event": "delivered", "sg_message_id": "x.y"}));
    assert!(matches!(foreign, InboundKind::Ignored(_)));
}

#[test]
fn what_cannot_be_read_is_parked_and_counted() {
    for event in [
        json!({"event": "hologram", MARK: mark().as_text()}),
        json!({"event": "hologram"}),
        json!({"event": 7}),
        json!({"event": "delivered", MARK: "tributary:x"}),
        json!({"event": "delivered", MARK: 7}),
        json!({}),
        json!(7),
        Value::Null,
    ] {
        assert!(matches!(one(&event), InboundKind::Parked(_)), "{event}");
    }
    for body in [json!({"event": "delivered"}), json!("x"), Value::Null] {
        let events = events(&body);
        assert_eq!(events, [InboundKind::Parked("no list of events")]);
    }
    assert_eq!(events(&json!([])), []);
}

#[test]
fn a_time_that_cannot_be_read_is_none() {
    for (timestamp, at) in [
        (json!("1513299569"), Some(1_513_299_569_000)),
        (json!(-1), None),
        (json!(i64::MAX), None),
        (json!(1.5), None),
        (json!("soon"), None),
    ] {
        let got = report(json!({"event": "open", "timestamp": timestamp}));
        assert_eq!(got.at, at.map(Timestamp::from_millis), "{timestamp}");
    }
}

#[test]
fn an_event_without_sendgrids_id_is_known_by_our_mark() {
    for id in [json!(null), json!(""), json!("."), json!([1])] {
        let got = report(json!({"event": "dropped", "sg_message_id": id}));
        assert_eq!(got.platform_message_id, mark().message_id.to_string());
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let field = prop_oneof![
        Just("event"),
        Just(MARK),
        Just("email"),
        Just("timestamp"),
        Just("sg_message_id"),
        Just("status"),
        Just("reason"),
        Just("type"),
    ];
    let name = prop_oneof![
        Just("bounce"),
        Just("dropped"),
        Just("delivered"),
        Just("open")
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        "[0-9. ]{0,20}".prop_map(Value::from),
        name.prop_map(Value::from),
        Just(Value::from(mark().as_text())),
    ];
    leaf.prop_recursive(3, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((field.clone(), inner), 0..6).prop_map(|fields| {
                let fields = fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                Value::Object(fields.collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_body_makes_it_panic_and_every_event_is_counted(body in any_json()) {
        let expected = body.as_array().map_or(1, Vec::len);
        let body = to_raw_value(&body).expect("JSON");
        prop_assert_eq!(all_of(Channel::Email, &body).len(), expected);
    }
}
