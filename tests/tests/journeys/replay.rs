//! What was parked is received again once it can be, as if it had come only then.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tributary_journeys::bucket_door::{BucketDoor, TIMESTAMP};
use tributary_journeys::desk::{Desk, messages};
use tributary_journeys::mail::form_between;
use tributary_journeys::runtime_api::Lambda;
use tributary_journeys::secrets::hold;
use tributary_journeys::whatsapp::{delivery, secret, text};
use tributary_journeys::world::{World, deliver};

const LOST: &str = "300041";
const OTHER: &str = "300042";
const BUSINESS: &str = "310041";
const ANN: &str = "15550341";
const BOB: &str = "15550342";
const CID: &str = "15550343";
const DORA: &str = "15550344";
const DORAS_ID: &str = "US.13491208655302741918";
const EVE: &str = "15550345";

async fn replay(relay: &Lambda, channel: &str) -> Result<Value> {
    let event = json!({"operation": "replay_parked", "channel": channel, "cursor": null});
    let report = relay.invoke(event).await?;
    assert_eq!(report["cursor"], Value::Null, "{report:#}");
    Ok(report)
}

/// One delivery to the number that gets lost; returns what it was counted as.
async fn write(webhooks: &Lambda, written: &[Value]) -> Result<Value> {
    let answer = deliver(webhooks, &delivery(LOST, written, &[])).await?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    Ok(answer.json())
}

