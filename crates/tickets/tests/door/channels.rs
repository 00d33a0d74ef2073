//! How the accounts stand, for supervisors.

use http::Method;
use serde_json::{Value, json};
use tributary_domain::account::{AccountState, Standing};
use tributary_domain::ports::{Accounts, Blobs};
use tributary_domain::{AccountId, Channel, Timestamp};

use crate::scene::{Call, Scene};

fn call() -> Call {
    Call::new(Method::GET, "/api/channels")
}

fn row(channel: &str, account: &str) -> Value {
    json!({"channel": channel, "account_id": account, "state": "ok", "reason": null, "since": null,
        "last_checked_at": null, "parked": null, "queue": null, "last_sent_at": null, "last_error": null,
        "next_try_at": null, "paused_by": null})
}

#[tokio::test]
async fn every_account_of_the_secrets_is_there_with_what_is_known_of_it() {
    let scene = Scene::open().await;
    let at = |text: &str| Timestamp::parse(text).expect("a time");
    let number = AccountId::parse("300002").expect("an account");
    let paused = Standing::Paused {
        reason: "The access token has expired.".to_owned(),
    };
    let user = AccountId::parse("900001").expect("an account");
    let told = AccountState {
        standing: paused.clone(),
        since: at("2026-01-01T12:00:00Z"),
    };
    let checked = at("2026-01-02T12:00:00Z");
    scene
        .store
        .note(Channel::Twitter, &user, &told)
        .await
        .expect("notes");
    scene
        .store
        .note_check(Channel::WhatsApp, &number, &Standing::Ok, checked)
        .await
        .expect("notes");
    scene.blobs.set_now(at("2026-01-03T12:00:00Z"));
    let key = "parked/facebook/1.json";
    scene
        .blobs
        .put(key, "application/json", Vec::new())
        .await
        .expect("stored");

    let answer = scene.send(call().supervisor()).await;
    let mut expected = json!([
        row("facebook", "100001"),
        row("instagram", "200001"),
        row("whatsapp", "300001"),
        row("whatsapp", "300002"),
        row("twitter", "900001"),
        row("email", "email"),
    ]);
    expected[0]["parked"] = json!({"bodies": 1, "since": "2026-01-03T12:00:00.000Z"});
    expected[3]["since"] = json!("2026-01-02T12:00:00.000Z");
    expected[3]["last_checked_at"] = json!("2026-01-02T12:00:00.000Z");
    expected[4]["state"] = json!("paused");
    expected[4]["reason"] = json!("The access token has expired.");
    expected[4]["since"] = json!("2026-01-01T12:00:00.000Z");
    assert_eq!(
        (answer.status.as_u16(), answer.json),
        (200, json!({"channels": expected}))
    );
}

#[tokio::test]
async fn agents_and_others_are_refused() {
    let scene = Scene::open().await;
    scene.send(call()).await.is_problem(403, "forbidden");
    let anonymous = scene.send(call().anonymous()).await;
    anonymous.is_problem(401, "unauthenticated");
    let odd = Call::new(Method::GET, "/api/channels?x=1").supervisor();
    scene.send(odd).await.is_problem(400, "invalid-parameter");
}

#[tokio::test]
async fn a_store_that_is_gone_is_told_as_such() {
    let scene = Scene::open().await;
    scene.blobs.set_gone(true);
    let answer = scene.send(call().supervisor()).await;
    answer.is_problem(503, "temporarily-unavailable");
    scene.blobs.set_gone(false);
    scene.store.set_gone(true);
    let answer = scene.send(call().supervisor()).await;
    answer.is_problem(503, "temporarily-unavailable");
}

#[tokio::test]
async fn a_supervisor_pauses_an_account_and_resumes_it() {
    let scene = Scene::open().await;
    let put = |account: &str, state: &str| {
        let path = format!("/api/channels/whatsapp/{account}");
        let call = Call::new(Method::PUT, &path);
        call.json(json!({"state": state}))
    };
    scene
        .send(put("300001", "paused"))
        .await
        .is_problem(403, "forbidden");
    let answer = scene.send(put("300001", "paused").supervisor()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json["state"], "paused");
    assert_eq!(answer.json["reason"], "A supervisor paused it.");
    assert_eq!(answer.json["paused_by"], crate::platform::SUPERVISOR);
    let answer = scene.send(put("300001", "ok").supervisor()).await;
    assert_eq!(answer.json["state"], "ok");
    assert_eq!(answer.json["paused_by"], Value::Null);
    let unknown = scene.send(put("999999", "ok").supervisor()).await;
    unknown.is_problem(404, "account-not-found");
    let odd = scene.send(put("300001", "off").supervisor()).await;
    odd.names_field("/state");
}

#[tokio::test]
async fn what_waits_to_be_sent_is_counted() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    for text in ["One", "Two"] {
        scene.message(&id, json!({"content": text})).await;
    }
    let answer = scene.send(call().supervisor()).await;
    assert_eq!(answer.json["channels"][2]["queue"]["messages"], 2);
}
