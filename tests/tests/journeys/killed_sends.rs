//! The relay is killed between two steps of a send by Messenger and by mail, as `killed` does for WhatsApp.

use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tributary_edge::auth::basic;
use tributary_journeys::bucket_door::FORM;
use tributary_journeys::desk::Desk;
use tributary_journeys::facebook;
use tributary_journeys::mail::form;
use tributary_journeys::provider::{Behaviour, Call};
use tributary_journeys::runtime_api::{HttpAnswer, Lambda};
use tributary_journeys::sweeps::{begin_sweep, kill_before_the_call};
use tributary_journeys::world::{World, sweep};

const ANSWER: &str = "Here we are.";

/// What carries the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Messenger,
    Mail,
}

impl By {
    const ALL: [Self; 2] = [Self::Messenger, Self::Mail];

    fn customer(self) -> &'static str {
        match self {
            Self::Messenger => "7001234567890123",
            Self::Mail => "ann@example.org",
        }
    }

    /// A customer writes.
    async fn write(self, webhooks: &Lambda) -> Result<HttpAnswer> {
        let from = self.customer();
        match self {
            Self::Messenger => {
                let text = facebook::text(from, "m_1", "Hello?");
                facebook::deliver(webhooks, &facebook::body(facebook::PAGE, &[text])).await
            }
            Self::Mail => {
                let mail = format!(
                    "From: <{from}>\r\nTo: support@example.com\r\nSubject: Hello\r\n\
                     Message-ID: <killed-1@example.org>\r\n\r\nHello?"
                );
                let body = form(from, mail.as_bytes());
                post(webhooks, "/api/webhooks/email", FORM, &body).await
            }
        }
    }

    /// The provider's word that it took what it was called with.
    async fn tell(self, webhooks: &Lambda, call: &Call) -> Result<HttpAnswer> {
        match self {
            Self::Messenger => {
                let mark = &call.body["message"]["metadata"];
                let echo = facebook::echo(self.customer(), &call.id, mark);
                facebook::deliver(webhooks, &facebook::body(facebook::PAGE, &[echo])).await
            }
            Self::Mail => {
                let mut event = call.body["personalizations"][0]["custom_args"].clone();
                event["event"] = json!("processed");
                event["email"] = json!(self.customer());
                event["sg_message_id"] = json!(format!("{}.recvd-1", call.id));
                event["timestamp"] = json!(1_793_000_000);
                let body = json!([event]).to_string();
                let path = "/api/webhooks/email/events";
                post(webhooks, path, "application/json", body.as_bytes()).await
            }
        }
    }
}

/// Posts to one of mail's doors.
async fn post(
    webhooks: &Lambda,
    path: &str,
    content_type: &str,
    body: &[u8],
) -> Result<HttpAnswer> {
    let authorization = basic::header("sendgrid", "dev-sendgrid-inbound");
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", content_type),
    ];
    let answer = webhooks.http("POST", path, &headers, body);
    Ok(answer.await?)
}

/// A world in which a customer has written and an agent has answered.
struct Answered {
    world: World,
    webhooks: Lambda,
    desk: Desk,
    id: String,
    answer: String,
}

impl Answered {
    async fn new(by: By, answer: &str) -> Result<Self> {
        let world = World::start().await?;
        let webhooks = world.function("webhooks").await?;
        let desk = Desk::open(&world).await?;
        let written = by.write(&webhooks).await?;
        assert_eq!(written.json()["stored"], 1, "{}", written.text());
        let id = desk.ticket_of(by.customer()).await?;
        desk.reply(&id, answer).await?;
        // A mail can be taken back for some seconds.
        world.let_sends_be_due(&id).await?;
        Ok(Self {
            world,
            webhooks,
            desk,
            id,
            answer: answer.to_owned(),
        })
    }

    async fn delivery(&self) -> Result<Value> {
        self.desk.delivery(&self.id, &self.answer).await
    }

