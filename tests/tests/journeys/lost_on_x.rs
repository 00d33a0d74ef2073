//! X's answer to a message gets lost: the relay looks in the conversation, and sends nothing by itself.

use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tributary_journeys::desk::Desk;
use tributary_journeys::provider::{Behaviour, Provider};
use tributary_journeys::runtime_api::Lambda;
use tributary_journeys::twitter::{USER, deliver, direct_message};
use tributary_journeys::world::{World, sweep};

const CUSTOMER: &str = "4400000000000001";
const ANSWER: &str = "Here we are.";

/// A world in which a customer wrote, an agent answered, and the relay was killed before X did.
struct Lost {
    world: World,
    webhooks: Lambda,
    desk: Desk,
    id: String,
}

impl Lost {
    async fn new(behaviour: Behaviour) -> Result<Self> {
        let world = World::start().await?;
        let webhooks = world.function("webhooks").await?;
        let desk = Desk::open(&world).await?;
        let hello = direct_message(CUSTOMER, USER, "1001", "Hello?");
        let written = deliver(&webhooks, &[hello]).await?;
        assert_eq!(written.json()["stored"], 1, "{}", written.text());
        let id = desk.ticket_of(CUSTOMER).await?;
        desk.reply(&id, ANSWER).await?;
        world.provider.behave(&[behaviour]);
        let relay = Arc::new(world.function("relay").await?);
        let sweeping = tokio::spawn({
            let relay = Arc::clone(&relay);
            async move { sweep(&relay).await }
        });
        world.provider.called(1).await?;
        relay.kill().await;
        assert!(sweeping.await?.is_err());
        Ok(Self {
            world,
            webhooks,
            desk,
            id,
        })
    }

    fn x(&self) -> &Provider {
        &self.world.provider
    }

    async fn delivery(&self) -> Result<Value> {
        self.desk.delivery(&self.id, ANSWER).await
    }

    /// The lease passes, and another relay finds that nobody knows.
    async fn becomes_unknown(&self, relay: &Lambda) -> Result<()> {
        self.world.let_sends_be_due(&self.id).await?;
        sweep(relay).await?;
        assert_eq!(self.delivery().await?["state"], "unknown");
        sweep(relay).await?;
        assert_eq!(self.x().looks_on_x(), 0, "a call may be under way still");
        Ok(())
    }

    /// Time passes until the relay looks.
    async fn look(&self, relay: &Lambda) -> Result<()> {
        self.world.let_errands_be_due(&self.id).await?;
        sweep(relay).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_x_took_is_found_in_the_conversation_and_was_sent_exactly_once() -> Result<()> {
    let lost = Lost::new(Behaviour::AcceptAndHang).await?;
    let relay = lost.world.function("relay").await?;
    lost.becomes_unknown(&relay).await?;
    lost.look(&relay).await?;
    assert_eq!(lost.x().looks_on_x(), 1);
    assert_eq!(lost.delivery().await?["state"], "sent");
    assert_eq!(
        lost.world.errands(&lost.id).await?,
        0,
        "nothing is left to look for"
    );
    assert!(lost.world.sends(&lost.id).await?.is_empty());

    // X's own copy comes late, and tells nothing new.
    let written = lost.x().written_on_x();
    let id = written[0]["id"].as_str().context("no id")?;
    let copy = direct_message(USER, CUSTOMER, id, ANSWER);
    let told = deliver(&lost.webhooks, &[copy]).await?;
    assert_eq!(told.json()["duplicates"], 1, "{}", told.text());
    sweep(&relay).await?;
    assert_eq!(lost.delivery().await?["state"], "sent");
    assert_eq!(lost.x().written_on_x().len(), 1);
    assert_eq!(lost.x().calls().len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_x_did_not_take_stays_unknown_until_an_agent_sends_it_again() -> Result<()> {
    let lost = Lost::new(Behaviour::Hang).await?;
    let relay = lost.world.function("relay").await?;
    lost.becomes_unknown(&relay).await?;
    for look in 1..=2 {
        lost.look(&relay).await?;
        assert_eq!(lost.x().looks_on_x(), look);
        let delivery = lost.delivery().await?;
        assert_eq!(delivery["state"], "unknown", "absence proves nothing");
        assert_eq!(delivery["actions"], json!(["arrived", "retry"]));
    }
    lost.look(&relay).await?;
    assert_eq!(lost.x().looks_on_x(), 2, "X bills each");
    assert_eq!(lost.world.errands(&lost.id).await?, 0);
    assert_eq!(lost.x().calls().len(), 1, "nothing is sent by itself");

    let ticket = lost.desk.ticket(&lost.id).await?;
    let message = ticket["timeline"].as_array().and_then(|t| t.last());
    let message = message.and_then(|m| m["message_id"].as_str());
    let message = message.context("no message")?;
    let path = format!("/api/tickets/{}/message/{message}/retry", lost.id);
    let again = lost.desk.call("POST", &path, None).await?;
    assert_eq!(again.status, 200, "{}", again.text());
    sweep(&relay).await?;
    assert_eq!(lost.delivery().await?["state"], "sent");
    assert_eq!(lost.x().written_on_x().len(), 1, "X has it once");
    Ok(())
}
