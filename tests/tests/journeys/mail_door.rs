//! Mail through both doors: posted to the webhooks function, and put into the bucket as API Gateway does.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tributary_edge::auth::basic;
use tributary_edge::auth::sendgrid_signature::{SIGNATURE_HEADER, Signer, TIMESTAMP_HEADER};
use tributary_journeys::bucket_door::{BucketDoor, FORM, TIMESTAMP};
use tributary_journeys::desk::{Desk, messages};
use tributary_journeys::mail::form;
use tributary_journeys::runtime_api::InvocationError;
use tributary_journeys::secrets::hold;
use tributary_journeys::world::World;
use tributary_local::stack::BUCKET;

/// A mail as Inbound Parse posts it in raw mode, with bytes that are no UTF-8.
fn mail(from: &str, subject: &str) -> Vec<u8> {
    let head = format!(
        "From: <{from}>\r\nTo: support@example.com\r\nSubject: {subject}\r\n\
         Message-ID: <{subject}@example.org>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    );
    form(from, &[head.as_bytes(), b"Caf\xe9 closed?"].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_in_the_bucket_becomes_a_ticket_once_and_is_taken_out() -> Result<()> {
    let world = World::start().await?;
    let door = BucketDoor::open(&world, "bucket-signed").await?;
    let (key, body) = (
        "mail/inbox/JJbxmplHIAMFfZg=",
        mail("ann@example.org", "bucket-1"),
    );
    let signature = door.signer.sign(TIMESTAMP, &body)?;
    door.store(key, &body, Some(&signature), "to-be-signed")
        .await?;
    door.tell(key).await?;
    ensure!(door.keys(key).await?.is_empty(), "the mail is still there");

    let desk = Desk::open(&world).await?;
    let id = desk.ticket_of("ann@example.org").await?;
    let ticket = desk.ticket(&id).await?;
    let said: Vec<&Value> = messages(&ticket).map(|m| &m["content"]).collect();
    assert_eq!(said, ["Café closed?"]);

    // S3 may tell twice, and a mail may be stored twice when the gateway's answer got lost.
    door.tell(key).await?;
    door.store(key, &body, Some(&signature), "to-be-signed")
        .await?;
    door.tell(key).await?;
    ensure!(
        door.keys(key).await?.is_empty(),
        "the repetition is still there"
    );
    assert_eq!(desk.list().await?.len(), 1);
    assert_eq!(desk.ticket(&id).await?["message_count"], 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_mail_goes_to_quarantine_and_can_be_taken_from_there() -> Result<()> {
    let world = World::start().await?;
    let door = BucketDoor::open(&world, "bucket-forged").await?;
    let desk = Desk::open(&world).await?;
    let body = mail("eve@example.org", "bucket-2");
    let others = Signer::generate()?.sign(TIMESTAMP, &body)?;
    for (name, signature, admitted) in [
        ("forged-key", Some(others.as_str()), "to-be-signed"),
        ("forged-none", None, "to-be-signed"),
        // Nothing but what the authorizer says is a proof, so nothing else is.
        ("forged-word", None, "by-magic"),
    ] {
        let key = format!("mail/inbox/{name}");
        door.store(&key, &body, signature, admitted).await?;
        door.tell(&key).await?;
        ensure!(door.keys(&key).await?.is_empty(), "{name} is still there");
        door.tell(&key).await?;
        let kept = door.keys(&format!("mail/quarantine/{name}")).await?;
        assert_eq!(kept.len(), 1, "{name}");
    }
    assert_eq!(desk.list().await?.len(), 0);
    door.mail.kill().await;
    let lines = door.mail.lines();
    let told = lines.iter().filter(|l| l.contains("a mail is quarantined"));
    assert_eq!(told.count(), 3);
    assert!(
        lines
            .iter()
            .all(|l| !l.contains("eve@") && !l.contains(&others))
    );

    // What was set aside keeps what is known of it, so it can be moved back once the key is right.
    let name = "forged-none";
    let source = format!("{BUCKET}/mail/quarantine/{name}");
    let back = format!("mail/inbox/{name}");
    let copied = door.s3.copy_object().bucket(BUCKET).key(&back);
    copied.copy_source(source).send().await?;
    let object = door
        .s3
        .get_object()
        .bucket(BUCKET)
        .key(&back)
        .send()
        .await?;
    let metadata = object.metadata().context("no metadata")?;
    assert_eq!(metadata["timestamp"], TIMESTAMP);
    assert_eq!(object.content_type(), Some(FORM));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_the_authorizer_proved_needs_no_signature() -> Result<()> {
    let world = World::start().await?;
    let door = BucketDoor::open(&world, "bucket-basic").await?;
    let (key, body) = ("mail/inbox/basic", mail("bob@example.org", "bucket-3"));
    door.store(key, &body, None, "by-basic").await?;
    door.tell(key).await?;
    let desk = Desk::open(&world).await?;
    desk.ticket_of("bob@example.org").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn while_something_of_ours_is_away_the_mail_stays_and_is_told_of_again() -> Result<()> {
    let world = World::start().await?;
    let door = BucketDoor::open(&world, "bucket-away").await?;
    let (key, body) = ("mail/inbox/away", mail("cid@example.org", "bucket-4"));
    let signature = door.signer.sign(TIMESTAMP, &body)?;
    door.store(key, &body, Some(&signature), "to-be-signed")
        .await?;
    for broken in [
        ("SECRETS_PREFIX", "nobody"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1"),
    ] {
        let prefix = ("SECRETS_PREFIX", "bucket-away");
        let differs = [prefix, broken];
        let mail = world.function_with("mail", &differs).await?;
        let away = BucketDoor {
            mail,
            s3: door.s3.clone(),
            signer: Signer::generate()?,
        };
        let told = away.tell(key).await;
        ensure!(
            matches!(told, Err(InvocationError::Failed { .. })),
            "{broken:?}: {told:?}"
        );
        assert_eq!(door.keys(key).await?.len(), 1, "{broken:?}");
    }
    door.tell(key).await?;
    assert_eq!(door.keys(key).await?.len(), 0);
    let desk = Desk::open(&world).await?;
    desk.ticket_of("cid@example.org").await?;
    Ok(())
}

/// What the gateway asks its authorizer with.
fn question(headers: &[(&str, &str)]) -> Value {
    let headers: serde_json::Map<String, Value> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!([value])))
        .collect();
    json!({"type": "REQUEST", "httpMethod": "POST", "path": "/api/webhooks/email",
        "methodArn": "arn:aws:execute-api:us-east-1:1:api/v1/POST/api/webhooks/email",
        "multiValueHeaders": headers})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authorizer_knows_user_and_password_and_leaves_the_rest_to_the_signature() -> Result<()>
{
    let world = World::start().await?;
    let (right, wrong) = (
        basic::header("sendgrid", "dev-sendgrid-inbound"),
        basic::header("sendgrid", "guessed"),
    );
    let by_basic = world.function("mail-authorizer").await?;
    let effect = |answer: &Value| answer["policyDocument"]["Statement"][0]["Effect"].clone();
    let answer = by_basic
        .invoke(question(&[("Authorization", &right)]))
        .await?;
    assert_eq!(effect(&answer), "Allow");
    assert_eq!(answer["context"]["admitted"], "by-basic");
    for headers in [&[][..], &[("Authorization", &*wrong)]] {
        let answer = by_basic.invoke(question(headers)).await?;
        assert_eq!(effect(&answer), "Deny");
        assert_eq!(answer["context"], Value::Null);
    }

    let signer = Signer::generate()?;
    let secret =
        json!({"api_key": "k", "inbound_public_key": signer.public_key()?, "basic_auth": "a:b"});
    hold(&world, "authorizer-signed/sendgrid", &secret).await?;
    hold(&world, "authorizer-bare/sendgrid", &json!({"api_key": "k"})).await?;
    let prefix = |name| [("SECRETS_PREFIX", name)];
    let by_signature = world
        .function_with("mail-authorizer", &prefix("authorizer-signed"))
        .await?;
    let answer = by_signature.invoke(question(&[])).await?;
    assert_eq!(effect(&answer), "Allow");
    assert_eq!(answer["context"]["admitted"], "to-be-signed");

    // No word is a 5xx at the gateway; a "no" would lose the mail.
    for name in ["authorizer-bare", "authorizer-none"] {
        let blind = world
            .function_with("mail-authorizer", &prefix(name))
            .await?;
        let answer = blind.invoke(question(&[("Authorization", &right)])).await;
        ensure!(
            matches!(answer, Err(InvocationError::Failed { .. })),
            "{answer:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_posted_becomes_a_ticket_and_what_becomes_of_the_answer_is_told()
-> Result<()> {
    let world = World::start().await?;
    let webhooks = world.function("webhooks").await?;
    let desk = Desk::open(&world).await?;
    let authorization = basic::header("sendgrid", "dev-sendgrid-inbound");
    let proof = ("authorization", authorization.as_str());
    let body = mail("dan@example.org", "posted-1");
    let headers = [proof, ("content-type", FORM)];
    let path = "/api/webhooks/email";
    for (stored, duplicates) in [(1, 0), (0, 1)] {
        let answer = webhooks.http("POST", path, &headers, &body).await?;
        let expected = json!({"status": "ok", "received": 1, "stored": stored, "duplicates": duplicates,
            "ignored": 0, "parked": 0});
        assert_eq!((answer.status, answer.json()), (200, expected));
    }
    let forged = [
        ("content-type", FORM),
        (SIGNATURE_HEADER, "eA=="),
        (TIMESTAMP_HEADER, "1"),
    ];
    let answer = webhooks.http("POST", path, &forged, &body).await?;
    assert_eq!(answer.status, 401, "{}", answer.text());

    let id = desk.ticket_of("dan@example.org").await?;
    desk.reply(&id, "It opens at nine.").await?;
    let relay = std::sync::Arc::new(world.function("relay").await?);
    let _player = world.play_stream_to(std::sync::Arc::clone(&relay)).await?;
    // A mail can be taken back for five seconds.
    let _wakes = world.play_wakes_to(relay);
    let sent = world.provider.called(1).await?;
    let mark = &sent[0].body["personalizations"][0]["custom_args"]["desk_msg"];
    let event = |name: &str| {
        json!({"event": name, "email": "dan@example.org", "timestamp": 1_793_000_000,
        "sg_message_id": "x.y", "desk_msg": mark})
    };
    let mut bounce = event("bounce");
    bounce["status"] = json!("5.1.1");
    bounce["reason"] = json!("550 5.1.1 <dan@example.org> unknown");
    let body = json!([event("processed"), bounce, event("deferred")]).to_string();
    let headers = [proof, ("content-type", "application/json")];
    let path = "/api/webhooks/email/events";
    let answer = webhooks
        .http("POST", path, &headers, body.as_bytes())
        .await?;
    let expected = json!({"status": "ok", "received": 3, "stored": 2, "duplicates": 0, "ignored": 1, "parked": 0});
    assert_eq!((answer.status, answer.json()), (200, expected));
    let delivery = desk.delivery(&id, "It opens at nine.").await?;
    assert_eq!(delivery["state"], "failed");
    assert_eq!(delivery["error"]["code"], "5.1.1");
    assert!(!delivery.to_string().contains('@'));
    Ok(())
}
