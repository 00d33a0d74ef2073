//! A customer writes on Messenger, an agent answers, the customer gets it and reads it.

use std::sync::Arc;

use anyhow::Result;
use serde_json::{Value, json};
use tributary_journeys::desk::{Desk, messages};
use tributary_journeys::facebook::{
    PAGE, PATH, body, deliver, delivered, echo, now_millis, read, signature, text,
};
use tributary_journeys::provider::{Behaviour, NAME};
use tributary_journeys::world::{World, sweep};

const CUSTOMER: &str = "7001234567890123";

/// Stored, duplicate, ignored and parked events of an answer that is none of a refusal.
fn counts(answer: &tributary_journeys::runtime_api::HttpAnswer) -> [u64; 4] {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = answer.json();
    let counts = ["stored", "duplicates", "ignored", "parked"]
        .map(|name| told[name].as_u64().unwrap_or_default());
    assert_eq!(told["received"], counts.iter().sum::<u64>(), "{told}");
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_messenger_text_is_answered_exactly_once_and_its_receipts_move_the_ticks() -> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let relay = world.function("relay").await?;
    let desk = Desk::open(&world).await?;

    let first = body(PAGE, &[text(CUSTOMER, "m_1", "Where is my order?")]);
    assert_eq!(counts(&deliver(&webhooks, &first).await?), [1, 0, 0, 0]);
    assert_eq!(counts(&deliver(&webhooks, &first).await?), [0, 1, 0, 0]);
    let id = desk.ticket_of(CUSTOMER).await?;
    let ticket = desk.ticket(&id).await?;
    let source = json!({"channel": "facebook", "origin_platform_id": CUSTOMER, "account_id": PAGE, "is_bot_handoff": false});
    assert_eq!(ticket["source"], source);
    assert_eq!(
        ticket["customer"]["channel_identity"],
        format!("facebook:{CUSTOMER}")
    );
    assert_eq!(ticket["customer"]["name"], Value::Null);
    assert_eq!(ticket["reply_window"]["mode"], "free", "{ticket:#}");
    assert_eq!(
        ticket["timeline"][0]["channel_specific_data"],
        json!({"mid": "m_1", "page_id": PAGE})
    );

    let state = async |content: &str| {
        let delivery = desk.delivery(&id, content).await?;
        anyhow::Ok(delivery["state"].as_str().unwrap_or_default().to_owned())
    };
    desk.reply(&id, "It arrives tomorrow.").await?;
    sweep(&relay).await?;
    let calls = world.provider.calls();
    assert_eq!(calls.len(), 1);
    let named = desk.ticket(&id).await?;
    assert_eq!(named["customer"]["name"], NAME, "the relay asked for it");
    assert_eq!(calls[0].path, "/v26.0/100001/messages");
    assert_eq!(calls[0].authorization, "Bearer dev-facebook-token");
    let mark = &calls[0].body["message"]["metadata"];
    let sent = json!({"recipient": {"id": CUSTOMER}, "messaging_type": "RESPONSE",
        "message": {"text": "It arrives tomorrow.", "metadata": mark}});
    assert_eq!(calls[0].body, sent);
    assert_eq!(state("It arrives tomorrow.").await?, "sent");

    let mid = calls[0].id.as_str();
    let (then, events) = (
        now_millis(),
        [
            ("sent", echo(CUSTOMER, mid, mark)),
            ("delivered", delivered(CUSTOMER, &[mid], now_millis())),
            ("read", read(CUSTOMER, now_millis())),
        ],
    );
    for (expected, event) in &events {
        let answer = deliver(&webhooks, &body(PAGE, std::slice::from_ref(event))).await?;
        let known = *expected == "sent";
        let new = u64::from(!known);
        assert_eq!(counts(&answer), [new, 1 - new, 0, 0], "{expected}");
        assert_eq!(state("It arrives tomorrow.").await?, *expected);
    }

    // Another answer, handed over later, is not read by what was said of the first.
    while now_millis() <= then {
        tokio::task::yield_now().await;
    }
    desk.reply(&id, "Anything else?").await?;
    sweep(&relay).await?;
    let before = desk.ticket(&id).await?;
    let [_, (_, delivery), (_, reading)] = events;
    let text = text(CUSTOMER, "m_1", "Where is my order?");
    let again = body(PAGE, &[reading, text, delivery]);
    assert_eq!(counts(&deliver(&webhooks, &again).await?), [0, 3, 0, 0]);
    assert_eq!(
        desk.ticket(&id).await?,
        before,
        "redelivery changes nothing"
    );
    assert_eq!(state("Anything else?").await?, "sent");

    let rest = [
        echo(CUSTOMER, "m_other", &json!("somebody else's")),
        json!({"sender": {"id": CUSTOMER}, "recipient": {"id": PAGE}, "postback": {"payload": "X"}}),
        read("7009999999999999", now_millis()),
    ];
    assert_eq!(
        counts(&deliver(&webhooks, &body(PAGE, &rest)).await?),
        [2, 0, 1, 0],
        "another tool's answer and a press are told, a stranger's reading is of nothing"
    );
    let all = desk.ticket(&id).await?;
    let by: Vec<&Value> = messages(&all).map(|m| &m["sender_type"]).collect();
    assert_eq!(by, ["customer", "agent", "agent", "agent", "customer"]);
    let strange = body("999999", &[read(CUSTOMER, now_millis())]);
    assert_eq!(counts(&deliver(&webhooks, &strange).await?), [0, 0, 0, 1]);
    assert_eq!(world.provider.calls().len(), 2, "each answer once");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_got_lost_is_settled_by_the_echo_and_by_what_was_told_before_it()
-> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let desk = Desk::open(&world).await?;
    let first = body(PAGE, &[text(CUSTOMER, "m_1", "Hello?")]);
    assert_eq!(counts(&deliver(&webhooks, &first).await?), [1, 0, 0, 0]);
    let id = desk.ticket_of(CUSTOMER).await?;
    let state = async || {
        let delivery = desk.delivery(&id, "Here we are.").await?;
        anyhow::Ok(delivery["state"].clone())
    };

    desk.reply(&id, "Here we are.").await?;
    world.provider.behave(&[Behaviour::AcceptAndHang]);
    let relay = Arc::new(world.function("relay").await?);
    let doomed = Arc::clone(&relay);
    let sweeping = tokio::spawn(async move { sweep(&doomed).await });
    let calls = world.provider.called(1).await?;
    relay.kill().await;
    assert!(sweeping.await?.is_err());

    // The customer has it and reads it while nobody here knows that it was taken.
    let reading = body(PAGE, &[read(CUSTOMER, now_millis())]);
    assert_eq!(counts(&deliver(&webhooks, &reading).await?), [1, 0, 0, 0]);
    assert_eq!(state().await?, "sending");
    world.let_sends_be_due(&id).await?;
    sweep(&world.function("relay").await?).await?;
    assert_eq!(state().await?, "unknown");

    let mark: &Value = &calls[0].body["message"]["metadata"];
    let echoed = body(PAGE, &[echo(CUSTOMER, &calls[0].id, mark)]);
    assert_eq!(counts(&deliver(&webhooks, &echoed).await?), [1, 0, 0, 0]);
    assert_eq!(state().await?, "read");
    assert_eq!(counts(&deliver(&webhooks, &echoed).await?), [0, 1, 0, 0]);
    assert_eq!(world.provider.calls().len(), 1, "sent once");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_messengers_own_secret_and_token_open_its_door() -> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let good = body(PAGE, &[text(CUSTOMER, "m_1", "Hello")]);
    let whatsapps = tributary_journeys::whatsapp::signature(&good);
    let of_another_body = signature(b"{}");
    for proof in [None, Some(whatsapps.as_str()), Some(&of_another_body)] {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(proof.map(|proof| ("x-hub-signature-256", proof)));
        let answer = webhooks.http("POST", PATH, &headers, &good).await?;
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (401, Some("invalid-signature"))
        );
    }
    assert_eq!(world.item_counts().await?, [0; 4], "nothing is stored");

    for (token, status, text) in [
        ("dev-verify-token", 200, Some("1158201444")),
        ("dev-verify-toke", 403, None),
    ] {
        let query = format!("hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444");
        let path = format!("{PATH}?{query}");
        let answer = webhooks.http("GET", &path, &[], b"").await?;
        assert_eq!(answer.status, status);
        assert!(text.is_none_or(|text| answer.text() == text));
    }
    Ok(())
}
