use crate::channel::{Channel, all_of, raw};
use serde_json::{Value, json};

use super::{from_customer, instagram, messenger};
use crate::channel::inbound::InboundKind;
use crate::delivery::{DeliveryState, ReceiptKind};
use crate::time::Timestamp;

fn reports(delivery: Value) -> Vec<InboundKind> {
    let event = from_customer("delivery", delivery);
    let body = json!({"object": "page", "entry": [{"id": "100001", "messaging": [event]}]});
    let events = all_of(Channel::Facebook, &raw(&body));
    events.into_iter().map(|event| event.kind).collect()
}

#[test]
fn a_watermark_holds_for_all_before_it_and_for_the_messages_it_names() {
    let told = json!({"mids": ["m_1", "m_2"], "watermark": 1_760_000_000_000_i64, "seq": 3});
    let [InboundKind::Receipt(receipt)] = &reports(told)[..] else {
        panic!("expected one receipt")
    };
    assert_eq!(receipt.kind, ReceiptKind::Delivered);
    assert_eq!(receipt.person.platform_id(), "7001");
    assert_eq!(receipt.until, Timestamp::from_millis(1_760_000_000_000));
    assert_eq!(receipt.platform_message_ids, ["m_1", "m_2"]);
    let read = messenger(from_customer(
        "read",
        json!({"watermark": 1_760_000_000_000_i64}),
    ));
    assert!(matches!(read, InboundKind::Receipt(r) if r.kind == ReceiptKind::Read));
}

#[test]
fn messages_delivered_without_a_watermark_are_reports_each() {
    let reports = reports(json!({"mids": ["m_1", "m_2"]}));
    let ids = reports.iter().map(|kind| {
        let InboundKind::Report(report) = kind else {
            panic!("expected a report, not {kind:?}")
        };
        report.platform_message_id.as_str()
    });
    assert_eq!(ids.collect::<Vec<_>>(), ["m_1", "m_2"]);
}

#[test]
fn instagram_names_the_message_that_was_read() {
    let read = json!({"sender": {"id": "7001"}, "recipient": {"id": "200001"}, "timestamp": 1_760_000_000_123_i64, "read": {"mid": "m_1"}});
    let InboundKind::Report(report) = instagram(read) else {
        panic!("expected a report")
    };
    assert_eq!(report.platform_message_id, "m_1");
    assert_eq!(report.recipient.as_deref(), Some("7001"));
    assert_eq!(report.state, DeliveryState::Read);
    assert_eq!(report.at, Some(Timestamp::from_millis(1_760_000_000_123)));
    assert!(!report.is_echo);
}

#[test]
fn what_our_own_account_read_says_nothing_of_the_customer() {
    let read =
        json!({"sender": {"id": "200001"}, "recipient": {"id": "7001"}, "read": {"mid": "m_1"}});
    assert!(matches!(instagram(read), InboundKind::Ignored(_)));
}

#[test]
fn receipts_about_nothing_are_parked_once() {
    assert!(matches!(reports(json!({}))[..], [InboundKind::Parked(_)]));
    assert!(matches!(
        reports(json!({"mids": [{}, null]}))[..],
        [InboundKind::Parked(_)]
    ));
    let read = messenger(from_customer("read", json!({})));
    assert!(matches!(read, InboundKind::Parked(_)));
}
