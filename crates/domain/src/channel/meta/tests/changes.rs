use serde_json::{Value, json};

use super::{change, from_customer, instagram, messenger};
use crate::channel::inbound::{ChangeKind, InboundKind, MessageChange};
use crate::message::SenderType;
use crate::time::Timestamp;

fn of(kind: &str, told: Value) -> MessageChange {
    change(messenger(from_customer(kind, told)))
}

#[test]
fn an_edit_is_named_by_its_number_however_that_is_written() {
    for (number, read) in [
        (json!(2), Some(2)),
        (json!("2"), Some(2)),
        (json!("two"), None),
        (json!(-1), None),
    ] {
        let edit = of(
            "message_edit",
            json!({"mid": "m_1", "text": "Hello!", "num_edit": number}),
        );
        let content = "Hello!".to_owned();
        assert_eq!(
            edit.what,
            ChangeKind::Edit {
                content,
                number: read
            }
        );
        assert_eq!(edit.target, "m_1");
        assert_eq!(edit.person.unwrap().platform_id(), "7001");
        assert_eq!(edit.at, Some(Timestamp::from_millis(1_760_000_000_123)));
        let key = match read {
            Some(_) => "edit:2",
            None => "edit:7001:1760000000123:",
        };
        assert_eq!(edit.key, key);
    }
}

#[test]
fn a_message_taken_back_is_an_unsend_of_itself() {
    let unsend = of(
        "message",
        json!({"mid": "m_1", "is_deleted": true, "text": "Hello"}),
    );
    assert_eq!(
        (unsend.target.as_str(), unsend.key.as_str()),
        ("m_1", "unsend")
    );
    assert_eq!(unsend.what, ChangeKind::Unsend);
}

fn reaction(told: Value) -> (Option<String>, String) {
    let change = of("reaction", told);
    let ChangeKind::Reaction {
        emoji,
        by,
        sender_type,
    } = change.what
    else {
        panic!("expected a reaction")
    };
    assert_eq!((by.as_str(), sender_type), ("7001", SenderType::Customer));
    assert_eq!(change.target, "m_1");
    (emoji, change.key)
}

#[test]
fn a_reaction_has_its_emoji_or_the_word_for_it_and_none_once_taken_back() {
    let emoji = |told: Value| reaction(told).0;
    let love = json!({"mid": "m_1", "action": "react", "reaction": "love", "emoji": "❤️"});
    assert_eq!(emoji(love).as_deref(), Some("❤️"));
    let word = json!({"mid": "m_1", "action": "react", "reaction": "love"});
    assert_eq!(emoji(word).as_deref(), Some("love"));
    let bare = json!({"mid": "m_1", "emoji": "😢"});
    assert_eq!(emoji(bare).as_deref(), Some("😢"));
    assert_eq!(emoji(json!({"mid": "m_1", "action": "unreact"})), None);
    let named = json!({"mid": "m_1", "action": "unreact", "reaction": "love", "emoji": "❤️"});
    assert_eq!(emoji(named), None);
}

#[test]
fn reactions_of_the_same_moment_are_told_apart() {
    let key = |emoji: &str| reaction(json!({"mid": "m_1", "action": "react", "emoji": emoji})).1;
    assert_eq!(key("😢"), "reaction:7001:1760000000123:😢");
    assert_ne!(key("😢"), key("❤️"));
}

#[test]
fn a_reaction_of_our_account_is_ours_in_the_customers_conversation() {
    let event = json!({"sender": {"id": "200001"}, "recipient": {"id": "7001"}, "timestamp": 1_760_000_000_123_i64,
        "reaction": {"mid": "m_1", "action": "react", "emoji": "❤️"}});
    let change = change(instagram(event));
    assert_eq!(change.person.unwrap().platform_id(), "7001");
    assert!(
        matches!(change.what, ChangeKind::Reaction { sender_type: SenderType::Agent, by, .. } if by == "200001")
    );
}

#[test]
fn changes_that_do_not_say_of_what_or_to_what_are_parked() {
    for (kind, told) in [
        ("message_edit", json!({"text": "Hello", "num_edit": 1})),
        ("message_edit", json!({"mid": "m_1", "num_edit": 0})),
        ("message", json!({"is_deleted": true})),
        ("reaction", json!({"action": "react", "emoji": "❤️"})),
        ("reaction", json!({"mid": "m_1", "action": "react"})),
        (
            "reaction",
            json!({"mid": "m_1", "action": "dance", "emoji": "❤️"}),
        ),
    ] {
        let kind = messenger(from_customer(kind, told.clone()));
        assert!(matches!(kind, InboundKind::Parked(_)), "{told}");
    }
}
