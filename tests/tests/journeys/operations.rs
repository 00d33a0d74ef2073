//! What those who run the desk see and do: how accounts stand, and replaying what was parked.

use anyhow::Result;
use serde_json::{Value, json};
use tributary_edge::auth::x_signature;
use tributary_journeys::desk::Desk;
use tributary_journeys::whatsapp::{delivery, text};
use tributary_journeys::world::{World, call, deliver, sweep};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_parked_is_seen_by_supervisors_and_replayed_by_the_relay_without_doubling_anything()
-> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let relay = world.function("relay").await?;
    let desk = Desk::open(&world).await?;
    let number = format!("7{}", std::process::id());
    let body = delivery(&number, &[text("15550100", "wamid.p-1", "Hello")], &[]);
    assert_eq!(deliver(&webhooks, &body).await?.json()["parked"], 1);

    let supervisor = world.supervisor_token().await?;
    let channels = async |token: &str| {
        let answer = call(desk.function(), token, "GET", "/api/channels", None).await?;
        anyhow::Ok((answer.status, answer.json()))
    };
    assert_eq!(channels(desk.token()).await?.0, 403, "not for agents");
    sweep(&relay).await?;
    let (status, told) = channels(&supervisor).await?;
    assert_eq!(status, 200, "{told}");
    let rows = told["channels"].as_array().cloned().unwrap_or_default();
    let row = |channel: &str| {
        let found = rows.iter().find(|r| r["channel"] == channel);
        found.cloned().unwrap_or_default()
    };
    for (channel, account) in [
        ("facebook", "100001"),
        ("instagram", "200001"),
        ("whatsapp", "300001"),
        ("twitter", "900001"),
    ] {
        assert_eq!(row(channel)["account_id"], account, "{told}");
        assert_eq!(row(channel)["state"], "ok", "{told}");
    }
    assert!(row("whatsapp")["parked"]["bodies"].as_u64() >= Some(1));

    // The bucket is shared by the worlds of this process, so others' bodies may be among them.
    let replay = async || {
        let event = json!({"operation": "replay_parked", "channel": "whatsapp", "cursor": null});
        anyhow::Ok(relay.invoke(event).await?)
    };
    let report = replay().await?;
    assert_eq!(report["cursor"], Value::Null, "{report:#}");
    let still = report["still_parked"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let reasons: Vec<&Value> = still.iter().map(|b| &b["reasons"]).collect();
    assert!(
        reasons.contains(&&json!(["came to an account that is not ours"])),
        "{report:#}"
    );
    assert_eq!(replay().await?["stored"], 0, "nothing is doubled");
    let wrong = json!({"operation": "replay_parked", "channel": "pigeon"});
    assert!(relay.invoke(wrong).await.is_err());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn x_is_answered_and_believed_by_its_signature_alone() -> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    const PATH: &str = "/api/webhooks/twitter";
    const SECRET: &str = "dev-twitter-consumer-secret";
    let asked = format!("{PATH}?crc_token=challenge_string");
    let answer = webhooks.http("GET", &asked, &[], b"").await?;
    let expected = x_signature::sign(b"challenge_string", SECRET);
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"response_token": expected}))
    );
    let body = json!({"for_user_id": "1", "nobody": "knows this"}).to_string();
    let post = async |signature: &str| {
        let headers = [
            ("content-type", "application/json"),
            ("x-twitter-webhooks-signature", signature),
        ];
        let answer = webhooks.http("POST", PATH, &headers, body.as_bytes());
        anyhow::Ok(answer.await?.status)
    };
    assert_eq!(
        post(&x_signature::sign(body.as_bytes(), "not ours")).await?,
        401
    );
    assert_eq!(world.item_counts().await?, [0; 4]);
    assert_eq!(
        post(&x_signature::sign(body.as_bytes(), SECRET)).await?,
        200
    );
    Ok(())
}
