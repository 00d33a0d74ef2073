use crate::channel::{Channel, all_of, raw};
use serde_json::{Value, json};

use super::{from_customer, instagram, message, messenger};
use crate::channel::inbound::{Author, InboundKind};
use crate::message::ContentType;
use crate::time::Timestamp;

#[test]
fn a_text_keeps_the_platforms_ids() {
    let message = message(json!({"mid": "m_1", "text": "Hello"}));
    assert_eq!(message.person[0].to_string(), "facebook:7001");
    assert_eq!(message.author, Author::Customer);
    assert_eq!(message.content_type, ContentType::Text);
    let millis = Timestamp::from_millis(1_760_000_000_123);
    assert_eq!(message.timestamp, Some(millis));
    let data = json!({"mid": "m_1", "page_id": "100001"});
    assert_eq!(Value::Object(message.data.to_map()), data);
}

#[test]
fn times_come_in_milliseconds_in_seconds_and_as_text() {
    for (told, millis) in [
        (json!(1_760_000_000_123_i64), Some(1_760_000_000_123)),
        (json!("1760000000123"), Some(1_760_000_000_123)),
        (json!("1527459824"), Some(1_527_459_824_000)),
        (json!(1_527_459_824), Some(1_527_459_824_000)),
        (json!("2021-09-08T06:34:04+0000"), Some(1_631_082_844_000)),
        (json!("TIMESTAMP"), None),
        (json!(i64::MAX), Some(253_402_128_000_000)),
        (json!(u64::MAX), None),
        (json!(i64::MIN), None),
        (json!(null), None),
    ] {
        let mut event = from_customer("message", json!({"mid": "m_1", "text": "Hello"}));
        event["timestamp"] = told.clone();
        let InboundKind::Message(message) = messenger(event) else {
            panic!("expected a message")
        };
        assert_eq!(
            message.timestamp.map(Timestamp::as_millis),
            millis,
            "{told}"
        );
    }
}

#[test]
fn a_quick_reply_and_a_button_keep_their_payload() {
    let quick =
        message(json!({"mid": "m_1", "text": "Red", "quick_reply": {"payload": "PICK_RED"}}));
    assert_eq!(quick.content, "Red");
    assert_eq!(quick.content_type, ContentType::Interactive);
    assert_eq!(quick.data.to_map()["payload"], "PICK_RED");
    let wordless = message(json!({"mid": "m_1", "quick_reply": {"payload": "PICK_RED"}}));
    assert_eq!(wordless.content, "Button: PICK_RED");
}

fn postback(told: Value) -> crate::channel::inbound::InboundMessage {
    let mut event = from_customer("postback", told);
    event["timestamp"] = json!("1527459824");
    let kind = messenger(event);
    let InboundKind::Message(message) = kind else {
        panic!("expected a message, not {kind:?}")
    };
    *message
}

#[test]
fn a_postback_is_a_message_of_its_title_or_else_of_its_payload() {
    let told = postback(json!({"mid": "m_1", "title": "Get started", "payload": "START"}));
    assert_eq!(told.content, "Get started");
    assert_eq!(told.content_type, ContentType::Interactive);
    assert_eq!(told.platform_message_id, "m_1");
    let data = json!({"mid": "m_1", "page_id": "100001", "payload": "START"});
    assert_eq!(Value::Object(told.data.to_map()), data);
    assert_eq!(
        told.timestamp,
        Some(Timestamp::from_millis(1_527_459_824_000))
    );
    assert_eq!(
        postback(json!({"payload": "START"})).content,
        "Button: START"
    );
    assert_eq!(postback(json!({})).content, "Pressed a button");
}

#[test]
fn a_postback_without_an_id_has_one_that_its_repetition_has_too() {
    let id = |told: Value| postback(told).platform_message_id;
    assert_eq!(id(json!({"payload": "A"})), "postback:7001:1527459824:A:");
    assert_eq!(id(json!({"payload": "A"})), id(json!({"payload": "A"})));
    assert_ne!(id(json!({"payload": "A"})), id(json!({"payload": "B"})));
    assert!(id(json!({"payload": "é".repeat(5000)})).len() < 100);
}

#[test]
fn a_postback_tells_where_the_customer_came_from() {
    let referral =
        json!({"ref": "summer", "source": "SHORTLINK", "type": "OPEN_THREAD", "more": [1]});
    let told = postback(json!({"payload": "START", "referral": referral}));
    let kept = json!({"ref": "summer", "source": "SHORTLINK", "type": "OPEN_THREAD"});
    assert_eq!(told.data.to_map()["referral"], kept);
}

