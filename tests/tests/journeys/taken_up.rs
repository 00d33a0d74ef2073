//! Customers and agents go on where a conversation seemed to be over.

use anyhow::Result;
use serde_json::{Value, json};
use tributary_journeys::desk::{Desk, id_of, messages};
use tributary_journeys::runtime_api::Lambda;
use tributary_journeys::whatsapp::{ACCOUNT, delivery, status, text};
use tributary_journeys::world::{World, call, deliver, sweep};

/// A customer writes one message, which is new.
async fn write(webhooks: &Lambda, from: &str, wamid: &str, words: &str) -> Result<()> {
    let body = delivery(ACCOUNT, &[text(from, wamid, words)], &[]);
    let answer = deliver(webhooks, &body).await?;
    assert_eq!(answer.json()["stored"], 1, "{}", answer.text());
    Ok(())
}

fn said(ticket: &Value) -> Vec<&str> {
    messages(ticket)
        .filter_map(|m| m["content"].as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_writes_again_takes_a_resolved_ticket_up_and_a_new_one_follows_a_closed_one()
-> Result<()> {
    const ANN: &str = "15550301";
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let desk = Desk::open(&world).await?;
    write(&webhooks, ANN, "wamid.up-1", "My kettle leaks.").await?;
    let first = desk.ticket_of(ANN).await?;

    desk.move_to(&first, "resolved").await?;
    write(&webhooks, ANN, "wamid.up-2", "It leaks again.").await?;
    assert_eq!(desk.ticket_of(ANN).await?, first, "no new ticket");
    let ticket = desk.ticket(&first).await?;
    assert_eq!(ticket["status"], "open");
    assert_eq!(said(&ticket), ["My kettle leaks.", "It leaks again."]);

    desk.move_to(&first, "closed").await?;
    write(&webhooks, ANN, "wamid.up-3", "Where is my parcel?").await?;
    let tickets = desk.tickets_of(ANN).await?;
    assert_eq!(tickets.len(), 2, "{tickets:?}");
    let second = desk.ticket(&tickets[0]).await?;
    assert_eq!(
        (&second["status"], said(&second)),
        (&json!("new"), vec!["Where is my parcel?"])
    );
    let closed = desk.ticket(&first).await?;
    assert_eq!(
        (&closed["status"], &closed["message_count"]),
        (&json!("closed"), &json!(2))
    );
    assert_eq!(
        second["customer"]["internal_id"],
        closed["customer"]["internal_id"]
    );
    write(&webhooks, ANN, "wamid.up-4", "It should be here.").await?;
    assert_eq!(desk.ticket(&tickets[0]).await?["message_count"], 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_opens_again_or_anew_is_where_the_customers_next_message_goes() -> Result<()>
{
    const BOB: &str = "15550302";
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let desk = Desk::open(&world).await?;
    write(&webhooks, BOB, "wamid.anew-1", "Hello?").await?;
    let first = desk.ticket_of(BOB).await?;

    desk.move_to(&first, "closed").await?;
    let path = format!("/api/tickets/{first}");
    let opened = json!({"status": "open"});
    let refused = desk.call("PUT", &path, Some(opened.clone())).await?;
    assert_eq!(refused.status, 409, "supervisors only: {}", refused.text());
    let supervisor = world.supervisor_token().await?;
    let opened = call(desk.function(), &supervisor, "PUT", &path, Some(opened)).await?;
    assert_eq!(opened.json()["status"], "open", "{}", opened.text());
    write(&webhooks, BOB, "wamid.anew-2", "Still there?").await?;
    assert_eq!(desk.ticket(&first).await?["message_count"], 2);

    let by_phone = json!({"source": {"channel": "whatsapp", "origin_platform_id": BOB},
        "customer": {}, "subject": "A call", "initial_message": "He asked for a catalogue"});
    let create = async || {
        desk.call("POST", "/api/tickets/create", Some(by_phone.clone()))
            .await
    };
    assert_eq!(create().await?.json()["code"], "open-ticket-exists");
    desk.move_to(&first, "closed").await?;
    let created = create().await?;
    assert_eq!(created.status, 201, "{}", created.text());
    let second = id_of(&created.json());
    write(&webhooks, BOB, "wamid.anew-3", "And the price?").await?;
    let ticket = desk.ticket(&second).await?;
    assert_eq!(
        said(&ticket),
        ["He asked for a catalogue", "And the price?"]
    );
    assert_eq!(desk.ticket(&first).await?["message_count"], 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_has_left_the_window_is_sent_and_its_ticks_still_move() -> Result<()> {
    const CID: &str = "15550303";
    const ANSWER: &str = "It is on its way.";
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let desk = Desk::open(&world).await?;
    write(&webhooks, CID, "wamid.left-0", "Where is it?").await?;
    let id = desk.ticket_of(CID).await?;
    desk.reply(&id, ANSWER).await?;
    for number in 1..=11 {
        write(&webhooks, CID, &format!("wamid.left-{number}"), "Hello?").await?;
    }
    assert_eq!(desk.older_delivery(&id, ANSWER).await?["state"], "queued");

    sweep(&world.function("relay").await?).await?;
    let calls = world.provider.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].body["text"]["body"], ANSWER);
    assert_eq!(desk.older_delivery(&id, ANSWER).await?["state"], "sent");
    for state in ["delivered", "read"] {
        let report = status(&calls[0].id, state, CID, None);
        let answer = deliver(&webhooks, &delivery(ACCOUNT, &[], &[report])).await?;
        assert_eq!(answer.json()["stored"], 1, "{}", answer.text());
        assert_eq!(desk.older_delivery(&id, ANSWER).await?["state"], state);
    }
    Ok(())
}
