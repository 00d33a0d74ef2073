use crate::channel::{Channel, all_of, raw};
use serde_json::{Value, json};

use crate::channel::AccountId;
use crate::channel::inbound::{InboundEvent, InboundKind};

fn accounts(events: &[InboundEvent]) -> Vec<Option<&str>> {
    let accounts = events.iter().map(|event| event.account.as_ref());
    accounts
        .map(|account| account.map(AccountId::as_str))
        .collect()
}

fn said(recipient: &str, mid: &str) -> Value {
    json!({"sender": {"id": "7001"}, "recipient": {"id": recipient}, "timestamp": 1_760_000_000_123_i64,
        "message": {"mid": mid, "text": "Hello"}})
}

#[test]
fn each_entry_of_a_batch_goes_to_its_own_account_and_none_is_left_out() {
    let body = json!({"object": "page", "entry": [
        {"id": "100001", "messaging": [said("100001", "m_1"), said("100001", "m_2")]},
        {"id": 100002, "messaging": [said("100002", "m_3")], "standby": [said("100002", "m_4")]},
    ]});
    let events = all_of(Channel::Facebook, &raw(&body));
    let expected = [
        Some("100001"),
        Some("100001"),
        Some("100002"),
        Some("100002"),
    ];
    assert_eq!(accounts(&events), expected);
    let is_message = |e: &InboundEvent| matches!(e.kind, InboundKind::Message(_));
    assert!(events.iter().all(is_message));
}

#[test]
fn a_list_of_envelopes_is_read_to_its_end() {
    let envelope = |id: &str| json!({"object": "instagram", "entry": [{"id": id, "messaging": [said(id, "m_1")]}]});
    let events = all_of(
        Channel::Instagram,
        &raw(&json!([envelope("1"), envelope("2"), 3])),
    );
    assert_eq!(accounts(&events), [Some("1"), Some("2"), None]);
}

#[test]
fn the_test_button_tells_the_account_by_the_receiver_only() {
    let echo = json!({"sender": {"id": "200001"}, "recipient": {"id": "7001"}, "message": {"mid": "m_2", "text": "Hi", "is_echo": true}});
    for (entry, expected) in [
        (
            json!({"id": "0", "changes": [{"field": "messages", "value": said("200001", "m_1")}]}),
            "200001",
        ),
        (
            json!({"id": "0", "messaging": [said("200001", "m_1")]}),
            "200001",
        ),
        (json!({"messaging": [said("200001", "m_1")]}), "200001"),
        (
            json!({"id": "0", "changes": [{"field": "messages", "value": echo}]}),
            "200001",
        ),
        (
            json!({"id": "200002", "changes": [{"field": "messages", "value": said("200001", "m_1")}]}),
            "200001",
        ),
        (
            json!({"id": "200002", "changes": [{"field": "messages", "value": {"sender": {"id": "7001"}, "message": {"mid": "m_1", "text": "Hello"}}}]}),
            "200002",
        ),
        (
            json!({"id": "200002", "messaging": [said("200001", "m_1")]}),
            "200002",
        ),
    ] {
        let body = json!({"object": "instagram", "entry": [entry]});
        let events = all_of(Channel::Instagram, &raw(&body));
        assert_eq!(accounts(&events), [Some(expected)], "{body}");
        assert!(matches!(events[0].kind, InboundKind::Message(_)), "{body}");
    }
}

#[test]
fn what_is_public_on_a_page_is_ignored_and_an_unknown_field_is_parked() {
    let of = |field: &str| json!({"object": "page", "entry": [{"id": "100001", "changes": [{"field": field, "value": {"from": {"id": "1"}}}]}]});
    let kind = |field: &str| all_of(Channel::Facebook, &raw(&of(field))).remove(0).kind;
    assert!(matches!(kind("feed"), InboundKind::Ignored(_)));
    assert!(matches!(kind("something_new"), InboundKind::Parked(_)));
}

#[test]
fn whatever_is_no_envelope_or_has_no_events_is_parked_once() {
    for body in [
        json!(null),
        json!([]),
        json!({}),
        json!("page"),
        json!({"object": "page"}),
        json!({"object": "page", "entry": []}),
        json!({"object": ["page"], "entry": [{"messaging": [1]}]}),
        json!({"object": "page", "entry": [{}]}),
        json!({"object": "page", "entry": [{"id": "1", "messaging": []}]}),
        json!({"object": "page", "entry": [null]}),
        json!({"object": "page", "entry": "x"}),
        json!({"object": "page", "entry": {"id": "1", "messaging": {"message": 5}}}),
        json!({"object": "page", "entry": [{"id": "1", "messaging": [[[]]]}]}),
        json!({"object": "page", "entry": [{"id": {"a": 1e300}, "changes": [null]}]}),
    ] {
        let events = all_of(Channel::Facebook, &raw(&body));
        assert_eq!(events.len(), 1, "{body}");
        assert!(matches!(events[0].kind, InboundKind::Parked(_)), "{body}");
    }
}

#[test]
fn a_single_event_where_a_list_should_be_is_read() {
    let body =
        json!({"object": "page", "entry": {"id": "100001", "messaging": said("100001", "m_1")}});
    let events = all_of(Channel::Facebook, &raw(&body));
    assert!(matches!(events[0].kind, InboundKind::Message(_)));
}