    async fn state(&self) -> Result<Value> {
        Ok(self.delivery().await?["state"].clone())
    }

    /// The lease passes, and another relay looks at it, twice.
    async fn recover(&self) -> Result<()> {
        let relay = self.world.function("relay").await?;
        sweep(&relay).await?;
        assert_eq!(self.state().await?, "sending", "the lease still runs");
        self.world.let_sends_be_due(&self.id).await?;
        sweep(&relay).await?;
        sweep(&relay).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_killed_between_its_announcement_and_the_call_never_sends_it_by_itself()
-> Result<()> {
    for by in By::ALL {
        let told = Answered::new(by, ANSWER).await?;
        kill_before_the_call(&told.world).await?;
        told.recover().await?;
        let delivery = told.delivery().await?;
        assert_eq!(delivery["state"], "unknown", "{by:?}");
        assert_eq!(delivery["error"]["code"], "interrupted", "{by:?}");
        assert!(told.world.provider.calls().is_empty(), "{by:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_killed_before_the_answer_sends_nothing_twice_and_the_providers_word_settles_it()
-> Result<()> {
    for by in By::ALL {
        let told = Answered::new(by, ANSWER).await?;
        told.world.provider.behave(&[Behaviour::AcceptAndHang]);
        let relay = Arc::new(told.world.function("relay").await?);
        let sweeping = begin_sweep(&relay);
        let calls = told.world.provider.called(1).await?;
        relay.kill().await;
        assert!(sweeping.await?.is_err());
        told.recover().await?;
        assert_eq!(told.state().await?, "unknown", "{by:?}");
        for expected in ["stored", "duplicates"] {
            let answer = by.tell(&told.webhooks, &calls[0]).await?;
            assert_eq!(answer.json()[expected], 1, "{by:?}: {}", answer.text());
            assert_eq!(told.state().await?, "sent", "{by:?}");
        }
        assert_eq!(told.world.provider.calls().len(), 1, "{by:?}");
        assert!(told.world.sends(&told.id).await?.is_empty(), "{by:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_killed_between_two_parts_sends_neither_again_and_the_rest_on_an_agents_word()
-> Result<()> {
    let parts = ["a", "b", "c"].map(|letter| letter.repeat(2000));
    let told = Answered::new(By::Messenger, &parts.concat()).await?;
    let provider = &told.world.provider;
    provider.behave(&[Behaviour::Accept, Behaviour::AcceptAndHang]);
    let relay = Arc::new(told.world.function("relay").await?);
    let sweeping = begin_sweep(&relay);
    let calls = provider.called(2).await?;
    relay.kill().await;
    assert!(sweeping.await?.is_err());
    told.recover().await?;
    assert_eq!(told.state().await?, "unknown");
    let answer = By::Messenger.tell(&told.webhooks, &calls[1]).await?;
    assert_eq!(answer.json()["stored"], 1, "{}", answer.text());
    let delivery = told.delivery().await?;
    assert_eq!(
        (&delivery["state"], &delivery["error"]["code"]),
        (&json!("failed"), &json!("not-sent")),
        "the third part was not sent"
    );
    let ticket = told.desk.ticket(&told.id).await?;
    let message = ticket["timeline"].as_array().and_then(|t| t.last());
    let message = message.context("no message")?["message_id"].as_str();
    let path = format!(
        "/api/tickets/{}/message/{}/retry",
        told.id,
        message.context("no id")?
    );
    let again = told.desk.call("POST", &path, None).await?;
    assert_eq!(again.status, 200, "{}", again.text());
    sweep(&told.world.function("relay").await?).await?;
    let texts: Vec<Value> = provider
        .calls()
        .iter()
        .map(|call| call.body["message"]["text"].clone())
        .collect();
    assert_eq!(texts, parts, "each part once");
    assert_eq!(told.state().await?, "sent");
    Ok(())
}
