//! What direct messages say, and whose they are.

use super::*;
use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::inbound::Author;
use crate::message::ContentType;

fn media(kind: &str, more: Value) -> Value {
    let mut media = json!({"id": 77, "id_str": "77", "type": kind, "url": "https://t.co/abc",
        "media_url": "http://ton.example/still.jpg", "media_url_https": "https://ton.example/still.jpg"});
    for (key, value) in more.as_object().unwrap() {
        media[key] = value.clone();
    }
    json!({"type": "media", "media": media})
}

#[test]
fn the_link_of_a_picture_is_cut_from_the_end_of_the_text_only() {
    for (text, content) in [
        ("look https://t.co/abc", "look"),
        ("look https://t.co/abc ", "look"),
        ("https://t.co/abc", ""),
        ("https://t.co/abc look", "https://t.co/abc look"),
        ("lookhttps://t.co/abc", "lookhttps://t.co/abc"),
        ("look https://t.co/other", "look https://t.co/other"),
    ] {
        let got = from_ann(json!({"text": text, "attachment": media("photo", json!({}))}));
        assert_eq!(got.content, content);
        let kind = if content.is_empty() {
            ContentType::Image
        } else {
            ContentType::Text
        };
        assert_eq!(got.content_type, kind);
        let url = MediaSource::Url("https://ton.example/still.jpg".to_owned());
        assert_eq!(got.attachments[0].source, Some(url));
        assert_eq!(got.data.to_map()["media_id"], json!("77"));
    }
}

#[test]
fn a_link_stays_where_no_picture_is_attached() {
    assert_eq!(
        from_ann(json!({"text": "look https://t.co/abc"})).content,
        "look https://t.co/abc"
    );
}

#[test]
fn escapes_are_taken_back_once() {
    for (text, content) in [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;", "&lt;"),
        ("&amp;amp;", "&amp;"),
        ("& &quot; &am", "& &quot; &am"),
    ] {
        assert_eq!(from_ann(json!({"text": text})).content, content);
    }
}

#[test]
fn of_a_film_the_best_mp4_is_taken_and_the_still_where_there_is_none() {
    let of = |kind: &str, more: Value| {
        let got = from_ann(json!({"text": "https://t.co/abc", "attachment": media(kind, more)}));
        let file = got.attachments[0].clone();
        (got.content_type, file.kind, file.source, file.mime_type)
    };
    let variants = json!({"video_info": {"variants": [
        {"content_type": "application/x-mpegURL", "url": "https://video.example/list.m3u8"},
        {"bitrate": 320_000, "content_type": "video/mp4", "url": "https://video.example/small.mp4"},
        {"bitrate": 2_176_000, "content_type": "video/mp4", "url": "https://video.example/large.mp4"},
        {"bitrate": 9_000_000, "content_type": "video/mp4", "url": "http://video.example/plain.mp4"}]}});
    for kind in ["video", "animated_gif"] {
        let source = Some(MediaSource::Url(
            "https://video.example/large.mp4".to_owned(),
        ));
        let mime = Some("video/mp4".to_owned());
        assert_eq!(
            of(kind, variants.clone()),
            (ContentType::Video, AttachmentKind::Video, source, mime)
        );
    }
    let still = Some(MediaSource::Url("https://ton.example/still.jpg".to_owned()));
    assert_eq!(
        of("video", json!({})),
        (ContentType::Image, AttachmentKind::Image, still, None)
    );
}

#[test]
fn a_chosen_answer_keeps_what_it_was_marked_with() {
    let got = from_ann(
        json!({"text": "Yes &amp; no", "quick_reply_response": {"type": "options", "metadata": "opt_1"}}),
    );
    assert_eq!(got.content_type, ContentType::Interactive);
    assert_eq!(
        (got.content.as_str(), &got.data.to_map()["payload"]),
        ("Yes & no", &json!("opt_1"))
    );
}

#[test]
fn a_shared_place_is_shown_with_a_map() {
    let place = json!({"type": "location", "location": {"type": "shared_coordinate",
        "shared_coordinate": {"coordinates": {"type": "Point", "coordinates": [-122.4, 37.7]}}}});
    let got = from_ann(json!({"text": "here", "attachment": place}));
    assert_eq!(got.content_type, ContentType::Location);
    assert!(got.content.starts_with("here\n37.7, -122.4\nhttps://"));
}

#[test]
fn what_cannot_be_shown_is_a_message_still() {
    for event in [
        dm(ANN, US, json!({"text": ""})),
        dm(
            ANN,
            US,
            json!({"attachment": {"type": "voice", "voice": {}}}),
        ),
        dm(ANN, US, Value::Null),
        json!({"type": "sticker_create", "id": "900", "sticker_create": {"sender_id": ANN, "target": {"recipient_id": US}}}),
    ] {
        let got = message(one(event));
        assert_eq!(got.content_type, ContentType::Unsupported);
        assert_eq!(got.person[0].platform_id(), ANN);
        assert!(got.content.contains("open X"));
    }
}

#[test]
fn our_own_message_is_in_the_conversation_of_whom_it_went_to() {
    let got = message(one(dm(US, ANN, json!({"text": "Hi Ann"}))));
    assert_eq!(got.author, Author::Us);
    assert_eq!(got.person[0].to_string(), format!("twitter:{ANN}"));
    assert_eq!(got.person_name.as_deref(), Some("Ann"));
    assert_eq!(
        (
            &got.data.to_map()["username"],
            &got.data.to_map()["external"]
        ),
        (&json!("ann_x"), &json!(true))
    );
    let nobody = json!({"type": "message_create", "id": "1", "message_create": {"sender_id": US, "message_data": {"text": "x"}}});
    assert!(matches!(one(nobody), InboundKind::Parked(_)));
}

#[test]
fn ids_may_be_numbers_and_users_told_in_either_shape() {
    let event = json!({"type": "message_create", "id": 900, "created_timestamp": 1_516_403_560_557_i64,
        "message_create": {"target": {"recipient_id": 4_337_869_213_i64}, "sender_id": 3_001_969_357_i64, "message_data": {"text": "hi"}}});
    for users in [
        users(),
        json!({ANN: {"data": {"name": "Ann", "username": "ann_x"}}}),
        json!([{"id": 3_001_969_357_i64, "name": "Ann", "username": "ann_x"}]),
    ] {
        let body = json!({"for_user_id": 4_337_869_213_i64, "direct_message_events": [event], "users": users});
        let got = message(kinds(&body).remove(0));
        assert_eq!(got.platform_message_id, "900");
        assert_eq!(
            got.timestamp.map(Timestamp::as_millis),
            Some(1_516_403_560_557)
        );
        assert_eq!(got.person[0].platform_id(), ANN);
        assert_eq!(
            (got.person_name.as_deref(), &got.data.to_map()["username"]),
            (Some("Ann"), &json!("ann_x"))
        );
    }
}

#[test]
fn in_a_group_the_sender_is_the_person_and_the_conversation_is_kept() {
    let group = json!({"type": "message_create", "id": "900", "message_create": {"sender_id": ANN,
        "target": {"conversation_id": "555"}, "message_data": {"text": "hi"}},
        "initiated_via": {"tweet_id": "44", "welcome_message_id": "55"}});
    let got = message(one(group));
    assert_eq!(got.person[0].platform_id(), ANN);
    assert_eq!(got.data.to_map()["conversation_id"], json!("555"));
    assert_eq!(
        (
            &got.data.to_map()["tweet_id"],
            &got.data.to_map()["welcome_message_id"]
        ),
        (&json!("44"), &json!("55"))
    );
}