/// A message of somebody whose phone number WhatsApp tells or not, and whose user id it tells.
fn with_user_id(mut message: Value, tells_phone: bool) -> Value {
    message["from_user_id"] = json!(DORAS_ID);
    if let Some(fields) = message.as_object_mut().filter(|_| !tells_phone) {
        fields.remove("from");
    }
    message
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_to_a_number_that_was_lost_from_its_secret_reach_the_tickets_they_would_have()
-> Result<()> {
    let mut world = World::start().await?;
    world
        .environment
        .insert("SECRETS_PREFIX".to_owned(), "replay".to_owned());
    let ours = async |numbers: &[&str]| {
        let secret = secret(numbers, BUSINESS, "a-token");
        hold(&world, "replay/whatsapp", &secret).await
    };
    ours(&[LOST, OTHER]).await?;
    let webhooks = world.function("webhooks").await?;
    let desk = Desk::open(&world).await?;
    let many: Vec<Value> = (0..10)
        .map(|n| text(CID, &format!("wamid.cid-{n}"), "And then?"))
        .collect();
    write(&webhooks, &many).await?;
    for first in [
        text(ANN, "wamid.ann-1", "First"),
        text(BOB, "wamid.bob-1", "First"),
        text(DORA, "wamid.dora-1", "By phone"),
        with_user_id(text(DORA, "wamid.dora-2", "By user id"), false),
    ] {
        assert_eq!(write(&webhooks, &[first]).await?["stored"], 1);
    }
    let (ann, bob) = (desk.ticket_of(ANN).await?, desk.ticket_of(BOB).await?);
    let (cid, dora) = (desk.ticket_of(CID).await?, desk.ticket_of(DORA).await?);
    let doras_other = desk.ticket_of(DORAS_ID).await?;
    desk.move_to(&ann, "resolved").await?;
    desk.move_to(&bob, "closed").await?;

    // Somebody writes the secret anew and forgets the number.
    ours(&[OTHER]).await?;
    let blind = world.function("webhooks").await?;
    let essay = "A long story. ".repeat(1500);
    let meanwhile = [
        text(ANN, "wamid.ann-2", "Meanwhile"),
        text(BOB, "wamid.bob-2", "Meanwhile"),
        text(CID, "wamid.cid-10", "Meanwhile"),
        with_user_id(text(DORA, "wamid.dora-3", "Meanwhile"), true),
        text(EVE, "wamid.eve-1", &essay),
    ];
    for message in &meanwhile {
        let counts = write(&blind, std::slice::from_ref(message)).await?;
        assert_eq!(
            (&counts["stored"], &counts["parked"]),
            (&json!(0), &json!(1))
        );
    }
    assert_eq!(desk.ticket(&ann).await?["status"], "resolved");
    assert_eq!(desk.tickets_of(EVE).await?.len(), 0);

    ours(&[LOST, OTHER]).await?;
    let relay = world.function("relay").await?;
    let report = replay(&relay, "whatsapp").await?;
    assert_eq!(report["stored"], meanwhile.len(), "{report:#}");

    let last = async |id: &str| {
        let ticket = desk.ticket(id).await?;
        let last = messages(&ticket).last().cloned().context("a message")?;
        anyhow::Ok((ticket, last))
    };
    let (ticket, message) = last(&ann).await?;
    assert_eq!(ticket["status"], "open", "taken up again");
    assert_eq!(
        (&ticket["message_count"], &message["content"]),
        (&json!(2), &json!("Meanwhile"))
    );
    assert_eq!(
        desk.ticket(&bob).await?["message_count"],
        1,
        "closed is closed"
    );
    let bobs = desk.tickets_of(BOB).await?;
    assert_eq!(bobs.len(), 2);
    let (ticket, message) = last(&bobs[0]).await?;
    assert_eq!(
        (&ticket["status"], &message["content"]),
        (&json!("new"), &json!("Meanwhile"))
    );
    let (ticket, message) = last(&cid).await?;
    assert_eq!(
        (&ticket["message_count"], &message["content"]),
        (&json!(11), &json!("Meanwhile"))
    );
    assert!(ticket["older_timeline"].is_string(), "the oldest has left");
    // Two customers who turned out to be one: the ticket that came first goes on.
    let (ticket, message) = last(&dora).await?;
    assert_eq!(
        (&ticket["message_count"], &message["content"]),
        (&json!(2), &json!("Meanwhile"))
    );
    let (other, _) = last(&doras_other).await?;
    assert_eq!(other["message_count"], 1);
    assert_eq!(
        other["customer"]["internal_id"],
        ticket["customer"]["internal_id"]
    );
    let (_, message) = last(&desk.ticket_of(EVE).await?).await?;
    assert_eq!(message["content_truncated"], true);
    let whole = message["attachments"][0]["url"]
        .as_str()
        .context("the whole text")?;
    assert_eq!(reqwest::get(whole).await?.text().await?, essay);

    let (before, items) = (desk.list().await?, world.item_counts().await?);
    let again = replay(&relay, "whatsapp").await?;
    assert_eq!(again["stored"], 0, "{again:#}");
    assert_eq!(
        (desk.list().await?, world.item_counts().await?),
        (before, items)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_boundary_was_lost_on_its_way_is_read_by_its_first_line() -> Result<()> {
    let world = World::start().await?;
    let door = BucketDoor::open(&world, "replay-mail").await?;
    let desk = Desk::open(&world).await?;
    let paragraphs = "<p>And another paragraph.</p>".repeat(600);
    let mail = format!(
        "From: Fay <fay@example.net>\r\nTo: support@example.com\r\nSubject: Parked\r\n\
         Message-ID: <parked-1@example.net>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=c\r\n\r\n\
         --c\r\nContent-Type: text/plain\r\n\r\nRead me.\r\n\
         --c\r\nContent-Type: text/html\r\n\r\n<p>Read <b>me</b></p>{paragraphs}\r\n--c--\r\n"
    );
    let body = form_between("aNoTheR", "fay@example.net", mail.as_bytes());
    let signature = door.signer.sign(TIMESTAMP, &body)?;
    let key = "mail/inbox/another-boundary";
    door.store(key, &body, Some(&signature), "to-be-signed")
        .await?;
    door.tell(key).await?;
    assert!(door.keys(key).await?.is_empty(), "it is parked");
    assert_eq!(desk.list().await?.len(), 0);

    let prefix = [("SECRETS_PREFIX", "replay-mail")];
    let relay = world.function_with("relay", &prefix).await?;
    let report = replay(&relay, "email").await?;
    assert_eq!(report["stored"], 1, "{report:#}");
    let id = desk.ticket_of("fay@example.net").await?;
    let ticket = desk.ticket(&id).await?;
    assert_eq!(
        (&ticket["subject"], &ticket["message_count"]),
        (&json!("Parked"), &json!(1))
    );
    let message = messages(&ticket).next().context("a message")?;
    assert_eq!(message["content"], "Read me.");
    let path = format!("/api/tickets/{id}/timeline/{}/html", message["position"]);
    let html = desk.call("GET", &path, None).await?;
    assert!(html.text().contains("<b>me</b>"), "{}", html.text());
    assert_eq!(
        replay(&relay, "email").await?["stored"],
        0,
        "nothing is doubled"
    );
    Ok(())
}
