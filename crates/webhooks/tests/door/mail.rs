//! What proves a mail, and what becomes of one that is proven.

use serde_json::{Value, json};
use tributary_edge::auth::sendgrid_signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER};

use crate::scene::Scene;
use crate::sendgrid::{Headers, SendGrid, by_basic, secret};

/// Proven and no form that could be read.
const UNREADABLE: &[u8] = b"caf\xe9 \x00\xff";
const CAP: usize = 30 * 1024 * 1024;

async fn holding(fields: Value) -> Scene {
    let scene = Scene::bare().await;
    scene.hold_sendgrid(secret(fields)).await;
    scene
}

/// A scene whose secret holds both the key and a password.
async fn with_key() -> (Scene, SendGrid) {
    let sendgrid = SendGrid::new();
    let fields = json!({"inbound_public_key": sendgrid.public_key(), "basic_auth": "user:pass"});
    (holding(fields).await, sendgrid)
}

#[tokio::test]
async fn a_mail_that_is_proven_and_cannot_be_read_is_kept_raw() {
    let (signed, sendgrid) = with_key().await;
    let proof = sendgrid.signed(UNREADABLE);
    signed.post_mail(&proof, UNREADABLE).await.parked_one();
    let by_password = holding(json!({"basic_auth": "user:pass"})).await;
    let proof = by_basic("user", "pass");
    by_password.post_mail(&proof, UNREADABLE).await.parked_one();
    for scene in [signed, by_password] {
        let kept = scene.kept().await;
        assert_eq!(kept.len(), 1);
        assert!(kept[0].starts_with("/blobs/parked/email/"), "{kept:?}");
    }
}

