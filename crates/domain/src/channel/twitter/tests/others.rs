//! Reads, typing, revoked accounts, and what is of no use.

use super::*;
use crate::channel::inbound::DeliveryReport;
use crate::channel::{Channel, all_of, raw};
use crate::delivery::DeliveryState;

fn read(body: &Value) -> DeliveryReport {
    let InboundKind::Report(report) = kinds(body).remove(0) else {
        panic!("expected a report")
    };
    *report
}

#[test]
fn a_customer_who_read_is_reported_in_every_envelope() {
    let event = json!({"created_timestamp": "1518452444662", "sender_id": ANN,
        "target": {"recipient_id": US}, "last_read_event_id": "963"});
    for body in [
        json!({"for_user_id": US, "direct_message_mark_read_events": [event], "users": users()}),
        activity(
            "dm.read",
            json!({"direct_message_mark_read_events": [event]}),
        ),
        activity("dm.read", event.clone()),
        activity("DmRead", event.clone()),
    ] {
        let got = read(&body);
        assert_eq!(got.state, DeliveryState::Read);
        assert_eq!(
            (got.platform_message_id.as_str(), got.recipient.as_deref()),
            ("963", Some(ANN))
        );
        assert_eq!(got.at.map(Timestamp::as_millis), Some(1_518_452_444_662));
    }
}

#[test]
fn that_one_of_us_read_is_no_report() {
    let event = json!({"sender_id": US, "last_read_event_id": "963"});
    let body = json!({"for_user_id": US, "direct_message_mark_read_events": [event, {}]});
    assert!(matches!(
        kinds(&body)[..],
        [InboundKind::Ignored(_), InboundKind::Parked(_)]
    ));
}

#[test]
fn typing_is_ignored_in_every_envelope() {
    let event = json!({"sender_id": ANN, "target": {"recipient_id": US}});
    for body in [
        json!({"for_user_id": US, "direct_message_indicate_typing_events": [event]}),
        activity(
            "dm.indicate_typing",
            json!({"direct_message_indicate_typing_events": [event]}),
        ),
        activity("dm.indicate_typing", event.clone()),
    ] {
        assert!(matches!(kinds(&body)[..], [InboundKind::Ignored("typing")]));
    }
}

#[test]
fn an_account_that_took_its_permission_back_may_not_be_used() {
    let mut empty_filter = activity(
        "oauth.revoke",
        json!({"user_id": US, "date_time": "2026-07-23T21:44:05+00:00"}),
    );
    empty_filter["data"]["filter"] = json!({});
    for body in [
        json!({"user_event": {"revoke": {"date_time": "2026-07-23T21:44:05+00:00", "source": {"user_id": US}}}}),
        json!({"for_user_id": US, "user_event": {"revoke": {"date_time": "2026-07-23T21:44:05Z"}}}),
        empty_filter,
    ] {
        let InboundKind::Account(news) = &kinds(&body)[0] else {
            panic!("expected news of the account")
        };
        assert!(!news.usable && !news.reason.is_empty());
        assert_eq!(Ok(news.at), Timestamp::parse("2026-07-23T21:44:05Z"));
    }
}

#[test]
fn what_is_public_is_ignored_one_by_one_and_what_is_unknown_parked() {
    for name in [
        "tweet_create_events",
        "favorite_events",
        "follow_events",
        "block_events",
        "mute_events",
        "tweet_delete_events",
    ] {
        let got = kinds(
            &json!({"for_user_id": US, name: [{}, {}], "users": {}, "user_has_blocked": false}),
        );
        assert!(matches!(
            got[..],
            [InboundKind::Ignored(_), InboundKind::Ignored(_)]
        ));
    }
    for name in ["hologram_events", "hologram"] {
        let got = kinds(&json!({"for_user_id": US, name: [{}, 7]}));
        assert!(matches!(
            got[..],
            [InboundKind::Parked(_), InboundKind::Parked(_)]
        ));
    }
    for (name, ignored) in [
        ("post.create", true),
        ("follow.follow", true),
        ("ProfileBioUpdate", true),
        ("hologram.create", false),
    ] {
        let got = kinds(&activity(name, json!({"id": "1"})));
        assert_eq!(matches!(got[..], [InboundKind::Ignored(_)]), ignored);
        assert_eq!(matches!(got[..], [InboundKind::Parked(_)]), !ignored);
    }
}

#[test]
fn a_lookup_names_no_account_and_keeps_files_and_posts() {
    let body = json!({"data": [
        {"id": "1", "event_type": "MessageCreate", "text": "a &amp; b", "sender_id": ANN, "dm_conversation_id": "1-2",
            "created_at": "2022-10-19T20:58:00.000Z", "referenced_tweets": [{"id": "44"}]},
        {"id": "2", "event_type": "MessageCreate", "sender_id": ANN, "referenced_posts": [{"id": "45"}],
            "attachments": {"media_keys": ["7_1", "gone"]}},
        {"id": "3", "event_type": "ReactionCreate"}],
        "includes": {"users": [{"id": ANN, "name": "Ann", "username": "ann_x"}],
            "media": [{"media_key": "7_1", "type": "video", "preview_image_url": "https://x.example/p.jpg",
                "variants": [{"bit_rate": 1, "content_type": "video/mp4", "url": "https://x.example/v.mp4"}]}]}});
    let events = all_of(Channel::Twitter, &raw(&body));
    assert!(events.iter().all(|event| event.account.is_none()));
    let mut kinds = events.into_iter().map(|event| event.kind);
    let first = message(kinds.next().unwrap());
    // What v2 writes is not escaped.
    assert_eq!(
        (first.content.as_str(), first.person_name.as_deref()),
        ("a &amp; b", Some("Ann"))
    );
    assert_eq!(first.data.to_map()["tweet_id"], json!("44"));
    let second = message(kinds.next().unwrap());
    assert_eq!(
        (second.attachments.len(), &second.data.to_map()["tweet_id"]),
        (1, &json!("45"))
    );
    assert!(matches!(kinds.next(), Some(InboundKind::Parked(_))));
}
