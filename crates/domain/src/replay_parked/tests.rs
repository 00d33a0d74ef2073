//! What a replay stores, reports and leaves alone.

use serde_json::json;

use super::*;
use crate::scene::{ANN, BOB, ONE, Scene, account};
use crate::time::Timestamp;

const STRANGE: &str = "999999";

fn body(number: &str, person: &str, id: &str) -> Vec<u8> {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp", "metadata": {"phone_number_id": number},
        "contacts": [{"profile": {"name": "Ann"}, "wa_id": person}],
        "messages": [{"from": person, "id": id, "timestamp": "1749416383", "type": "text", "text": {"body": "Hello"}}]}}]}]})
    .to_string()
    .into_bytes()
}

/// Delivers a body as the door does.
async fn deliver(scene: &Scene, raw: &[u8], accounts: &[&str]) -> Counts {
    let accounts: Vec<OurAccount> = accounts.iter().map(|a| account(a).into()).collect();
    let parsed = serde_json::from_slice(raw).expect("JSON");
    let batch = normalise(Channel::WhatsApp, parsed).expect("a platform");
    let outcome = receive_messages(
        &scene.desk,
        batch.channel,
        batch.events,
        &accounts,
        raw,
        scene.deadline(),
    )
    .await;
    assert!(outcome.unfinished.is_none());
    outcome.received.counts
}

async fn replay(scene: &Scene, accounts: &[&str], after: Option<&str>) -> Replayed {
    let accounts = BTreeMap::from([(
        Channel::WhatsApp,
        accounts.iter().map(|a| account(a).into()).collect(),
    )]);
    let request = ReplayRequest {
        channel: None,
        after,
        accounts: &accounts,
        mail_way: None,
    };
    replay_parked(&scene.desk, request, scene.deadline()).await
}

async fn stored_since(scene: &Scene) -> Vec<Timestamp> {
    let listed = scene.desk.blobs.list(PARKED, None, 9).await;
    listed
        .expect("lists")
        .into_iter()
        .map(|b| b.stored_at)
        .collect()
}

#[tokio::test]
async fn what_came_to_an_account_that_is_ours_now_is_stored_once_however_often_it_is_replayed() {
    let scene = Scene::new();
    for (person, id) in [(ANN, "a1"), (BOB, "b1")] {
        let counts = deliver(&scene, &body(STRANGE, person, id), &[ONE]).await;
        assert_eq!(counts.parked, 1);
    }
    let ages = stored_since(&scene).await;
    scene.desk.blobs.set_now(Timestamp::from_millis(9_000));

    let before = replay(&scene, &[ONE], None).await;
    assert_eq!((before.bodies, before.counts.parked), (2, 2));
    let reasons: Vec<&str> = before
        .still_parked
        .iter()
        .flat_map(|b| b.reasons.clone())
        .collect();
    assert_eq!(reasons, ["came to an account that is not ours"; 2]);
    assert!(scene.store.all_tickets().is_empty());

    let first = replay(&scene, &[ONE, STRANGE], None).await;
    assert_eq!(
        (first.bodies, first.counts.stored, first.counts.received()),
        (2, 2, 2)
    );
    assert_eq!((first.still_parked, first.cursor), (vec![], None));
    assert_eq!(scene.store.all_tickets().len(), 2);
    let again = replay(&scene, &[ONE, STRANGE], None).await;
    assert_eq!((again.counts.stored, again.counts.duplicates), (0, 2));
    assert_eq!(scene.store.all_tickets().len(), 2);
    assert_eq!(
        stored_since(&scene).await,
        ages,
        "bodies stay, and get no younger"
    );
    scene.assert_laws();
}

#[tokio::test]
async fn a_replay_that_runs_out_of_time_goes_on_where_it_stopped() {
    let scene = Scene::new();
    for id in ["a1", "a2", "a3"] {
        deliver(&scene, &body(STRANGE, ANN, id), &[]).await;
    }
    let keys = scene.desk.blobs.keys(PARKED);
    let accounts = BTreeMap::from([(Channel::WhatsApp, vec![account(STRANGE).into()])]);
    let request = |after| ReplayRequest {
        channel: Some(Channel::WhatsApp),
        after,
        accounts: &accounts,
        mail_way: None,
    };
    let over = Deadline::after(&scene.surroundings, Duration::ZERO);
    let none = replay_parked(&scene.desk, request(None), over).await;
    assert_eq!((none.bodies, none.cursor.as_deref()), (0, Some("")));
    let none = replay_parked(&scene.desk, request(Some(&keys[0])), over).await;
    assert_eq!((none.bodies, none.cursor.as_ref()), (0, Some(&keys[0])));
    let rest = replay(&scene, &[STRANGE], Some(&keys[0])).await;
    assert_eq!((rest.bodies, rest.counts.stored, rest.cursor), (2, 2, None));
    let all = replay(&scene, &[STRANGE], Some("")).await;
    assert_eq!((all.counts.stored, all.counts.duplicates), (1, 2));
}