#[tokio::test]
async fn nothing_that_is_proven_is_refused_for_what_is_in_it() {
    let (scene, sendgrid) = with_key().await;
    for body in [
        &b""[..],
        b"--xYzZY--",
        b"--xYzZY\r\n\r\n",
        b"{}",
        &[0xff; 4096],
    ] {
        let answer = scene.post_mail(&sendgrid.signed(body), body).await;
        assert!(matches!(answer.status, 200 | 503), "{answer:?}");
    }
    // Nor for what it says it is.
    let mut proof = sendgrid.signed(UNREADABLE);
    proof.push((
        "content-type",
        "application/x-www-form-urlencoded".to_owned(),
    ));
    let answer = scene.post_mail(&proof, UNREADABLE).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn what_is_not_signed_is_refused_and_leaves_nothing() {
    let (scene, sendgrid) = with_key().await;
    let good = sendgrid.signed(UNREADABLE);
    let without = |name: &str| -> Headers {
        let others = good.iter().filter(|(header, _)| *header != name);
        others.cloned().collect()
    };
    let mut later = without(TIMESTAMP_HEADER);
    later.push((TIMESTAMP_HEADER, "1793000001".to_owned()));
    for proof in [
        Vec::new(),
        without(SIGNATURE_HEADER),
        without(TIMESTAMP_HEADER),
        later,
        sendgrid.signed(b"another body"),
        SendGrid::new().signed(UNREADABLE),
        // With a key in the secret a password is no proof.
        by_basic("user", "pass"),
    ] {
        let answer = scene.post_mail(&proof, UNREADABLE).await;
        answer.is_problem(401, "invalid-signature");
    }
    let mut flipped = UNREADABLE.to_vec();
    flipped[0] ^= 1;
    scene
        .post_mail(&good, &flipped)
        .await
        .is_problem(401, "invalid-signature");
    assert_eq!(scene.kept().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_wrong_user_or_password_is_refused() {
    let scene = holding(json!({"basic_auth": "user:pass"})).await;
    for proof in [
        Vec::new(),
        by_basic("user", "pas"),
        by_basic("use", "pass"),
        by_basic("user", ""),
        SendGrid::new().signed(UNREADABLE),
        vec![("authorization", "Bearer pass".to_owned())],
    ] {
        let answer = scene.post_mail(&proof, UNREADABLE).await;
        answer.is_problem(401, "invalid-signature");
    }
    assert_eq!(scene.kept().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_secret_that_proves_nothing_is_our_fault_and_the_mail_comes_again() {
    let sendgrid = SendGrid::new();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}", sendgrid.public_key());
    for scene in [
        Scene::bare().await,
        holding(json!({})).await,
        holding(json!({"inbound_public_key": "", "basic_auth": ""})).await,
        // The key of the other webhook is none for this one.
        holding(json!({"events_public_key": sendgrid.public_key()})).await,
        holding(json!({"inbound_public_key": pem, "basic_auth": "user:pass"})).await,
    ] {
        for proof in [
            Vec::new(),
            sendgrid.signed(UNREADABLE),
            by_basic("user", "pass"),
            by_basic("", ""),
        ] {
            let answer = scene.post_mail(&proof, UNREADABLE).await;
            answer.is_problem(503, "temporarily-unavailable");
            assert_eq!(answer.headers["retry-after"], "5");
        }
        assert_eq!(scene.kept().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_new_key_is_found_by_the_first_mail_that_needs_it() {
    let (old, new) = (SendGrid::new(), SendGrid::new());
    let scene = Scene::bare().await;
    let fields = |key: String| secret(json!({ "inbound_public_key": key }));
    scene.hold_sendgrid_once(fields(old.public_key())).await;
    scene.hold_sendgrid(fields(new.public_key())).await;
    let by_old = old.signed(UNREADABLE);
    scene.post_mail(&by_old, UNREADABLE).await.parked_one();
    scene.wait(20);
    let by_new = new.signed(UNREADABLE);
    scene.post_mail(&by_new, UNREADABLE).await.parked_one();
    let asked = scene.asked().await;
    for _ in 0..5 {
        let answer = scene.post_mail(&by_old, UNREADABLE).await;
        answer.is_problem(401, "invalid-signature");
    }
    assert_eq!(
        scene.asked().await,
        asked,
        "it is not read at every forgery"
    );
}

#[tokio::test]
async fn a_mail_over_the_cap_is_refused_before_anything_and_one_at_the_cap_is_judged() {
    let (scene, sendgrid) = with_key().await;
    let mut body = vec![b'x'; CAP + 1];
    let proof = sendgrid.signed(&body);
    let answer = scene.post_mail(&proof, &body).await;
    answer.is_problem(413, "body-too-large");
    assert_eq!(scene.asked().await, 0, "no secret is read for it");
    body.truncate(CAP);
    let answer = scene.post_mail(&proof, &body).await;
    answer.is_problem(401, "invalid-signature");
}

/// SendGrid goes on trying for three days, and then the mail is lost: longer than any trouble of ours lasts.
#[tokio::test]
async fn while_the_store_is_away_a_mail_is_asked_for_again() {
    let vector = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/fixtures/vectors/sendgrid_inbound_signed"
    );
    let body = std::fs::read(format!("{vector}.multipart")).expect("is there");
    let lines = std::fs::read_to_string(format!("{vector}.headers")).expect("is there");
    let of = |name: &str| {
        let line = lines.lines().find_map(|line| line.strip_prefix(name));
        line.expect("the header is there").to_owned()
    };
    let key = of("X-Test-Public-Key: ");
    let scene = holding(json!({ "inbound_public_key": key })).await;
    let proof = vec![
        (
            SIGNATURE_HEADER,
            of("X-Twilio-Email-Event-Webhook-Signature: "),
        ),
        (
            TIMESTAMP_HEADER,
            of("X-Twilio-Email-Event-Webhook-Timestamp: "),
        ),
    ];
    let answer = scene.post_mail(&proof, &body).await;
    answer.is_problem(503, "temporarily-unavailable");
    assert_eq!(scene.kept().await, Vec::<String>::new());
}
