use serde_json::{Value, json};

use super::{attached, instagram, message};
use crate::attachment::{AttachmentKind, MediaSource};
use crate::channel::inbound::{InboundKind, InboundMessage};
use crate::message::ContentType;

const CDN: &str = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=s";

fn urls(message: &InboundMessage) -> Vec<Option<String>> {
    let sources = message.attachments.iter().map(|file| file.source.as_ref());
    let url = |source: Option<&MediaSource>| match source {
        Some(MediaSource::Url(url)) => Some(url.clone()),
        Some(MediaSource::Media { .. }) | None => None,
    };
    sources.map(url).collect()
}

#[test]
fn files_are_fetched_from_where_they_are() {
    for (told, kind, content_type) in [
        ("image", AttachmentKind::Image, ContentType::Image),
        ("audio", AttachmentKind::Audio, ContentType::Audio),
        ("video", AttachmentKind::Video, ContentType::Video),
        ("file", AttachmentKind::File, ContentType::File),
        ("media", AttachmentKind::File, ContentType::File),
    ] {
        let message = attached(json!({"type": told, "payload": {"url": CDN, "name": "a.bin"}}));
        assert_eq!(
            (message.content.as_str(), message.content_type),
            ("", content_type)
        );
        assert_eq!(message.attachments[0].kind, kind);
        assert_eq!(message.attachments[0].name.as_deref(), Some("a.bin"));
        assert_eq!(urls(&message), [Some(CDN.to_owned())]);
    }
}

#[test]
fn a_file_that_is_nowhere_on_the_web_is_said_to_be_missing() {
    for url in [
        json!("file:///etc/passwd"),
        json!("javascript:alert(1)"),
        json!("https://example.com/a b"),
        json!(format!("https://example.com/{}", "x".repeat(5000))),
        json!(""),
        json!(7),
    ] {
        let message = attached(json!({"type": "image", "payload": {"url": url}}));
        assert_eq!(urls(&message), [None], "{url}");
        assert_eq!(
            message.content,
            "Sent something (image) that cannot be fetched"
        );
    }
}

#[test]
fn text_beside_files_stays_as_it_is_and_the_first_file_tells_the_kind() {
    let file = |kind: &str| json!({"type": kind, "payload": {"url": CDN}});
    let files = [file("image"), file("image"), file("video")];
    let message = message(json!({"mid": "m_1", "text": "Look", "attachments": files}));
    assert_eq!(
        (message.content.as_str(), message.content_type),
        ("Look", ContentType::Image)
    );
    assert_eq!(message.attachments.len(), 3);
}

#[test]
fn more_files_than_an_entry_holds_are_counted() {
    let files = vec![json!({"type": "image", "payload": {"url": CDN}}); 23];
    let message = message(json!({"mid": "m_1", "attachments": files}));
    assert_eq!(message.attachments.len(), 20);
    assert_eq!(message.content, "3 more files are not shown");
}

#[test]
fn a_sticker_is_one_however_it_is_told() {
    let image =
        json!({"type": "image", "payload": {"url": "https://example.com/s.png", "sticker_id": 5}});
    let sticker = json!({"type": "sticker", "payload": {"url": "https://example.com/s.png", "sticker_id": 5}});
    let bare = json!({"type": "sticker", "payload": {"sticker_id": "5"}});
    let plain = json!({"type": "image", "payload": {"url": "https://example.com/s.png"}});
    for said in [
        json!({"mid": "m_1", "attachments": [image]}),
        json!({"mid": "m_1", "attachments": [sticker]}),
        json!({"mid": "m_1", "attachments": [image, sticker]}),
        json!({"mid": "m_1", "attachments": [sticker, image]}),
        json!({"mid": "m_1", "attachments": [bare, image]}),
        json!({"mid": "m_1", "sticker_id": 5, "attachments": [plain]}),
    ] {
        let message = message(said.clone());
        assert_eq!(message.content_type, ContentType::Sticker, "{said}");
        assert_eq!(
            urls(&message),
            [Some("https://example.com/s.png".to_owned())],
            "{said}"
        );
        assert_eq!(message.data.to_map()["sticker_id"], "5", "{said}");
    }
}

