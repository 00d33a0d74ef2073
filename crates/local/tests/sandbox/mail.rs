//! Mail: what customers write, what they and others answer to ours, and what becomes of it.
use http::StatusCode;
use serde_json::{Value, json};

use crate::world::{Got, World};

const OURS: &str = "<desk.msg_1@reply.example.com>";

/// The desk mails somebody, as it does through SendGrid.
async fn mailed(world: &World, to: &str) -> StatusCode {
    let mail = json!({
        "personalizations": [{ "to": [{ "email": to }], "custom_args": { "desk_msg": "mark-3" } }],
        "from": { "email": "support@example.com" },
        "reply_to": { "email": "support+token@reply.example.com" },
        "subject": "Re: Where is it? [7K3M9Q2X]",
        "content": [{ "type": "text/plain", "value": "It is on its way.\nYours, Alex" }],
        "headers": { "Message-ID": OURS, "References": "<first@example.org>" },
    });
    let url = format!("{}/v3/mail/send", world.doubles);
    let call = world.client.post(url).bearer_auth("dev-sendgrid-key");
    call.json(&mail).send().await.unwrap().status()
}

async fn send(world: &World, customer: &str, body: Value) -> Value {
    let path = format!("/customers/{customer}/messages");
    let (status, message) = world.post(&path, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{message}");
    message
}

/// A field of a form.
fn field<'g>(got: &'g Got, name: &str) -> Option<&'g [u8]> {
    let kind = got.header("content-type");
    let (_, boundary) = kind.split_once("boundary=").unwrap();
    let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
    let end = format!("\r\n--{boundary}");
    let from = position(&got.raw, head.as_bytes())? + head.len();
    let rest = &got.raw[from..];
    Some(&rest[..position(rest, end.as_bytes())?])
}

fn position(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn text<'g>(got: &'g Got, name: &str) -> &'g str {
    std::str::from_utf8(field(got, name).unwrap()).unwrap()
}

/// A mail's source with the lines of its words as they were.
fn source(got: &Got) -> String {
    text(got, "email")
        .replace("=\r\n", "")
        .replace("\r\n", "\n")
}

#[tokio::test]
async fn a_new_mail_is_posted_raw_with_what_the_mail_server_knows_of_it() {
    let mut world = World::new().await;
    let body = json!({ "text": "Wo ist es?\nGrüße", "subject": "Größe 43" });
    let message = send(&world, "c6", body).await;
    assert_eq!(message["via"], "email");
    let got = world.got().await;
    assert_eq!(got.path, "/api/webhooks/email");
    let basic = "Basic c2VuZGdyaWQ6ZGV2LXNlbmRncmlkLWluYm91bmQ=";
    assert_eq!(got.header("authorization"), basic);
    let envelope: Value = serde_json::from_str(text(&got, "envelope")).unwrap();
    let expected = json!({ "to": ["support@example.com"], "from": "mara@example.org" });
    assert_eq!(envelope, expected);
    assert_eq!(text(&got, "SPF"), "pass");
    assert_eq!(text(&got, "dkim"), "{@example.org : pass}");
    let encoded = "\r\nSubject: =?UTF-8?B?R3LDtsOfZSA0Mw==?=\r\n";
    assert!(text(&got, "email").contains(encoded));
    let mail = source(&got);
    for line in [
        "From: \"Mara Novak\" <mara@example.org>\n",
        "To: support@example.com\n",
        "\nWo ist es?\nGr=C3=BC=C3=9Fe\n",
    ] {
        assert!(mail.contains(line), "{line} in {mail}");
    }
    let id = message["platform_message_id"].as_str().unwrap();
    assert!(mail.contains(&format!("Message-ID: <{id}>\n")));
}

#[tokio::test]
async fn mails_have_formatted_words_pictures_in_them_and_files_beside_them() {
    let mut world = World::new().await;
    let hostile = "<script>alert(1)</script>";
    send(&world, "c6", json!({ "kind": "html", "html": hostile })).await;
    assert!(source(&world.got().await).contains(hostile));
    send(&world, "c6", json!({ "kind": "image" })).await;
    let mail = source(&world.got().await);
    assert!(mail.contains("multipart/related") && mail.contains("src=3D\"cid:picture@sandbox\""));
    assert!(mail.contains("Content-ID: <picture@sandbox>"));
    send(&world, "c6", json!({ "kind": "file" })).await;
    let mail = source(&world.got().await);
    assert!(mail.contains("Content-Disposition: attachment; filename=\"receipt.pdf\""));
}

#[tokio::test]
async fn a_parsed_mail_has_each_field_in_bytes_of_its_own_charset() {
    let mut world = World::new().await;
    let body = json!({ "kind": "parsed", "text": "Müller", "subject": "Größe" });
    send(&world, "c6", body).await;
    let got = world.got().await;
    assert_eq!(field(&got, "subject"), Some(&b"Gr\x94\xe1e"[..]));
    assert_eq!(field(&got, "text"), Some(&b"M\xfcller"[..]));
    let charsets: Value = serde_json::from_str(text(&got, "charsets")).unwrap();
    assert_eq!(charsets["subject"], "CP850");
    assert!(field(&got, "email").is_none());
}

