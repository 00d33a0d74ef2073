//! What a day brings that the other journeys do not: long conversations, files, templates, mail threads, and what
//! agents take back. Each function is the built one, so what it asks of AWS is what it asks there.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tributary_edge::auth::standard_webhooks;
use tributary_journeys::bucket_door::{BucketDoor, TIMESTAMP};
use tributary_journeys::chatbot::{SECRET, hand_over, handoff};
use tributary_journeys::desk::{Desk, id_of, messages};
use tributary_journeys::mail::form;
use tributary_journeys::runtime_api::Lambda;
use tributary_journeys::whatsapp::{ACCOUNT, delivery, text};
use tributary_journeys::world::{World, call, deliver, sweep};

async fn get(desk: &Desk, path: &str) -> Result<Value> {
    let answer = desk.call("GET", path, None).await?;
    ensure!(answer.status == 200, "{path}: {}", answer.text());
    Ok(answer.json())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_conversation_keeps_every_word_where_it_is_found_again() -> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let desk = Desk::open(&world).await?;
    let essay = "A long story. ".repeat(1500);
    for number in 0..14 {
        let words = if number == 0 {
            essay.as_str()
        } else {
            "And then?"
        };
        let message = text("15550181", &format!("wamid.long-{number}"), words);
        let answer = deliver(&webhooks, &delivery(ACCOUNT, &[message], &[])).await?;
        ensure!(answer.status == 200, "{}", answer.text());
    }
    let id = desk.ticket_of("15550181").await?;
    let ticket = desk.ticket(&id).await?;
    assert_eq!(messages(&ticket).count(), 10, "the window");
    let cursor = ticket["older_timeline"]
        .as_str()
        .context("older messages")?;
    let older = get(
        &desk,
        &format!("/api/tickets/{id}/timeline?cursor={cursor}"),
    )
    .await?;
    let first = &older["messages"][0];
    assert_eq!(first["content_truncated"], true);
    let whole = first["attachments"][0]["url"]
        .as_str()
        .context("the whole text")?;
    assert_eq!(reqwest::get(whole).await?.text().await?, essay);

    let me = get(&desk, "/api/me").await?;
    let agents = get(&desk, "/api/agents").await?;
    assert!(
        agents["agents"]
            .as_array()
            .is_some_and(|all| all.len() >= 2),
        "{agents}"
    );
    let change = json!({"assigned_agent_id": me["agent_id"], "status": "open", "tags": ["story"]});
    let changed = desk
        .call("PUT", &format!("/api/tickets/{id}"), Some(change))
        .await?;
    assert_eq!(changed.status, 200, "{}", changed.text());
    let customer = changed.json()["customer"]["internal_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let theirs = get(&desk, &format!("/api/customers/{customer}/tickets")).await?;
    assert_eq!(theirs["tickets"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        get(&desk, &format!("/api/tickets/{id}/templates")).await?["templates"],
        json!([])
    );
    let supervisor = world.supervisor_token().await?;
    let channels = call(desk.function(), &supervisor, "GET", "/api/channels", None);
    assert_eq!(channels.await?.status, 200);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chatbot_is_told_an_answer_that_has_long_left_the_window() -> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let status = world.function("chatbot-status").await?;
    let desk = Desk::open(&world).await?;
    let handed = hand_over(
        &webhooks,
        "day-0",
        &handoff("day", "dora@example.com", "Help"),
    )
    .await?
    .json();
    let id = handed["ticket_id"].as_str().context("a ticket")?;
    let answer = "Grüße! ".repeat(1400);
    desk.reply(id, &answer).await?;
    for number in 1..=12 {
        let again = handoff("day", "dora@example.com", "Still there?");
        let taken = hand_over(&webhooks, &format!("day-{number}"), &again).await?;
        ensure!(taken.status == 200, "{}", taken.text());
    }
    sweep(&world.function("relay").await?).await?;
    let mails = world.provider.called(1).await?;
    assert!(mails[0].body.to_string().contains("Grüße! Grüße!"));
    let token = handed["status_token"].as_str().context("a token")?;
    let told = call(
        &status,
        token,
        "GET",
        &format!("/api/tickets/{id}/status"),
        None,
    )
    .await?;
    assert_eq!(
        told.json()["last_agent_message"]["content"],
        json!(answer),
        "{}",
        told.text()
    );
    Ok(())
}

/// Posts a file as a browser does, with the form that the API signed.
async fn upload(desk: &Desk, id: &str, bytes: &[u8]) -> Result<String> {
    let asked = desk
        .call("POST", &format!("/api/tickets/{id}/attachments"), None)
        .await?;
    ensure!(asked.status == 201, "{}", asked.text());
    let place = asked.json();
    let boundary = "a-boundary";
    let mut form = Vec::new();
    for field in place["fields"].as_array().context("fields")? {
        let (name, value) = (field["name"].as_str(), field["value"].as_str());
        form.extend(
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n",
                name.context("a name")?,
                value.context("a value")?
            )
            .bytes(),
        );
    }
    form.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n").bytes());
    form.extend(bytes);
    form.extend(format!("\r\n--{boundary}--\r\n").bytes());
    let posted = reqwest::Client::new()
        .post(place["url"].as_str().context("a place")?)
        .header(
            "content-type",
            format!("multipart/form-data; boundary={boundary}"),
        )
        .body(form)
        .send()
        .await?;
    ensure!(posted.status().is_success(), "{}", posted.text().await?);
    Ok(place["attachment_id"].as_str().context("an id")?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_file_reaches_the_customer_and_a_mail_taken_back_does_not() -> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let relay = Arc::new(world.function("relay").await?);
    let desk = Desk::open(&world).await?;
    deliver(
        &webhooks,
        &delivery(
            ACCOUNT,
            &[text("15550182", "wamid.file-1", "A picture?")],
            &[],
        ),
    )
    .await?;
    let id = desk.ticket_of("15550182").await?;
    let picture =
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00";
    let file = upload(&desk, &id, picture).await?;
    let reply =
        json!({"content": "Here.", "attachments": [{"attachment_id": file, "name": "a.png"}]});
    let path = format!("/api/tickets/{id}/message");
    let posted = desk.call("POST", &path, Some(reply)).await?;
    assert_eq!(posted.status, 201, "{}", posted.text());
    let player = world.play_stream_to(Arc::clone(&relay)).await?;
    let calls = world.provider.called(1).await?;
    let sent: Vec<&Value> = calls.iter().map(|call| &call.body["type"]).collect();
    assert!(sent.contains(&&json!("image")), "{sent:?}");

    // Mail goes five seconds later, and until then it can be taken back.
    let created = json!({"source": {"channel": "email", "origin_platform_id": "dan@example.com"},
        "customer": {"name": "Dan"}, "subject": "Hello", "initial_message": "By phone he asked for a mail"});
    let created = desk
        .call("POST", "/api/tickets/create", Some(created))
        .await?;
    assert_eq!(created.status, 201, "{}", created.text());
    let mail = id_of(&created.json());
    let written = desk.reply(&mail, "Not what I meant").await?;
    let back = format!("/api/tickets/{mail}/message/{written}/discard");
    let back = desk.call("POST", &back, None).await?;
    assert_eq!(back.status, 200, "{}", back.text());
    sweep(&relay).await?;
    let mails = world
        .provider
        .calls()
        .into_iter()
        .filter(|call| call.path.contains("mail"));
    assert_eq!(mails.count(), 0);
    drop(player);

    let body = json!({"source": {"channel": "web_chat", "origin_platform_id": "chat-9"},
        "customer": {"email": "eve@example.com"}, "subject": "Hi", "initial_message": "From the bot"});
    let body = body.to_string().into_bytes();
    let created = create_as_chatbot(desk.function(), &body).await?;
    assert_eq!(created, 201);
    Ok(())
}

async fn create_as_chatbot(tickets: &Lambda, body: &[u8]) -> Result<u16> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let signature =
        standard_webhooks::sign(SECRET, "create-1", i64::try_from(now.as_secs())?, body)
            .context("the development secret does not sign")?;
    let timestamp = now.as_secs().to_string();
    let headers = [
        ("content-type", "application/json"),
        ("webhook-id", "create-1"),
        ("webhook-timestamp", timestamp.as_str()),
        ("webhook-signature", signature.as_str()),
    ];
    Ok(tickets
        .http("POST", "/api/tickets/create", &headers, body)
        .await?
        .status)
}

/// A mail with a file and an HTML part, as Inbound Parse posts it in raw mode.
fn mail(number: usize, words: &str) -> Vec<u8> {
    let before = number.saturating_sub(1);
    let paragraphs = "<p>And another paragraph.</p>".repeat(600);
    let mail = format!(
        "From: Fay <fay@example.org>\r\nTo: support@example.com\r\nSubject: A thread\r\n\
         Message-ID: <thread-{number}@example.org>\r\nReferences: <thread-{before}@example.org>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n\
         --c\r\nContent-Type: text/plain\r\n\r\n{words}\r\n\
         --c\r\nContent-Type: text/html\r\n\r\n<p>Number <b>{number}</b></p>{paragraphs}\r\n--c--\r\n\
         --b\r\nContent-Type: application/pdf; name=\"a.pdf\"\r\nContent-Disposition: attachment; filename=\"a.pdf\"\r\n\r\n%PDF-1.4\r\n--b--\r\n"
    );
    form("fay@example.org", mail.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_of_mails_is_one_ticket_with_every_file_and_a_form_nobody_can_read_is_kept()
-> Result<()> {
    let world = World::start().await?;
    let door = BucketDoor::open(&world, "full-day").await?;
    let desk = Desk::open(&world).await?;
    let take = async |key: &str, body: &[u8]| {
        let signature = door.signer.sign(TIMESTAMP, body)?;
        door.store(key, body, Some(&signature), "to-be-signed")
            .await?;
        anyhow::Ok(door.tell(key).await?)
    };
    for number in 1..=13 {
        let words = if number == 2 {
            "A long letter. ".repeat(1000)
        } else {
            "More.".to_owned()
        };
        take(
            &format!("mail/inbox/thread-{number}"),
            &mail(number, &words),
        )
        .await?;
    }
    take(
        "mail/inbox/unreadable",
        b"--xYzZY\r\nnothing that is a form",
    )
    .await?;
    let id = desk.ticket_of("fay@example.org").await?;
    let ticket = desk.ticket(&id).await?;
    assert_eq!(ticket["message_count"], 13);
    let last = messages(&ticket).last().context("a message")?;
    assert_eq!(last["attachments"][0]["name"], "a.pdf");
    let file = last["attachments"][0]["url"].as_str().context("a file")?;
    assert!(
        reqwest::get(file)
            .await?
            .bytes()
            .await?
            .starts_with(b"%PDF")
    );
    let position = last["position"].as_u64().context("a position")?;
    let html = get(
        &desk,
        &format!("/api/tickets/{id}/timeline/{position}/html"),
    )
    .await?;
    assert!(html.to_string().contains("<b>13</b>"), "{html}");
    let parked = world.objects("parked/email/").await?;
    assert!(!parked.is_empty(), "the form is kept");
    Ok(())
}
