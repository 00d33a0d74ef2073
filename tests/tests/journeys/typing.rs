//! An agent types, and the customer sees it before the answer comes, not behind it.

use std::sync::Arc;

use anyhow::{Result, ensure};
use serde_json::json;
use tributary_journeys::desk::Desk;
use tributary_journeys::facebook;
use tributary_journeys::whatsapp;
use tributary_journeys::world::{World, deliver, sweep};

const ON_WHATSAPP: [&str; 2] = ["15550100", "15550199"];
const ON_MESSENGER: &str = "7001234567890123";

async fn types(desk: &Desk, id: &str) -> Result<()> {
    let path = format!("/api/tickets/{id}/typing");
    let heard = desk.call("POST", &path, None).await?;
    ensure!(heard.status == 204, "{}: {}", heard.status, heard.text());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_see_once_that_an_agent_types_and_nothing_behind_the_answer() -> Result<()> {
    let mut world = World::start().await?;
    let setting = (
        "TYPING_INDICATORS".to_owned(),
        "facebook,whatsapp".to_owned(),
    );
    world.environment.extend([setting]);
    let webhooks = world.function("webhooks").await?;
    let relay = Arc::new(world.function("relay").await?);
    let desk = Desk::open(&world).await?;
    let text = facebook::text(ON_MESSENGER, "m_1", "Hello?");
    facebook::deliver(&webhooks, &facebook::body(facebook::PAGE, &[text])).await?;
    let messenger = desk.ticket_of(ON_MESSENGER).await?;
    let hello = ON_WHATSAPP.map(|from| whatsapp::text(from, &format!("wamid.{from}"), "Hello?"));
    deliver(
        &webhooks,
        &whatsapp::delivery(whatsapp::ACCOUNT, &hello, &[]),
    )
    .await?;
    let answered = desk.ticket_of(ON_WHATSAPP[0]).await?;
    let waiting = desk.ticket_of(ON_WHATSAPP[1]).await?;
    sweep(&relay).await?;

    // Nobody listens yet: an answer comes before the relay hears that somebody typed it.
    types(&desk, &answered).await?;
    desk.reply(&answered, "Here we are.").await?;
    let playing = world.play_stream_to(Arc::clone(&relay)).await?;
    world.provider.called(1).await?;
    for _ in 0..3 {
        types(&desk, &messenger).await?;
    }
    let calls = world.provider.shown_typing(1).await?;
    assert_eq!(calls[0].path, "/v26.0/100001/messages");
    assert_eq!(calls[0].authorization, "Bearer dev-facebook-token");
    let typing = json!({"recipient": {"id": ON_MESSENGER}, "sender_action": "typing_on"});
    assert_eq!(calls[0].body, typing);

    types(&desk, &waiting).await?;
    let calls = world.provider.shown_typing(2).await?;
    let typing = json!({"messaging_product": "whatsapp", "status": "read",
        "message_id": "wamid.15550199", "typing_indicator": {"type": "text"}});
    assert_eq!(calls[1].body, typing);
    assert_eq!(world.provider.calls().len(), 1, "the answer once");
    playing.stop().await;
    Ok(())
}