#[tokio::test]
async fn an_answer_goes_where_our_mail_asks_for_it_and_quotes_it_as_its_program_does() {
    for (customer, address) in [("c6", "mara@example.org"), ("c5", "chloe@example.com")] {
        let mut world = World::new().await;
        assert_eq!(mailed(&world, address).await, StatusCode::ACCEPTED);
        world.got().await;
        for (kind, subject, quote) in [
            (
                "reply_gmail",
                "Re: Where is it?",
                "<support@example.com> wrote:\n\n> It is on its way.\n> Yours",
            ),
            (
                "reply_outlook",
                "RE: Where is it?",
                "\nIt is on its way.\nYours, Alex",
            ),
            (
                "reply_apple",
                "Re: Where is it?",
                "support@example.com wrote:\n>=20\n> It is on",
            ),
        ] {
            let message = send(&world, customer, json!({ "kind": kind, "text": "Fine." })).await;
            assert_eq!(message["via"], "email");
            let got = world.got().await;
            assert_eq!(got.path, "/api/webhooks/email");
            assert_eq!(text(&got, "to"), "support+token@reply.example.com");
            let mail = source(&got);
            for line in [
                format!("In-Reply-To: {OURS}\n"),
                format!("References: <first@example.org> {OURS}\n"),
                format!("Subject: {subject} [7K3M9Q2X]\n"),
                quote.to_owned(),
            ] {
                assert!(mail.contains(&line), "{kind}: {line} in {mail}");
            }
        }
    }
}

#[tokio::test]
async fn strangers_and_machines_answer_too() {
    let mut world = World::new().await;
    mailed(&world, "mara@example.org").await;
    world.got().await;
    send(&world, "c6", json!({ "kind": "stranger" })).await;
    let got = world.got().await;
    assert!(text(&got, "from").contains("sam@elsewhere.example.net"));
    assert_eq!(text(&got, "SPF"), "softfail");
    assert!(source(&got).contains(&format!("In-Reply-To: {OURS}\n")));
    send(&world, "c6", json!({ "kind": "auto_reply" })).await;
    let mail = source(&world.got().await);
    assert!(mail.contains("Auto-Submitted: auto-replied\n"));
    send(&world, "c6", json!({ "kind": "bounce" })).await;
    let got = world.got().await;
    let envelope: Value = serde_json::from_str(text(&got, "envelope")).unwrap();
    assert_eq!(envelope["from"], "");
    let mail = source(&got);
    for line in [
        "report-type=delivery-status",
        "Action: failed\n",
        "Status: 5.1.1\n",
    ] {
        assert!(mail.contains(line), "{line}");
    }
    assert!(mail.contains(&format!("Message-ID: {OURS}\n")));
}

#[tokio::test]
async fn sendgrid_tells_that_a_mail_was_delivered_or_came_back() {
    let mut world = World::new().await;
    mailed(&world, "Mara@Example.org").await;
    let got = world.got().await;
    assert_eq!(got.path, "/api/webhooks/email/events");
    let basic = "Basic c2VuZGdyaWQ6ZGV2LXNlbmRncmlkLWluYm91bmQ=";
    assert_eq!(got.header("authorization"), basic);
    let event = got.body()[0].clone();
    let sent = world.state().await["messages"][0].clone();
    assert_eq!(
        [&event["event"], &event["desk_msg"], &event["smtp-id"]],
        ["delivered", "mark-3", OURS]
    );
    let id = sent["platform_message_id"].as_str().unwrap();
    assert!(event["sg_message_id"].as_str().unwrap().starts_with(id));
    assert_eq!([&sent["customer_id"], &sent["state"]], ["c6", "delivered"]);

    let fault = json!({ "fault": { "kind": "bounced", "times": 1 } });
    world.knobs("email", &fault).await;
    mailed(&world, "mara@example.org").await;
    let event = world.got().await.body()[0].clone();
    assert_eq!(
        [&event["event"], &event["status"], &event["desk_msg"]],
        ["bounce", "5.1.1", "mark-3"]
    );
    let messages = world.state().await["messages"].clone();
    assert_eq!(messages.as_array().unwrap().len(), 1, "nobody got it");
}

#[tokio::test]
async fn faults_of_mail_are_for_who_reads_it() {
    let mut world = World::new().await;
    world
        .knobs("web_chat", &json!({ "fault": { "kind": "server_error" } }))
        .await;
    assert_eq!(mailed(&world, "chloe@example.com").await.as_u16(), 500);
    assert_eq!(mailed(&world, "mara@example.org").await.as_u16(), 202);
    world.got().await;
    assert_eq!(mailed(&world, "new@example.net").await.as_u16(), 202);
    let state = world.state().await;
    let new = state["customers"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        [&new["channel"], &new["name"]],
        ["email", "new@example.net"]
    );
}
