//! Reactions, edits and revocations, of customers and of those who use the phone app.

use super::*;
use crate::channel::inbound::{Author, ChangeKind};
use crate::message::{ContentType, SenderType};
use crate::time::Timestamp;

fn reaction(emoji: Option<&str>, by: &str, sender_type: SenderType) -> ChangeKind {
    ChangeKind::Reaction {
        emoji: emoji.map(str::to_owned),
        by: by.to_owned(),
        sender_type,
    }
}

#[test]
fn a_reaction_without_an_emoji_takes_the_last_back() {
    for (part, emoji) in [
        (json!({"message_id": "wamid.0", "emoji": "🙏"}), Some("🙏")),
        (json!({"message_id": "wamid.0", "emoji": ""}), None),
        (json!({"message_id": "wamid.0"}), None),
        (json!({"message_id": "wamid.0", "emoji": null}), None),
    ] {
        let got = change_of(sent(json!({"type": "reaction", "reaction": part})));
        assert_eq!(
            (got.target.as_str(), got.key.as_str()),
            ("wamid.0", "wamid.1")
        );
        assert_eq!(got.at, Some(Timestamp::from_millis(1_749_416_383_000)));
        assert_eq!(got.what, reaction(emoji, "15550100", SenderType::Customer));
    }
}

#[test]
fn an_edit_says_the_text_or_the_caption_anew() {
    for (now, content) in [
        (
            json!({"type": "text", "text": {"body": "Text was edited"}}),
            "Text was edited",
        ),
        (
            json!({"type": "image", "image": {"caption": "new", "id": "1"}}),
            "new",
        ),
        (json!({"type": "image", "image": {"id": "1"}}), ""),
    ] {
        let got = change_of(sent(
            json!({"type": "edit", "edit": {"original_message_id": "wamid.0", "message": now}}),
        ));
        assert_eq!(
            (got.target.as_str(), got.key.as_str()),
            ("wamid.0", "wamid.1")
        );
        let person = got.person.as_ref().map(ToString::to_string);
        assert_eq!(person.as_deref(), Some("whatsapp:15550100"));
        let content = content.to_owned();
        assert_eq!(
            got.what,
            ChangeKind::Edit {
                content,
                number: None
            }
        );
    }
}

#[test]
fn changes_of_no_message_are_parked() {
    for item in [
        json!({"type": "reaction", "reaction": {"emoji": "🙏"}}),
        json!({"type": "revoke"}),
        json!({"type": "edit", "edit": {"original_message_id": "wamid.0"}}),
        json!({"type": "edit", "edit": {"message": {"type": "text", "text": {"body": "x"}}}}),
    ] {
        assert!(matches!(sent(item), InboundKind::Parked(_)));
    }
}

#[test]
fn what_the_phone_app_sends_is_ours_in_the_conversation_of_whom_it_went_to() {
    let got = message(echoed(json!({"type": "document", "to_user_id": "US.13Ab",
        "document": {"id": "5", "filename": "a.pdf", "caption": "Here"}})));
    assert_eq!(got.author, Author::Us);
    assert_eq!(names(&got.person), ["15550100", "US.13Ab"]);
    assert_eq!(got.person_name.as_deref(), Some("Ann"));
    assert_eq!(got.content_type, ContentType::File);
    assert_eq!(got.content, "Here");
    assert_eq!(got.data.to_map()["external"], json!(true));
}

#[test]
fn the_phone_app_edits_revokes_and_reacts_too() {
    let revoked = change_of(echoed(
        json!({"type": "revoke", "revoke": {"original_message_id": "wamid.0"}}),
    ));
    assert_eq!(
        (revoked.target.as_str(), revoked.key.as_str()),
        ("wamid.0", "wamid.2")
    );
    assert_eq!(revoked.what, ChangeKind::Unsend);
    let person = revoked.person.map(|p| p.platform_id().to_owned());
    assert_eq!(person.as_deref(), Some("15550100"));
    let edited = change_of(echoed(
        json!({"type": "edit", "edit": {"original_message_id": "wamid.0",
        "message": {"type": "text", "text": {"body": "new"}}}}),
    ));
    assert!(matches!(edited.what, ChangeKind::Edit { content, number: None } if content == "new"));
    let reacted = change_of(echoed(
        json!({"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "👍"}}),
    ));
    assert_eq!(
        reacted.what,
        reaction(Some("👍"), "300001", SenderType::Agent)
    );
}

#[test]
fn a_message_of_the_phone_app_to_nobody_is_parked() {
    let events = events(
        "smb_message_echoes",
        json!({"message_echoes": [
        {"from": "15550001", "id": "wamid.2", "type": "text", "text": {"body": "x"}}]}),
    );
    assert!(matches!(events[0].kind, InboundKind::Parked(_)));
}
