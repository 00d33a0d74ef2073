//! SendGrid's events at the door.

use serde_json::{Value, json};

use crate::scene::Scene;
use crate::sendgrid::{SendGrid, by_basic, secret};

const FOREIGN: &[u8] = br#"[{"event":"delivered","sg_message_id":"a.b"}]"#;
const CAP: usize = 3 * 1024 * 1024;

/// A scene whose secret holds a key for each of SendGrid's webhooks, and a password.
async fn with_keys() -> (Scene, SendGrid, SendGrid) {
    let (events, mail) = (SendGrid::new(), SendGrid::new());
    let scene = Scene::bare().await;
    let fields = json!({"events_public_key": events.public_key(), "inbound_public_key": mail.public_key(),
        "basic_auth": "user:pass"});
    scene.hold_sendgrid(secret(fields)).await;
    (scene, events, mail)
}

fn counts(received: u64, ignored: u64, parked: u64) -> (u16, Value) {
    let counts = json!({"status": "ok", "received": received, "stored": 0, "duplicates": 0,
        "ignored": ignored, "parked": parked});
    (200, counts)
}

#[tokio::test]
async fn a_signed_list_is_counted_event_by_event() {
    let (scene, sendgrid, _) = with_keys().await;
    let mixed = br#"[{"event":"delivered"},{"event":"deferred"},{"event":"hologram"}]"#;
    for (body, expected) in [
        (&b"[]"[..], counts(0, 0, 0)),
        (FOREIGN, counts(1, 1, 0)),
        (mixed, counts(3, 2, 1)),
        (br#"{"event":"delivered"}"#, counts(1, 0, 1)),
    ] {
        let answer = scene.post_events(&sendgrid.signed(body), body).await;
        assert_eq!((answer.status, answer.json()), expected);
    }
    let kept = scene.kept().await;
    assert_eq!(kept.len(), 2);
    assert!(kept[0].starts_with("/blobs/parked/email/"), "{kept:?}");
}

#[tokio::test]
async fn what_is_not_signed_with_the_key_of_events_is_refused() {
    let (scene, sendgrid, of_mail) = with_keys().await;
    for proof in [
        Vec::new(),
        of_mail.signed(FOREIGN),
        sendgrid.signed(b"[]"),
        by_basic("user", "pass"),
    ] {
        let answer = scene.post_events(&proof, FOREIGN).await;
        answer.is_problem(401, "invalid-signature");
    }
}

#[tokio::test]
async fn without_a_key_user_and_password_prove_and_without_both_nothing_does() {
    let scene = Scene::bare().await;
    let fields =
        json!({"basic_auth": "user:pass", "inbound_public_key": SendGrid::new().public_key()});
    scene.hold_sendgrid(secret(fields)).await;
    let answer = scene.post_events(&by_basic("user", "pass"), FOREIGN).await;
    assert_eq!((answer.status, answer.json()), counts(1, 1, 0));
    let answer = scene.post_events(&by_basic("user", "no"), FOREIGN).await;
    answer.is_problem(401, "invalid-signature");

    let bare = Scene::bare().await;
    bare.hold_sendgrid(secret(json!({}))).await;
    for proof in [Vec::new(), by_basic("", "")] {
        let answer = bare.post_events(&proof, FOREIGN).await;
        answer.is_problem(503, "temporarily-unavailable");
    }
}

#[tokio::test]
async fn a_proven_body_that_is_no_json_is_refused() {
    let (scene, sendgrid, _) = with_keys().await;
    for body in [&b""[..], b"hello", b"[{]", b"[\"caf\xe9\"]"] {
        let answer = scene.post_events(&sendgrid.signed(body), body).await;
        answer.is_problem(400, "invalid-body");
    }
}

#[tokio::test]
async fn a_body_over_the_cap_is_refused_before_anything() {
    let (scene, sendgrid, _) = with_keys().await;
    let mut body = b"[]".to_vec();
    body.resize(CAP + 1, b' ');
    let answer = scene.post_events(&sendgrid.signed(&body), &body).await;
    answer.is_problem(413, "body-too-large");
    assert_eq!(scene.asked().await, 0);
    body.truncate(CAP);
    let answer = scene.post_events(&sendgrid.signed(&body), &body).await;
    assert_eq!((answer.status, answer.json()), counts(0, 0, 0));
}

#[tokio::test]
async fn while_the_store_is_away_events_are_asked_for_again() {
    let (scene, sendgrid, _) = with_keys().await;
    let mark = "tributary:tkt_01jd0000000000000000000000:msg_01jd0000000000000000000000:1:1:0";
    let body = json!([{"event": "delivered", "desk_msg": mark}]).to_string();
    let proof = sendgrid.signed(body.as_bytes());
    let answer = scene.post_events(&proof, body.as_bytes()).await;
    answer.is_problem(503, "temporarily-unavailable");
}
