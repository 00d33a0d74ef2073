//! What an account of ours may do: send nothing with a token that was withdrawn, have one renewed that runs out, and
//! send templates once its customer is silent.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tributary_domain::Timestamp;
use tributary_journeys::desk::Desk;
use tributary_journeys::secrets::{held, hold};
use tributary_journeys::whatsapp::{ACCOUNT, delivery, now, secret, text};
use tributary_journeys::world::{World, call, deliver, sweep};

/// How WhatsApp's first number stands, as supervisors see it.
async fn standing(world: &World, desk: &Desk) -> Result<Value> {
    let supervisor = world.supervisor_token().await?;
    let told = call(desk.function(), &supervisor, "GET", "/api/channels", None).await?;
    let told = told.json();
    let channels = told["channels"].as_array();
    let mut channels = channels.context("no channels")?.iter();
    let found = channels.find(|c| c["channel"] == "whatsapp");
    found.cloned().context("no number of WhatsApp's")
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_wait_while_the_token_is_refused_and_go_at_once_when_its_secret_has_changed()
-> Result<()> {
    let mut world = World::start().await?;
    let name = "withdrawn/whatsapp";
    hold(&world, name, &secret(&[ACCOUNT], "310001", "first-token")).await?;
    world
        .environment
        .insert("SECRETS_PREFIX".to_owned(), "withdrawn".to_owned());
    let webhooks = world.function("webhooks").await?;
    let relay = world.function("relay").await?;
    let desk = Desk::open(&world).await?;
    let mut tickets = Vec::new();
    for from in ["15550321", "15550322"] {
        let message = text(from, &format!("wamid.{from}"), "Hello?");
        deliver(&webhooks, &delivery(ACCOUNT, &[message], &[])).await?;
        let id = desk.ticket_of(from).await?;
        desk.reply(&id, "Here we are.").await?;
        tickets.push(id);
    }

    world.provider.withdraw("first-token");
    sweep(&relay).await?;
    assert!(!world.provider.calls().is_empty());
    for id in &tickets {
        let delivery = desk.delivery(id, "Here we are.").await?;
        assert_eq!(delivery["state"], "queued", "{delivery}");
        assert_eq!(delivery["error"]["code"], "190", "{delivery}");
    }
    let number = standing(&world, &desk).await?;
    assert_eq!(number["state"], "paused", "{number}");
    assert_eq!(number["queue"]["messages"], 2, "{number}");

    hold(&world, name, &secret(&[ACCOUNT], "310001", "second-token")).await?;
    sweep(&relay).await?;
    for id in &tickets {
        let delivery = desk.delivery(id, "Here we are.").await?;
        assert_eq!(
            (&delivery["state"], &delivery["error"]),
            (&json!("sent"), &Value::Null)
        );
    }
    let calls = world.provider.calls();
    let mut taken: Vec<&str> = calls
        .iter()
        .filter(|call| call.authorization == "Bearer second-token")
        .filter_map(|call| call.body["to"].as_str())
        .collect();
    taken.sort_unstable();
    assert_eq!(taken, ["15550321", "15550322"], "each once");
    let number = standing(&world, &desk).await?;
    assert_eq!(
        (&number["state"], &number["queue"]),
        (&json!("ok"), &Value::Null)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn instagrams_token_is_renewed_in_its_last_days_and_kept_where_everybody_reads_it()
-> Result<()> {
    let world = World::start().await?;
    let name = "renewed/instagram";
    let expires_in = |days: u64| {
        let seconds = i64::try_from(now() + days * 24 * 3600)?;
        anyhow::Ok(Timestamp::from_millis(seconds * 1000))
    };
    let old = json!({"app_secrets": ["an-app-secret"], "verify_token": "a-word", "account_id": "200051",
        "access_token": "old-token", "token_expires_at": expires_in(9)?.to_string()});
    hold(&world, name, &old).await?;
    let prefix = [("SECRETS_PREFIX", "renewed")];
    // Instagram does not give another one: the old one works for nine days more.
    sweep(&world.function_with("relay", &prefix).await?).await?;
    assert_eq!(held(&world, name).await?, old);

    let world = World::start().await?;
    world.provider.renew("old-token", "fresh-token");
    sweep(&world.function_with("relay", &prefix).await?).await?;
    let mut kept = held(&world, name).await?;
    let until = kept["token_expires_at"].take();
    let until = until.as_str().context("when the fresh one runs out")?;
    assert!(Timestamp::parse(until)? > expires_in(59)?, "{until}");
    let mut expected = old;
    expected["access_token"] = json!("fresh-token");
    expected["token_expires_at"] = Value::Null;
    assert_eq!(kept, expected, "and nothing else changed");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn once_a_customer_was_silent_for_a_day_only_an_approved_template_reaches_them() -> Result<()>
{
    const NUMBER: &str = "300032";
    const BUSINESS: &str = "310032";
    let mut world = World::start().await?;
    hold(
        &world,
        "templates/whatsapp",
        &secret(&[NUMBER], BUSINESS, "a-token"),
    )
    .await?;
    world
        .environment
        .insert("SECRETS_PREFIX".to_owned(), "templates".to_owned());
    let body = json!({"type": "BODY", "text": "Hello {{1}}, order {{2}} has left.",
        "example": {"body_text": [["Ann", "4711"]]}});
    let template = |name: &str, status: &str| json!({"name": name, "language": "en_US", "status": status, "category": "UTILITY", "components": [body]});
    let all = json!([
        template("shipped", "APPROVED"),
        template("sale", "REJECTED")
    ]);
    world.provider.approve(BUSINESS, all);
    let webhooks = world.function("webhooks").await?;
    let relay = world.function("relay").await?;
    let desk = Desk::open(&world).await?;
    let mut message = text("15550331", "wamid.silent-1", "Where is it?");
    message["timestamp"] = json!((now() - 25 * 3600).to_string());
    deliver(&webhooks, &delivery(NUMBER, &[message], &[])).await?;
    let id = desk.ticket_of("15550331").await?;
    assert_eq!(desk.ticket(&id).await?["reply_window"]["mode"], "template");
    let post = async |body: Value| {
        let path = format!("/api/tickets/{id}/message");
        desk.call("POST", &path, Some(body)).await
    };
    let refused = post(json!({"content": "It has left."})).await?;
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (409, &json!("reply-window-closed"))
    );

    sweep(&relay).await?;
    let path = format!("/api/tickets/{id}/templates");
    let listed = desk.call("GET", &path, None).await?.json();
    let names: Vec<&Value> = listed["templates"]
        .as_array()
        .context("a list")?
        .iter()
        .collect();
    assert_eq!(
        names.len(),
        1,
        "what is not approved is not offered: {listed}"
    );
    assert_eq!(
        (&names[0]["name"], &names[0]["parameters"]),
        (&json!("shipped"), &json!(2))
    );

    let with = |parameters: &[&str]| json!({"template": {"name": "shipped", "language": "en_US", "parameters": parameters}});
    assert_eq!(
        post(with(&["Ann"])).await?.status,
        422,
        "one parameter is missing"
    );
    let posted = post(with(&["Ann", "4712"])).await?;
    assert_eq!(posted.status, 201, "{}", posted.text());
    sweep(&relay).await?;
    let delivery = desk
        .delivery(&id, "Hello Ann, order 4712 has left.")
        .await?;
    assert_eq!(delivery["state"], "sent", "{delivery}");
    let calls = world.provider.calls();
    assert_eq!(calls.len(), 1);
    let parameter = |text: &str| json!({"type": "text", "text": text});
    let sent = json!({"name": "shipped", "language": {"code": "en_US"},
        "components": [{"type": "body", "parameters": [parameter("Ann"), parameter("4712")]}]});
    assert_eq!(calls[0].body["template"], sent);
    Ok(())
}
