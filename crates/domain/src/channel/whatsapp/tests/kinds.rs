//! What each type of message says, where the corpus has no sample of it.

use super::*;
use crate::attachment::{AttachmentKind, MediaSource};
use crate::message::ContentType;

#[test]
fn a_place_without_a_name_is_its_coordinates_and_a_map() {
    let got = message(sent(
        json!({"type": "location", "context": {"forwarded": true},
        "location": {"latitude": 12.25089, "longitude": 43.90539}}),
    ));
    assert_eq!(got.content_type, ContentType::Location);
    assert_eq!(
        got.content,
        "12.25089, 43.90539\nhttps://www.openstreetmap.org/?mlat=12.25089&mlon=43.90539#map=16/12.25089/43.90539"
    );
    assert_eq!(got.data.to_map()["latitude"], json!(12.25089));
    assert_eq!(got.data.to_map()["forwarded"], json!(true));
}

#[test]
fn a_place_with_a_name_shows_it_and_keeps_its_address() {
    let got = message(sent(json!({"type": "location", "location": {
        "latitude": "37.44", "longitude": -122.16, "name": "Cafe", "address": "1 Road", "url": "https://cafe.example"}})));
    assert!(got.content.starts_with("Cafe\n1 Road\n37.44, -122.16\n"));
    assert_eq!(got.data.to_map()["url"], json!("https://cafe.example"));
}

#[test]
fn a_file_is_taken_by_its_id_also_when_an_address_is_told() {
    let got = message(sent(json!({"type": "image", "image": {
        "id": "77", "sha256": "c2hh", "mime_type": "image/jpeg", "url": "https://lookaside.example/77"}})));
    assert_eq!(got.content, "");
    assert_eq!(got.content_type, ContentType::Image);
    let media = MediaSource::Media {
        id: "77".into(),
        sha256: Some("c2hh".into()),
    };
    assert_eq!(got.attachments[0].source, Some(media));
    assert_eq!(got.attachments[0].mime_type.as_deref(), Some("image/jpeg"));
}

#[test]
fn a_file_without_an_id_is_at_its_address_and_one_without_either_nowhere() {
    let source = |part: Value| {
        let got = message(sent(json!({"type": "video", "video": part})));
        assert_eq!(got.attachments[0].kind, AttachmentKind::Video);
        got.attachments[0].source.clone()
    };
    let url = "https://lookaside.example/77";
    assert_eq!(
        source(json!({"url": url})),
        Some(MediaSource::Url(url.into()))
    );
    assert_eq!(source(json!({"url": "http://10.0.0.1/"})), None);
    assert_eq!(source(json!({})), None);
}

#[test]
fn voice_notes_and_moving_stickers_are_known_as_such() {
    let voice = message(sent(
        json!({"type": "audio", "audio": {"id": "1", "voice": true}}),
    ));
    assert_eq!(voice.content_type, ContentType::Audio);
    assert_eq!(voice.data.to_map()["voice"], json!(true));
    let sticker = message(sent(
        json!({"type": "sticker", "sticker": {"id": "1", "animated": true}}),
    ));
    assert_eq!(sticker.content_type, ContentType::Sticker);
    assert_eq!(sticker.attachments[0].kind, AttachmentKind::Image);
    assert_eq!(sticker.data.to_map()["animated"], json!(true));
}

#[test]
fn contact_cards_show_every_name_and_number_once() {
    let got = message(sent(json!({"type": "contacts", "contacts": [
        {"name": {"formatted_name": "Bo Ek"}, "phones": [
            {"phone": "+46 70-1", "wa_id": "46701"}, {"wa_id": "46702"}]},
        {"name": {"first_name": "Cy", "last_name": "Da"}},
        {"vcard": "BEGIN:VCARD\r\nFN;CHARSET=UTF-8:Li\\, Al\r\nitem1.TEL;TYPE=CELL:+46\r\n  703\r\nTEL:tel:+46703\r\nEND:VCARD"},
        {}]})));
    assert_eq!(got.content_type, ContentType::Contact);
    assert_eq!(
        got.content,
        "Bo Ek, +46 70-1, 46702\nCy Da\nLi, Al, +46 703\nContact card without a name or number"
    );
}

#[test]
fn an_order_lists_what_is_wanted() {
    let got = message(sent(
        json!({"type": "order", "order": {"catalog_id": "9", "text": "Please hurry",
        "product_items": [
            {"product_retailer_id": "TEA", "quantity": 2, "item_price": 30.5, "currency": "USD"},
            {"product_retailer_id": 77}]}}),
    ));
    assert_eq!(got.content_type, ContentType::Order);
    assert_eq!(got.content, "Please hurry\n2 × TEA, 30.5 USD each\n1 × 77");
    assert_eq!(got.data.to_map()["catalog_id"], json!("9"));
}

