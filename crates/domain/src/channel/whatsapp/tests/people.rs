//! Who somebody is, and who goes by other names now.

use super::*;
use crate::channel::inbound::Renamed;

fn text_from(contacts: Value, from: Value) -> InboundMessage {
    let mut item =
        json!({"id": "wamid.1", "timestamp": "1", "type": "text", "text": {"body": "hi"}});
    for (key, value) in from.as_object().unwrap() {
        item[key] = value.clone();
    }
    let events = events(
        "messages",
        json!({"metadata": {"phone_number_id": "300001"}, "contacts": contacts, "messages": [item]}),
    );
    message(events[0].kind.clone())
}

fn two() -> Value {
    json!([
        {"profile": {"name": "Other"}, "wa_id": "15550000", "user_id": "US.1"},
        {"profile": {"name": " Ann ", "username": "@ann"}, "wa_id": "15550100", "user_id": "US.13Ab", "parent_user_id": "US.ENT.9"}])
}

#[test]
fn a_person_with_phone_and_user_id_has_both_names_and_the_phone_first() {
    for from in [
        json!({"from": "15550100"}),
        json!({"from": 15_550_100}),
        json!({"from_user_id": "US.13Ab"}),
        json!({"from": "15550100", "from_user_id": "US.13Ab", "from_parent_user_id": "US.ENT.9"}),
    ] {
        let got = text_from(two(), from);
        assert_eq!(names(&got.person), ["15550100", "US.13Ab"]);
        assert_eq!(got.person_name.as_deref(), Some("Ann"));
        assert_eq!(got.data.to_map()["username"], json!("@ann"));
        assert_eq!(got.data.to_map()["user_id"], json!("US.13Ab"));
        assert_eq!(got.data.to_map()["parent_user_id"], json!("US.ENT.9"));
    }
}

#[test]
fn a_user_id_alone_names_a_person_and_nothing_is_stripped_from_it() {
    let got = text_from(
        json!([]),
        json!({"from_user_id": "US.13491208655302741918"}),
    );
    assert_eq!(names(&got.person), ["US.13491208655302741918"]);
    assert_eq!(got.person_name, None);
}

#[test]
fn a_lone_contact_is_the_sender_of_a_message_that_names_none() {
    let contact = json!([{"profile": {"username": "@ann"}, "user_id": "US.13Ab"}]);
    let got = text_from(contact, json!({}));
    assert_eq!(names(&got.person), ["US.13Ab"]);
    assert_eq!(got.person_name.as_deref(), Some("@ann"));
}

/// The WhatsApp id of a number may differ from it, so the name is right; but the user id is not taken
/// for a name of that number.
#[test]
fn a_lone_contact_of_another_id_tells_the_name_and_no_identity() {
    let contact =
        json!([{"profile": {"name": "Ann"}, "wa_id": "5215550100", "user_id": "US.13Ab"}]);
    let got = text_from(contact, json!({"from": "525550100"}));
    assert_eq!(names(&got.person), ["525550100"]);
    assert_eq!(got.person_name.as_deref(), Some("Ann"));
    assert_eq!(got.data.to_map().get("user_id"), None);
}

#[test]
fn a_contact_that_is_somebody_else_names_nobody() {
    assert_eq!(text_from(two(), json!({"from": "1"})).person_name, None);
    let parked = events(
        "messages",
        json!({"contacts": two(), "messages": [
        {"id": "wamid.1", "type": "text", "text": {"body": "hi"}}]}),
    );
    assert!(matches!(
        parked[0].kind,
        InboundKind::Parked("message without sender")
    ));
}

fn renamed(kind: InboundKind) -> Renamed {
    let InboundKind::Renamed(renamed) = kind else {
        panic!("expected a rename, not {kind:?}")
    };
    *renamed
}

fn system(from: Value, said: Value) -> InboundKind {
    let mut item =
        json!({"id": "wamid.1", "timestamp": "1750269342", "type": "system", "system": said});
    for (key, value) in from.as_object().unwrap() {
        item[key] = value.clone();
    }
    let mut events = events("messages", json!({"messages": [item]}));
    events.remove(0).kind
}