#[test]
fn pictures_and_different_stickers_are_not_taken_for_the_same_sticker() {
    let plain = json!({"type": "image", "payload": {"url": CDN}});
    let pictures = message(json!({"mid": "m_1", "sticker_id": 5, "attachments": [plain, plain]}));
    assert_eq!(pictures.content_type, ContentType::Image);
    assert_eq!(pictures.attachments.len(), 2);
    let sticker = |id: u8| json!({"type": "sticker", "payload": {"url": CDN, "sticker_id": id}});
    let stickers = message(json!({"mid": "m_1", "attachments": [sticker(5), sticker(6)]}));
    assert_eq!(stickers.attachments.len(), 2);
}

#[test]
fn stories_reels_and_shared_media_are_fetched_and_named() {
    for (told, content, content_type, kind) in [
        (
            json!({"type": "story_mention", "payload": {"url": CDN}}),
            "Mentioned you in a story",
            ContentType::Story,
            AttachmentKind::File,
        ),
        (
            json!({"type": "story", "payload": {"url": CDN}}),
            "Shared a story",
            ContentType::Story,
            AttachmentKind::File,
        ),
        (
            json!({"type": "ig_story", "payload": {"story_media_id": "1", "story_media_url": CDN}}),
            "Shared a story",
            ContentType::Story,
            AttachmentKind::File,
        ),
        (
            json!({"type": "reel", "payload": {"url": CDN}}),
            "Shared a reel",
            ContentType::Share,
            AttachmentKind::Video,
        ),
        (
            json!({"type": "ig_reel", "payload": {"reel_video_id": "1", "title": "Cats", "url": CDN}}),
            "Shared a reel: Cats",
            ContentType::Share,
            AttachmentKind::Video,
        ),
        (
            json!({"type": "share", "payload": {"url": CDN}}),
            "Shared a post",
            ContentType::Share,
            AttachmentKind::File,
        ),
    ] {
        let message = attached(told.clone());
        assert_eq!(
            (message.content.as_str(), message.content_type),
            (content, content_type),
            "{told}"
        );
        assert_eq!(message.attachments[0].kind, kind, "{told}");
        assert_eq!(urls(&message), [Some(CDN.to_owned())], "{told}");
    }
    let elsewhere =
        attached(json!({"type": "reel", "payload": {"url": "https://www.example.com/reel/1"}}));
    assert_eq!(
        elsewhere.content,
        "Shared a reel: https://www.example.com/reel/1"
    );
    let gone = attached(json!({"type": "story_mention", "payload": {}}));
    assert_eq!(
        (gone.content.as_str(), gone.attachments.len()),
        ("Mentioned you in a story", 0)
    );
    assert_eq!(gone.content_type, ContentType::Story);
}

#[test]
fn a_post_is_no_file_but_its_title_and_its_address() {
    let payload = json!({"ig_post_media_id": "9", "title": "Our shop", "url": CDN});
    for kind in ["ig_post", "post"] {
        let message = attached(json!({"type": kind, "payload": payload}));
        assert_eq!(message.content, format!("Shared a post: Our shop {CDN}"));
        assert!(message.attachments.is_empty());
        let kept = json!([{"type": kind, "title": "Our shop", "url": CDN, "id": "9"}]);
        assert_eq!(message.data.to_map()["shares"], kept);
    }
}

#[test]
fn a_link_is_said_once() {
    let link =
        |url: &str| json!({"type": "fallback", "title": "Example", "url": url, "payload": "BLOB"});
    let alone = attached(link("https://example.com/x"));
    assert_eq!(
        alone.content,
        "Shared a link: Example https://example.com/x"
    );
    assert_eq!(alone.content_type, ContentType::Share);
    for (text, url) in [
        ("see https://example.com/x?a=1", "https://example.com/x?a=1"),
        ("Example.com/x", "https://www.example.com/x/"),
        (
            "https://example.com/x?a=ä",
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fx%3Fa%3D%C3%A4&h=AT0",
        ),
    ] {
        let message = message(json!({"mid": "m_1", "text": text, "attachments": [link(url)]}));
        assert_eq!(
            (message.content.as_str(), message.content_type),
            (text, ContentType::Text)
        );
    }
    let other = message(
        json!({"mid": "m_1", "text": "look", "attachments": [link("https://example.com/x")]}),
    );
    assert_eq!(
        other.content,
        "look\nShared a link: Example https://example.com/x"
    );
}

