//! Where a mail goes that comes late: to a ticket that is over, or about an answer that has left the window.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tributary_journeys::bucket_door::{BucketDoor, TIMESTAMP};
use tributary_journeys::desk::{Desk, messages};
use tributary_journeys::mail::form;
use tributary_journeys::world::{World, sweep};

const FAY: &str = "fay@example.org";

/// A mail of Fay's that answers another.
fn mail(id: &str, answers: Option<&str>) -> Vec<u8> {
    let answers = answers.map(|id| format!("In-Reply-To: <{id}@example.org>\r\n"));
    let mail = format!(
        "From: Fay <{FAY}>\r\nTo: support@example.com\r\nSubject: A kettle\r\n\
         Message-ID: <{id}@example.org>\r\n{}\r\nThis is {id}.\r\n",
        answers.unwrap_or_default()
    );
    form(FAY, mail.as_bytes())
}

/// What a mail server says of a mail of ours.
fn bounce(message_id: &str) -> Vec<u8> {
    let mail = format!(
        "From: MAILER-DAEMON@mx.example.org\r\nTo: support@example.com\r\nSubject: Undeliverable\r\n\
         Message-ID: <bounce-1@mx.example.org>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n\
         --r\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n\
         --r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n\
         Final-Recipient: rfc822; {FAY}\r\nAction: failed\r\nStatus: 5.2.2\r\n\
         --r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nTo: {FAY}\r\n\r\n--r--\r\n"
    );
    form("", mail.as_bytes())
}

/// Puts a mail into the bucket and tells of it.
async fn take(door: &BucketDoor, name: &str, body: &[u8]) -> Result<()> {
    let key = format!("mail/inbox/{name}");
    let signature = door.signer.sign(TIMESTAMP, body)?;
    door.store(&key, body, Some(&signature), "to-be-signed")
        .await?;
    door.tell(&key).await?;
    assert!(door.keys(&key).await?.is_empty(), "{name} is still there");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_takes_a_resolved_ticket_up_again_and_follows_a_closed_one() -> Result<()> {
    let world = World::start().await?;
    let door = BucketDoor::open(&world, "mail-late").await?;
    let desk = Desk::open(&world).await?;
    take(&door, "late-1", &mail("late-1", None)).await?;
    let first = desk.ticket_of(FAY).await?;
    desk.move_to(&first, "resolved").await?;
    take(&door, "late-2", &mail("late-2", Some("late-1"))).await?;
    assert_eq!(desk.ticket_of(FAY).await?, first);
    let ticket = desk.ticket(&first).await?;
    assert_eq!(
        (&ticket["status"], &ticket["message_count"]),
        (&json!("open"), &json!(2))
    );

    desk.move_to(&first, "closed").await?;
    take(&door, "late-3", &mail("late-3", Some("late-2"))).await?;
    let tickets = desk.tickets_of(FAY).await?;
    assert_eq!(tickets.len(), 2);
    let second = desk.ticket(&tickets[0]).await?;
    assert_eq!(second["status"], "new");
    let message = messages(&second).next().context("a message")?;
    let follows = json!({"ticket_id": first, "reference": ticket["reference"]});
    assert_eq!(message["channel_specific_data"]["follows"], follows);
    assert_eq!(
        second["customer"]["internal_id"],
        ticket["customer"]["internal_id"]
    );
    assert_eq!(desk.ticket(&first).await?["message_count"], 2);
    // A mail that answers none of them is another conversation.
    take(&door, "late-4", &mail("late-4", None)).await?;
    assert_eq!(desk.tickets_of(FAY).await?.len(), 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounce_is_told_at_the_answer_it_speaks_of_however_long_that_has_left_the_window()
-> Result<()> {
    const ANSWER: &str = "It is on its way.";
    let world = World::start().await?;
    let door = BucketDoor::open(&world, "mail-bounced").await?;
    let desk = Desk::open(&world).await?;
    take(&door, "bounced-0", &mail("bounced-0", None)).await?;
    let id = desk.ticket_of(FAY).await?;
    desk.reply(&id, ANSWER).await?;
    // A mail can be taken back for some seconds.
    world.let_sends_be_due(&id).await?;
    sweep(&world.function("relay").await?).await?;
    let calls = world.provider.calls();
    assert_eq!(calls.len(), 1);
    let sent = calls[0].body["headers"]["Message-ID"].as_str();
    let sent = sent.context("a Message-ID")?;
    for number in 1..=11 {
        let (name, before) = (
            format!("bounced-{number}"),
            format!("bounced-{}", number - 1),
        );
        take(&door, &name, &mail(&name, Some(&before))).await?;
    }
    assert_eq!(desk.older_delivery(&id, ANSWER).await?["state"], "sent");

    take(&door, "bounce", &bounce(sent)).await?;
    let delivery = desk.older_delivery(&id, ANSWER).await?;
    assert_eq!(delivery["state"], "failed", "{delivery}");
    assert_eq!(delivery["error"]["code"], "bounce-5.2.2", "{delivery}");
    assert_eq!(
        desk.ticket(&id).await?["message_count"],
        13,
        "it is no message"
    );
    let rows: Vec<Value> = desk.list().await?;
    assert_eq!(rows.len(), 1, "and makes no ticket");
    Ok(())
}