#[test]
fn a_new_number_replaces_the_old() {
    for (from, said, current) in [
        (
            json!({"from": "111"}),
            json!({"wa_id": "222"}),
            &["222"][..],
        ),
        (
            json!({"from": "111"}),
            json!({"new_wa_id": "222"}),
            &["222"],
        ),
        (
            json!({"from": "111"}),
            json!({"wa_id": "222", "user_id": "US.2"}),
            &["222", "US.2"],
        ),
        (
            json!({}),
            json!({"wa_id": "222", "body": "User A changed from 111 to 222"}),
            &["222"],
        ),
    ] {
        let mut said = said;
        said["type"] = json!("user_changed_number");
        let got = renamed(system(from, said));
        assert_eq!(names(&got.former), ["111"]);
        assert_eq!(names(&got.current), current);
        assert_eq!(got.key, "wamid.1");
        assert!(!got.content.is_empty());
    }
}

#[test]
fn a_new_user_id_replaces_the_old_and_the_phone_stays() {
    for (from, said, current) in [
        (
            json!({}),
            json!({"previous_user_id": "CO.1"}),
            &["MX.2"][..],
        ),
        (
            json!({"from_user_id": "CO.1", "from": "111"}),
            json!({}),
            &["111", "MX.2"],
        ),
        (
            json!({}),
            json!({"body": "User A changed from CO.1 to MX.2"}),
            &["MX.2"],
        ),
        (
            json!({"from_user_id": "MX.2"}),
            json!({"body": "User x changed from US.9 to MX.2 changed from CO.1 to MX.2"}),
            &["MX.2"],
        ),
    ] {
        let mut said = said;
        said["type"] = json!("user_changed_user_id");
        said["user_id"] = json!("MX.2");
        let got = renamed(system(from, said));
        assert_eq!(names(&got.former), ["CO.1"]);
        assert_eq!(names(&got.current), current);
    }
}

#[test]
fn other_news_of_the_system_are_notices_and_those_about_nobody_are_parked() {
    let said = json!({"type": "customer_identity_changed", "body": "User identity changed"});
    let InboundKind::Notice(notice) = system(json!({"from": "111"}), said.clone()) else {
        panic!("expected a notice")
    };
    assert_eq!(notice.content, "User identity changed");
    assert_eq!(notice.person.to_string(), "whatsapp:111");
    assert_eq!(
        notice.data.to_map()["system"],
        json!("customer_identity_changed")
    );
    assert!(matches!(system(json!({}), said), InboundKind::Parked(_)));
    let nothing_new = json!({"type": "user_changed_number", "wa_id": "111"});
    assert!(matches!(
        system(json!({"from": "111"}), nothing_new),
        InboundKind::Notice(_)
    ));
    let no_new = json!({"type": "user_changed_user_id"});
    assert!(matches!(
        system(json!({"from": "111", "from_user_id": "US.1"}), no_new),
        InboundKind::Notice(_)
    ));
}

#[test]
fn an_update_of_user_ids_renames_and_keeps_the_number() {
    let item = json!({"wa_id": "15550100", "detail": "User id of Ann has been updated.",
        "user_id": {"previous": "US.1", "current": "US.2"},
        "parent_user_id": {"previous": "US.ENT.1", "current": "US.ENT.2"}, "timestamp": "1749416383"});
    let got = renamed(one_of("user_id_update", "user_id_update", item));
    assert_eq!(names(&got.former), ["US.1"]);
    assert_eq!(names(&got.current), ["15550100", "US.2"]);
    assert_eq!(got.content, "User id of Ann has been updated.");
    let flat = json!({"previous_user_id": "US.1", "user_id": "US.2"});
    let got = renamed(one_of("user_id_update", "user_id_update", flat));
    assert_eq!(
        (names(&got.former), names(&got.current)),
        (vec!["US.1"], vec!["US.2"])
    );
    let broken = json!({"wa_id": "15550100", "user_id": {"current": "US.2"}});
    assert!(matches!(
        one_of("user_id_update", "user_id_update", broken),
        InboundKind::Parked(_)
    ));
}
