//! What must not get in does not, and what is merely large does.

use anyhow::Result;
use serde_json::{Value, json};
use tributary_edge::auth::hub_signature;
use tributary_journeys::desk::Desk;
use tributary_journeys::runtime_api::{HttpAnswer, Lambda};
use tributary_journeys::whatsapp::{ACCOUNT, delivery, signature, text};
use tributary_journeys::world::{World, call, deliver};

const WHATSAPP: &str = "/api/webhooks/whatsapp";
const CAP: usize = 3 * 1024 * 1024;

async fn post(webhooks: &Lambda, proof: Option<&str>, body: &[u8]) -> Result<HttpAnswer> {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(proof.map(|proof| ("x-hub-signature-256", proof)));
    Ok(webhooks.http("POST", WHATSAPP, &headers, body).await?)
}

/// Status and code of a refusal, which has to be a problem.
fn refusal(answer: &HttpAnswer) -> (u16, String) {
    let problem = answer.json();
    assert_eq!(
        answer
            .headers
            .get("content-type")
            .map(http::HeaderValue::as_bytes),
        Some(&b"application/problem+json"[..]),
        "{}",
        answer.text()
    );
    assert_eq!(problem["status"], answer.status, "{problem}");
    let code = problem["code"].as_str().unwrap_or_default().to_owned();
    (answer.status, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_proven_or_not_json_is_refused_and_leaves_nothing() -> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let good = delivery(ACCOUNT, &[text("15550100", "wamid.in-1", "Hello")], &[]);
    let empty = world.item_counts().await?;

    let other_secret = hub_signature::sign(&good, "not-our-secret");
    let of_another_body = signature(b"{}");
    let unprefixed = signature(&good).replace("sha256=", "");
    for proof in [
        None,
        Some(""),
        Some("sha256="),
        Some(other_secret.as_str()),
        Some(of_another_body.as_str()),
        Some(unprefixed.as_str()),
    ] {
        let answer = post(&webhooks, proof, &good).await?;
        assert_eq!(refusal(&answer), (401, "invalid-signature".to_owned()));
    }

    let nested = "[".repeat(200_000);
    let nested_message = format!("{{\"entry\":{}", "[{\"changes\":".repeat(50_000));
    for body in [
        &b"Hello"[..],
        b"",
        &good[..good.len() - 2],
        nested.as_bytes(),
        nested_message.as_bytes(),
    ] {
        let answer = post(&webhooks, Some(&signature(body)), body).await?;
        assert_eq!(refusal(&answer), (400, "invalid-body".to_owned()));
    }

    // API Gateway replaces what is not UTF-8, so that the proof no longer holds.
    let latin: &[u8] = b"{\"text\":\"caf\xe9\"}";
    let answer = post(&webhooks, Some(&signature(latin)), latin).await?;
    assert_eq!(refusal(&answer), (401, "invalid-signature".to_owned()));

    let mut large = good.clone();
    large.resize(CAP + 1, b' ');
    let answer = post(&webhooks, Some(&signature(&large)), &large).await?;
    assert_eq!(refusal(&answer), (413, "body-too-large".to_owned()));

    for odd in ["{}", "null", "[1]", "{\"object\":\"page\",\"entry\":[{}]}"] {
        let answer = deliver(&webhooks, odd.as_bytes()).await?;
        let expected = json!({"status": "ok", "received": 1, "stored": 0, "duplicates": 0, "ignored": 0, "parked": 1});
        assert_eq!((answer.status, answer.json()), (200, expected), "{odd}");
    }
    assert_eq!(world.item_counts().await?, empty, "nothing is stored");

    large.truncate(CAP);
    let answer = post(&webhooks, Some(&signature(&large)), &large).await?;
    assert_eq!(
        (answer.status, answer.json()["stored"].as_u64()),
        (200, Some(1)),
        "three MiB are fine"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_handshake_answers_exactly_the_challenge_and_only_to_the_right_token() -> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let ask = async |query: &str| {
        webhooks
            .http("GET", &format!("{WHATSAPP}?{query}"), &[], b"")
            .await
    };
    let right =
        ask("hub.mode=subscribe&hub.verify_token=dev-verify-token&hub.challenge=1158201444")
            .await?;
    assert_eq!((right.status, right.text()), (200, "1158201444".to_owned()));
    for wrong in [
        "hub.mode=subscribe&hub.verify_token=dev-verify-toke&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=&hub.challenge=1",
        "hub.mode=unsubscribe&hub.verify_token=dev-verify-token&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=dev-verify-token",
        "",
    ] {
        let answer = ask(wrong).await?;
        assert_eq!(
            refusal(&answer),
            (403, "verify-token-mismatch".to_owned()),
            "{wrong}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_opens_to_access_tokens_only_and_names_what_is_wrong_with_a_body() -> Result<()> {
    let world = World::start().await?;
    let desk = Desk::open(&world).await?;
    let nobody = desk
        .function()
        .http("GET", "/api/tickets", &[], b"")
        .await?;
    assert_eq!(nobody.status, 401);
    let id_token = world.agent_id_token().await?;
    let mut forged = desk.token().to_owned();
    forged.truncate(forged.len() - 8);
    for token in [id_token.as_str(), "garbage", "a.b.c", forged.as_str()] {
        let answer = call(desk.function(), token, "GET", "/api/tickets", None).await?;
        assert_eq!(refusal(&answer).0, 401, "{}", answer.text());
    }

    let right = json!({
        "source": {"channel": "whatsapp", "origin_platform_id": "15550100"},
        "customer": {"name": "Ann"}, "subject": "Kettle", "initial_message": "It is broken."
    });
    let with = |pointer: &str, value: Value| {
        let mut body = right.clone();
        if let Some((parent, name)) = pointer.rsplit_once('/')
            && let Some(parent) = body.pointer_mut(parent)
        {
            parent[name] = value;
        }
        body
    };
    for (pointer, value, status) in [
        ("/colour", json!("red"), 400),
        ("/source/channel", json!("pigeon"), 422),
        ("/subject", json!(7), 422),
        ("/subject", json!("x".repeat(256)), 422),
        ("/initial_message", json!("  "), 422),
        (
            "/customer/channel_identity",
            json!("whatsapp:15550999"),
            422,
        ),
    ] {
        let body = with(pointer, value);
        let answer = desk.call("POST", "/api/tickets/create", Some(body)).await?;
        assert_eq!(refusal(&answer).0, status, "{pointer}: {}", answer.text());
        assert_eq!(
            answer.json()["errors"][0]["pointer"],
            pointer,
            "{}",
            answer.text()
        );
    }
    for (method, path) in [
        ("GET", "/api/tickets/42"),
        ("GET", "/api/tickets?cursor=garbage"),
        ("GET", "/api/tickets?limit=101"),
        ("GET", "/api/tickets?colour=red"),
        ("POST", "/api/tickets/create"),
    ] {
        let answer = desk.call(method, path, None).await?;
        assert_eq!(refusal(&answer).0, 400, "{path}: {}", answer.text());
    }
    assert_eq!(world.item_counts().await?, [0; 4], "nothing is stored");
    let made = desk
        .call("POST", "/api/tickets/create", Some(right.clone()))
        .await?;
    assert_eq!(made.status, 201, "{}", made.text());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_a_million_characters_is_kept_whole() -> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let desk = Desk::open(&world).await?;
    let long: String = "Grüße ".chars().cycle().take(1_000_000).collect();
    let body = delivery(ACCOUNT, &[text("15550100", "wamid.in-1", &long)], &[]);
    assert_eq!(deliver(&webhooks, &body).await?.json()["stored"], 1);
    assert_eq!(deliver(&webhooks, &body).await?.json()["duplicates"], 1);

    let id = desk.ticket_of("15550100").await?;
    let ticket = desk.ticket(&id).await?;
    let message = &ticket["timeline"][0];
    assert_eq!(message["content_truncated"], true);
    let shown = message["content"].as_str().unwrap_or_default();
    assert!(long.starts_with(shown) && (1_000..=8 * 1024).contains(&shown.len()));
    let attachments = message["attachments"].as_array().map(Vec::len);
    let attachment = &message["attachments"][0];
    assert_eq!(
        (
            attachments,
            &attachment["state"],
            &attachment["mime_type"],
            &attachment["size_bytes"]
        ),
        (
            Some(1),
            &json!("stored"),
            &json!("text/plain"),
            &json!(long.len())
        )
    );
    let url = attachment["url"].as_str().unwrap_or_default();
    let whole = reqwest::get(url).await?.error_for_status()?.text().await?;
    assert!(whole == long, "{} of {} bytes", whole.len(), long.len());
    Ok(())
}
