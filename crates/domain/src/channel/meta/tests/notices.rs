use crate::channel::{Channel, all_of, raw};
use serde_json::{Value, json};

use super::{from_customer, instagram, messenger, notice};
use crate::channel::inbound::{InboundKind, Notice};
use crate::time::Timestamp;

fn of(kind: &str, told: Value) -> Notice {
    notice(messenger(from_customer(kind, told)))
}

#[test]
fn a_referral_says_where_the_customer_came_from() {
    for (told, content) in [
        (
            json!({"ref": "summer", "source": "SHORTLINK", "type": "OPEN_THREAD"}),
            "Came through a link: summer (SHORTLINK)",
        ),
        (
            json!({"source": "ADS", "ad_id": "12", "ads_context_data": {"ad_title": "Sale"}}),
            "Came from an ad: Sale, 12 (ADS)",
        ),
        (json!({}), "Came through a link"),
    ] {
        assert_eq!(of("referral", told).content, content);
    }
    let event = json!({"sender": {"id": "7001"}, "recipient": {"id": "200001"}, "timestamp": 1_760_000_000_123_i64,
        "referral": {"ref": "igme", "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"}});
    let notice = notice(instagram(event));
    assert_eq!(notice.person.to_string(), "instagram:7001");
    assert_eq!(notice.at, Some(Timestamp::from_millis(1_760_000_000_123)));
    let data = json!({"account_id": "200001", "kind": "referral",
        "referral": {"ref": "igme", "source": "IGME-SOURCE-LINK", "type": "OPEN_THREAD"}});
    assert_eq!(Value::Object(notice.data.to_map()), data);
}

#[test]
fn an_optin_is_shown_without_its_token() {
    let told = json!({"type": "notification_messages", "title": "Weekly deals", "notification_messages_token": "secret", "payload": "P"});
    let notice = of("optin", told);
    assert_eq!(notice.content, "Agreed to receive messages: Weekly deals");
    assert!(!json!(notice.data.to_map()).to_string().contains("secret"));
    assert_eq!(
        of("optin", json!({"ref": "box", "user_ref": "u"})).content,
        "Agreed to receive messages: box"
    );
}

#[test]
fn an_optin_of_a_plugins_visitor_is_parked_because_nobody_can_answer_it() {
    for event in [
        json!({"recipient": {"id": "100001"}, "timestamp": 1, "optin": {"ref": "box", "user_ref": "u"}}),
        json!({"sender": {"user_ref": "u"}, "timestamp": 1, "optin": {"ref": "box"}}),
    ] {
        let why = "a plugin's visitor, who cannot be answered";
        assert_eq!(messenger(event), InboundKind::Parked(why));
    }
}

#[test]
fn a_conversation_that_changes_hands_is_noted() {
    for (kind, told, content) in [
        (
            "pass_thread_control",
            json!({"new_owner_app_id": "11", "metadata": "m"}),
            "The conversation was passed to app 11",
        ),
        (
            "take_thread_control",
            json!({"previous_owner_app_id": 22}),
            "The conversation was taken from app 22",
        ),
        (
            "request_thread_control",
            json!({"requested_owner_app_id": "33"}),
            "The conversation is asked for by app 33",
        ),
        (
            "take_thread_control",
            json!({}),
            "The conversation was taken from another app",
        ),
    ] {
        let notice = of(kind, told.clone());
        assert_eq!(notice.content, content);
        assert_eq!(notice.person.platform_id(), "7001");
        if told.get("metadata").is_some() {
            let kept = json!({"new_owner_app_id": "11", "metadata": "m"});
            assert_eq!(notice.data.to_map()[kind], kept);
        }
    }
}

#[test]
fn notices_of_different_moments_are_told_apart_and_repetitions_are_not() {
    let key = |at: i64| {
        let mut event = from_customer("referral", json!({"ref": "summer"}));
        event["timestamp"] = json!(at);
        notice(messenger(event)).key
    };
    assert_eq!(key(1_760_000_000_000), key(1_760_000_000_000));
    assert_ne!(key(1_760_000_000_000), key(1_760_000_000_001));
}

#[test]
fn an_account_that_is_linked_or_unlinked_is_noted_without_its_code() {
    let notice = of(
        "account_linking",
        json!({"status": "linked", "authorization_code": "secret"}),
    );
    assert_eq!(notice.content, "Linked their account");
    assert!(!json!(notice.data.to_map()).to_string().contains("secret"));
}

#[test]
fn a_blocked_page_is_news_of_the_account_until_it_is_freed() {
    let of = |told: Value| {
        let event = json!({"recipient": {"id": "100001"}, "timestamp": 1_458_692_752_478_i64, "policy-enforcement": told});
        messenger(event)
    };
    let InboundKind::Account(news) = of(json!({"action": "block", "reason": "Spam ".repeat(900)}))
    else {
        panic!("expected news of the account")
    };
    assert!(
        !news.usable
            && news
                .reason
                .starts_with("Messenger blocked the account: Spam")
    );
    assert!(news.reason.len() < 400);
    assert!(matches!(of(json!({"action": "unblock"})), InboundKind::Account(news) if news.usable));
    assert!(matches!(
        of(json!({"action": "warn"})),
        InboundKind::Parked(_)
    ));
}

#[test]
fn news_of_an_account_are_of_the_time_of_their_entry_if_they_name_none() {
    let of = |moment: Value, sent: Value| {
        let event = json!({"recipient": {"id": "100001"}, "timestamp": moment, "policy-enforcement": {"action": "block"}});
        let entry = json!({"id": "100001", "time": sent, "messaging": [event]});
        let body = json!({"object": "page", "entry": [entry]});
        let kind = all_of(Channel::Facebook, &raw(&body)).remove(0).kind;
        if kind == InboundKind::Parked("policy without a time") {
            return None;
        }
        let InboundKind::Account(news) = kind else {
            panic!("expected news of the account, not {kind:?}")
        };
        Some(news.at.as_millis())
    };
    let (at, sent) = (1_458_692_752_478_i64, 1_458_692_752_999_i64);
    assert_eq!(of(json!(at), json!(sent)), Some(at));
    assert_eq!(of(json!({}), json!(sent)), Some(sent));
    assert_eq!(of(Value::Null, Value::Null), None);
}

#[test]
fn roles_and_typing_are_of_no_use_to_a_desk() {
    let roles = json!({"recipient": {"id": "100001"}, "timestamp": 1, "app_roles": {"1": ["primary_receiver"]}});
    assert!(matches!(messenger(roles), InboundKind::Ignored(_)));
    let typing = from_customer("typing", json!(true));
    assert!(matches!(messenger(typing), InboundKind::Ignored(_)));
}

#[test]
fn a_handover_without_people_is_parked() {
    let told = json!({"timestamp": 1, "pass_thread_control": {"new_owner_app_id": "11"}});
    let body = json!({"object": "page", "entry": [{"id": "100001", "messaging": [told]}]});
    let kind = all_of(Channel::Facebook, &raw(&body)).remove(0).kind;
    assert!(matches!(kind, InboundKind::Parked(_)));
}