#[test]
fn a_filled_form_shows_its_answers_and_not_its_token() {
    let form = |answers: &str| {
        let got = message(sent(
            json!({"type": "interactive", "interactive": {"type": "nfm_reply",
            "nfm_reply": {"name": "flow", "body": "Sent", "response_json": answers}}}),
        ));
        assert_eq!(got.content_type, ContentType::Interactive);
        got.content
    };
    assert_eq!(
        form(
            r#"{"flow_token":"x","rating":4,"why":"good","which":["a","b"],"deep":{"a":1},"no":null}"#
        ),
        "Sent\nrating: 4\nwhich: a, b\nwhy: good"
    );
    assert_eq!(form("no JSON"), "Sent");
    let huge: serde_json::Map<String, Value> = (0..500)
        .map(|i| (format!("field {i}"), json!("x".repeat(5000))))
        .collect();
    let huge = form(&Value::Object(huge).to_string());
    assert_eq!(huge.lines().count(), 51);
    assert!(huge.len() < 60_000);
}

#[test]
fn answers_to_lists_and_buttons_keep_what_their_sender_marked_them_with() {
    let list = message(sent(
        json!({"type": "interactive", "context": {"id": "wamid.0"},
        "interactive": {"type": "list_reply", "list_reply": {"id": "fast", "title": "Fast", "description": "1 day"}}}),
    ));
    assert_eq!(
        (list.content.as_str(), list.reply_to.as_deref()),
        ("Fast", Some("wamid.0"))
    );
    assert_eq!(list.data.to_map()["payload"], json!("fast"));
    assert_eq!(list.data.to_map()["description"], json!("1 day"));
    let button = message(sent(
        json!({"type": "button", "button": {"payload": "no", "text": "Stop"}}),
    ));
    assert_eq!(
        (button.content.as_str(), &button.data.to_map()["payload"]),
        ("Stop", &json!("no"))
    );
    let call = message(sent(json!({"type": "interactive", "interactive": {
        "type": "call_permission_reply", "call_permission_reply": {"response": "reject"}}})));
    assert_eq!(call.content, "May not be called on WhatsApp");
}

#[test]
fn what_whatsapp_does_not_pass_on_is_shown_as_that() {
    let errors = json!([{"code": 131_051, "title": "Message type unknown", "message": "…",
        "error_data": {"details": "Message type is currently not supported."}}]);
    for (item, content, kind) in [
        (
            json!({"type": "unsupported", "errors": errors, "unsupported": {"type": "poll"}}),
            "Message that cannot be shown here (poll). WhatsApp says: Message type is currently not supported.",
            Some("poll"),
        ),
        (
            json!({"type": "unknown", "errors": errors}),
            "Message that cannot be shown here. WhatsApp says: Message type is currently not supported.",
            None,
        ),
        (
            json!({"type": "hologram", "hologram": {"id": "1"}}),
            "Message that cannot be shown here (hologram)",
            Some("hologram"),
        ),
        (json!({}), "Message that cannot be shown here", None),
        (
            json!({"type": "text", "text": {"body": 7}}),
            "Message that cannot be shown here (text)",
            Some("text"),
        ),
    ] {
        let got = message(sent(item.clone()));
        assert_eq!(got.content_type, ContentType::Unsupported);
        assert_eq!(got.content, content);
        assert_eq!(got.data.to_map().get("type").and_then(Value::as_str), kind);
        let data = got.data.to_map();
        let code = data.get("errors").map(|e| &e[0]["code"]);
        assert_eq!(code.is_some(), item.get("errors").is_some());
        assert!(code.is_none_or(|code| *code == 131_051));
    }
}

#[test]
fn a_broken_answer_counts_once_with_the_error_that_stands_beside_it() {
    let events = events(
        "messages",
        json!({
        "metadata": {"phone_number_id": "300001"},
        "messages": [{"from": "1", "id": "wamid.1", "timestamp": "1", "type": "interactive", "context": {"id": "wamid.0"}}],
        "errors": [{"code": 131_000, "title": "Something went wrong"}]}),
    );
    assert_eq!(events.len(), 1);
    let got = message(events[0].kind.clone());
    assert_eq!(got.content_type, ContentType::Unsupported);
    assert_eq!(got.data.to_map()["errors"][0]["code"], json!(131_000));
    assert_eq!(got.reply_to.as_deref(), Some("wamid.0"));
}

#[test]
fn where_a_message_comes_from_is_kept_and_bounded() {
    let got = message(sent(
        json!({"type": "text", "text": {"body": "hi"}, "group_id": "1@g.us",
        "context": {"frequently_forwarded": true, "referred_product": {"catalog_id": "9", "product_retailer_id": "TEA"}},
        "referral": {"source_type": "ad", "headline": "é".repeat(5000), "odd": "no", "ctwa_clid": "c"}}),
    ));
    assert_eq!(got.data.to_map()["group_id"], json!("1@g.us"));
    assert_eq!(got.data.to_map()["frequently_forwarded"], json!(true));
    assert_eq!(
        got.data.to_map()["referred_product"],
        json!({"catalog_id": "9", "product_retailer_id": "TEA"})
    );
    let data = got.data.to_map();
    let referral = data["referral"].as_object().unwrap();
    assert_eq!(referral["headline"].as_str().unwrap().chars().count(), 1000);
    assert_eq!((referral.len(), &referral["ctwa_clid"]), (3, &json!("c")));
}

#[test]
fn opening_a_chat_says_nothing() {
    assert!(matches!(
        sent(json!({"type": "request_welcome"})),
        InboundKind::Ignored(_)
    ));
}