#[tokio::test]
async fn a_store_that_is_gone_stops_the_replay_before_the_body_it_could_not_do() {
    let scene = Scene::new();
    deliver(&scene, &body(STRANGE, ANN, "a1"), &[]).await;
    scene.store.set_gone(true);
    let stopped = replay(&scene, &[STRANGE], None).await;
    assert!(matches!(stopped.stopped, Some(PortError::Unavailable(_))));
    assert_eq!(
        (stopped.bodies, stopped.cursor.as_deref()),
        (0, Some("")),
        "it is not done"
    );
    scene.store.set_gone(false);
    scene.desk.blobs.set_gone(true);
    let stopped = replay(&scene, &[STRANGE], Some("parked/a")).await;
    assert_eq!(stopped.cursor.as_deref(), Some("parked/a"));
    scene.desk.blobs.set_gone(false);
    assert_eq!(replay(&scene, &[STRANGE], Some("")).await.counts.stored, 1);
}

#[tokio::test]
async fn what_cannot_be_replayed_is_named_and_does_not_stop_the_rest() {
    let scene = Scene::new();
    deliver(&scene, &body(STRANGE, ANN, "a1"), &[]).await;
    for key in [
        "parked/email/1.mime",
        "parked/whatsapp/0.json",
        "parked/facebook/1.json",
    ] {
        let put = scene.desk.blobs.put(key, "x", b"no JSON".to_vec());
        put.await.expect("stored");
    }
    let replayed = replay(&scene, &[STRANGE], None).await;
    assert_eq!((replayed.bodies, replayed.counts.stored), (4, 1));
    let named: Vec<(&str, &str)> = replayed
        .not_replayed
        .iter()
        .map(|n| (n.key.as_str(), n.reason))
        .collect();
    assert_eq!(
        named,
        [
            (
                "parked/email/1.mime",
                "bodies of this kind cannot be replayed"
            ),
            (
                "parked/facebook/1.json",
                "the channel has no accounts of ours"
            ),
            ("parked/whatsapp/0.json", "it is no JSON"),
        ]
    );
}

#[tokio::test]
async fn one_channel_is_replayed_without_the_others() {
    let scene = Scene::new();
    deliver(&scene, &body(STRANGE, ANN, "a1"), &[]).await;
    let accounts = BTreeMap::from([
        (Channel::WhatsApp, vec![account(STRANGE).into()]),
        (Channel::Facebook, vec![]),
    ]);
    let request = ReplayRequest {
        channel: Some(Channel::Facebook),
        after: None,
        accounts: &accounts,
        mail_way: None,
    };
    let replayed = replay_parked(&scene.desk, request, scene.deadline()).await;
    assert_eq!(replayed.bodies, 0);
}

/// A mail as Inbound Parse posts it, of somebody or of nobody.
fn form(from: Option<&str>) -> Vec<u8> {
    let from = from.map_or_else(String::new, |from| format!("From: {from}\r\n"));
    let mail = format!("{from}Message-ID: <a@example.org>\r\nSubject: Hi\r\n\r\nHello\r\n");
    format!(
        "--xYzZY\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\n{mail}\r\n--xYzZY--\r\n"
    )
    .into_bytes()
}

async fn replay_mails(scene: &Scene) -> Replayed {
    let mail = AccountId::constant(Channel::Email);
    let accounts = BTreeMap::from([(Channel::Email, vec![mail.into()])]);
    let request = ReplayRequest {
        channel: Some(Channel::Email),
        after: None,
        accounts: &accounts,
        mail_way: Some(&|_| Route::default()),
    };
    replay_parked(&scene.desk, request, scene.deadline()).await
}

#[tokio::test]
async fn a_mail_that_could_not_be_read_is_filed_once_it_can() {
    let scene = Scene::new();
    // Parked by a reader that did not understand it yet.
    let outcome = park_mail(&scene.desk, &form(Some("ann@example.org"))).await;
    assert_eq!(outcome.received.counts.parked, 1);
    let replayed = replay_mails(&scene).await;
    assert_eq!((replayed.counts.stored, replayed.bodies), (1, 1));
    assert!(replayed.not_replayed.is_empty() && replayed.still_parked.is_empty());
    assert_eq!(scene.only_ticket().message_count, 1);
    assert_eq!(replay_mails(&scene).await.counts.duplicates, 1);
}

#[tokio::test]
async fn a_mail_that_still_cannot_be_filed_says_why() {
    let scene = Scene::new();
    park_mail(&scene.desk, &form(None)).await;
    park_mail(&scene.desk, b"no form at all").await;
    let replayed = replay_mails(&scene).await;
    let mut reasons: Vec<_> = replayed.still_parked.iter().map(|p| p.reasons[0]).collect();
    reasons.sort_unstable();
    assert_eq!(
        reasons,
        ["the mail cannot be read", "the mail names no sender"]
    );
    assert_eq!(
        scene.desk.blobs.keys(PARKED).len(),
        2,
        "nothing is kept twice"
    );
}