#[test]
fn a_product_is_put_into_words() {
    let product = json!({"id": "1", "retailer_id": "R", "title": "Shoe", "subtitle": "$40", "image_url": "https://example.com/s.png"});
    let template = json!({"type": "template", "payload": {"product": {"elements": [product]}}});
    let alone = attached(template.clone());
    assert_eq!(
        (alone.content.as_str(), alone.content_type),
        ("Shared a product: Shoe, $40", ContentType::Share)
    );
    assert_eq!(alone.data.to_map()["products"], json!([product]));
    let asked = message(json!({"mid": "m_1", "text": "Is it blue?", "attachments": [template]}));
    assert_eq!(asked.content, "Is it blue?\nShared a product: Shoe, $40");
}

#[test]
fn a_place_is_put_into_words_with_its_name() {
    let place = json!({"type": "location", "title": "Harbour", "url": "https://example.com/map",
        "payload": {"coordinates": {"lat": 12.5, "long": "-43.25"}}});
    let message = attached(place);
    assert!(
        message
            .content
            .starts_with("Harbour\n12.5, -43.25\nhttps://")
    );
    assert_eq!(message.content_type, ContentType::Location);
    let kept = json!({"title": "Harbour", "url": "https://example.com/map", "latitude": 12.5, "longitude": -43.25});
    assert_eq!(message.data.to_map()["location"], kept);
    let nowhere = attached(json!({"type": "location", "payload": {"coordinates": null}}));
    assert_eq!(nowhere.content, "Sent a location");
}

#[test]
fn an_appointment_shows_what_it_says() {
    let told = json!({"type": "appointment_booking", "payload": {"title": "Haircut", "start": 1_780_000_000, "more": []}});
    let message = attached(told);
    assert_eq!(
        message.content,
        "Booked an appointment\nstart: 1780000000\ntitle: Haircut"
    );
    assert_eq!(message.content_type, ContentType::Interactive);
    assert_eq!(
        message.data.to_map()["appointment"],
        json!({"title": "Haircut", "start": "1780000000"})
    );
}

#[test]
fn what_is_empty_or_unknown_says_so() {
    for attachment in [
        json!({"type": "template", "payload": {}}),
        json!({"type": "template", "payload": null}),
        json!({"type": "unsupported_type"}),
        json!({"type": "something_new", "payload": [1]}),
        json!({}),
        json!(null),
    ] {
        let message = attached(attachment.clone());
        assert!(
            message.content.ends_with("Messenger does not pass on"),
            "{attachment}"
        );
        assert_eq!(
            message.content_type,
            ContentType::Unsupported,
            "{attachment}"
        );
        assert!(message.attachments.is_empty(), "{attachment}");
    }
    let somewhere = attached(json!({"type": "unsupported_type", "payload": {"url": CDN}}));
    assert_eq!(urls(&somewhere), [Some(CDN.to_owned())]);
    assert_eq!(somewhere.content_type, ContentType::Unsupported);
}

#[test]
fn the_two_platforms_read_the_same_attachments() {
    let event = json!({"sender": {"id": "7001"}, "recipient": {"id": "200001"}, "timestamp": 1,
        "message": {"mid": "m_1", "attachments": [{"type": "image", "payload": {"url": CDN}}]}});
    assert!(
        matches!(instagram(event), InboundKind::Message(m) if urls(&m) == [Some(CDN.to_owned())])
    );
}

#[test]
fn details_are_cut_so_that_an_entry_never_explodes() {
    let long = "é".repeat(100_000);
    let url = format!("https://example.com/{long}");
    let shared = json!({"type": "fallback", "title": long, "url": url, "payload": {"title": long, "id": long}});
    let said = json!({"mid": "m_1", "attachments": vec![shared; 50], "quick_reply": {"payload": long},
        "referral": {"ref": long, "referer_uri": url, "ads_context_data": {"ad_title": long}},
        "reply_to": {"story": {"id": long, "url": url}}});
    let message = message(said);
    assert!(Value::Object(message.data.to_map()).to_string().len() < 50_000);
}