#[test]
fn an_answer_to_a_message_names_it_and_one_to_a_story_shows_it() {
    let reply = message(
        json!({"mid": "m_2", "text": "Yes", "reply_to": {"mid": "m_1", "is_self_reply": true}}),
    );
    assert_eq!(reply.reply_to.as_deref(), Some("m_1"));
    let story = json!({"id": "s_1", "url": "https://example.com/s.png"});
    let reply = message(json!({"mid": "m_2", "text": "Nice", "reply_to": {"story": story}}));
    assert_eq!((reply.content.as_str(), reply.reply_to), ("Nice", None));
    assert_eq!(reply.content_type, ContentType::Story);
    let kept = json!({"type": "reply", "id": "s_1", "url": "https://example.com/s.png"});
    assert_eq!(reply.data.to_map()["story"], kept);
    let silent = message(json!({"mid": "m_2", "reply_to": {"story": {"id": "s_1"}}}));
    assert_eq!(silent.content, "Replied to your story");
}

#[test]
fn an_ad_or_a_product_that_led_here_is_kept_beside_the_text() {
    let ad = json!({"ref": "x", "ad_id": 1200, "source": "ADS", "type": "OPEN_THREAD",
        "ads_context_data": {"ad_title": "Sale", "photo_url": "https://example.com/p.jpg", "post_id": "9", "more": {}}});
    let told = message(json!({"mid": "m_1", "text": "Still there?", "referral": ad}));
    assert_eq!(told.content, "Still there?");
    let kept = json!({"ref": "x", "ad_id": "1200", "source": "ADS", "type": "OPEN_THREAD",
        "ad_title": "Sale", "photo_url": "https://example.com/p.jpg", "post_id": "9"});
    assert_eq!(told.data.to_map()["referral"], kept);
    let product = message(json!({"mid": "m_1", "referral": {"product": {"id": "77"}}}));
    assert_eq!(product.content, "Came from a product: 77");
}

#[test]
fn what_the_platform_does_not_pass_on_is_shown_as_such() {
    let told = message(json!({"mid": "m_1", "is_unsupported": true}));
    assert_eq!(told.content_type, ContentType::Unsupported);
    assert_eq!(
        told.content,
        "Sent something that Messenger does not pass on"
    );
}

#[test]
fn who_was_a_guest_before_is_taken_as_who_they_are_now() {
    let mut event = from_customer("message", json!({"mid": "m_1", "text": "Thanks"}));
    event["prior_message"] = json!({"source": "checkbox_plugin", "identifier": "ref"});
    assert!(
        matches!(messenger(event), InboundKind::Message(m) if m.person[0].platform_id() == "7001")
    );
}

#[test]
fn a_test_that_the_account_sends_itself_is_ignored() {
    let me = json!({"id": "200001"});
    let said = json!({"mid": "m_1", "text": "Hi", "is_self": true, "is_echo": true});
    let inside = json!({"sender": me, "recipient": me, "message": said});
    let beside = json!({"sender": me, "recipient": me, "is_self": true, "message": {"mid": "m_1", "text": "Hi"}});
    for event in [inside, beside] {
        assert_eq!(instagram(event), InboundKind::Ignored("self test"));
    }
}

#[test]
fn what_nobody_wrote_or_nobody_can_answer_is_parked() {
    for event in [
        from_customer("message", json!({"mid": "m_1", "text": " "})),
        from_customer("message", json!({"mid": "m_1"})),
        from_customer("message", json!({"text": "Hello"})),
        from_customer("message", json!("Hello")),
        from_customer("something_new", json!({"mid": "m_1"})),
        json!({"sender": {"user_ref": "u"}, "message": {"mid": "m_1", "text": "Hello"}}),
        json!({"sender": {"id": "a\u{0}b"}, "message": {"mid": "m_1", "text": "Hello"}}),
        json!({"message": {"mid": "m_1", "text": "Hello"}}),
    ] {
        let kind = messenger(event.clone());
        assert!(matches!(kind, InboundKind::Parked(_)), "{event}");
    }
}

#[test]
fn a_conversation_that_another_app_holds_is_visible_and_marked() {
    let person = json!({"id": "7001"});
    let text =
        json!({"sender": person, "timestamp": 1, "message": {"mid": "m_1", "text": "Hello"}});
    let pressed =
        json!({"sender": person, "timestamp": 1, "postback": {"mid": "m_2", "title": "Stop"}});
    let read = json!({"sender": person, "timestamp": 1, "read": {"watermark": 1}});
    let body =
        json!({"object": "page", "entry": [{"id": "100001", "standby": [text, pressed, read]}]});
    let events = all_of(Channel::Facebook, &raw(&body));
    for event in &events[..2] {
        assert!(
            matches!(&event.kind, InboundKind::Message(m) if m.data.to_map()["standby"] == true)
        );
    }
    assert!(matches!(events[2].kind, InboundKind::Receipt(_)));
}
