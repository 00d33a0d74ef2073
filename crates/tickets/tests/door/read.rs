//! Reading a ticket and its timeline.

use http::Method;
use serde_json::json;
use tributary_domain::attachment::{Attachment, AttachmentKind, AttachmentState};
use tributary_domain::delivery::{Delivery, DeliveryError, DeliveryState};
use tributary_domain::message::{Html, Reaction};
use tributary_domain::{AttachmentId, SenderType, Surroundings, TicketId};

use crate::scene::{Call, Scene};

const NONE: &str = "tkt_01arz3ndektsv4rrffq69g5fav";

#[tokio::test]
async fn a_ticket_shows_every_field_of_the_contract() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    scene.message(&id, json!({"content": "On its way."})).await;
    let mut ticket = scene.stored(&id);
    let now = scene.surroundings.now();
    ticket.snoozed_until = Some(now);
    ticket.merged_into = TicketId::parse(NONE).ok();
    ticket.custom_fields.insert("order".to_owned(), json!(7));
    ticket.last_customer_message_at = Some(now);
    let last = ticket.last_position;
    let message = ticket.window.at_mut(last).expect("the reply");
    let mut delivery = Delivery::queued(now, 1);
    delivery.advance(
        0,
        DeliveryState::Failed,
        now,
        Some(DeliveryError {
            code: "131047".to_owned(),
            message: "More than 24 hours have passed.".to_owned(),
            hint: "Send a template.".to_owned(),
        }),
    );
    message.delivery = Some(delivery);
    message.reactions.push(Reaction {
        emoji: Some("🙏".to_owned()),
        sender_type: SenderType::Customer,
        by: "15550100".to_owned(),
        at: now,
    });
    let file = |random, state, blob_key: Option<&str>| Attachment {
        id: AttachmentId::generate(now, random),
        kind: AttachmentKind::Image,
        state,
        source: None,
        blob_key: blob_key.map(str::to_owned),
        name: Some("box.jpg".to_owned()),
        mime_type: Some("image/jpeg".to_owned()),
        size_bytes: Some(1234),
    };
    message.attachments = vec![
        file(1, AttachmentState::Stored, Some("files/box.jpg")),
        file(2, AttachmentState::Pending, None),
    ];
    message.html = Some(Html::Here("<p>On its way.</p>".to_owned()));
    message.reply_to = Some("wamid.1".to_owned());
    message.edited_at = Some(now);
    message.deleted_at = Some(now);
    message
        .channel_specific_data
        .insert("a".to_owned(), json!("b"));
    scene.store.replace_ticket(ticket);
    let answer = scene.get(&format!("/api/tickets/{id}")).await;
    assert_eq!(answer.status, 200);
    insta::assert_json_snapshot!(answer.numbered());
}

#[tokio::test]
async fn the_tag_is_the_version_and_saves_a_client_that_has_it_the_body() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let path = format!("/api/tickets/{id}");
    let tag = scene.get(&path).await.etag();
    assert_eq!(tag, "\"1\"");
    let conditional = || Call::new(Method::GET, &path).header("if-none-match", &tag);
    let unchanged = scene.send(conditional()).await;
    assert_eq!(
        (unchanged.status.as_u16(), unchanged.etag()),
        (304, tag.clone())
    );
    assert!(unchanged.json.is_null());
    scene.message(&id, json!({"content": "Hello"})).await;
    let changed = scene.send(conditional()).await;
    assert_eq!(
        (changed.status.as_u16(), changed.etag().as_str()),
        (200, "\"2\"")
    );
}

#[tokio::test]
async fn what_is_no_id_is_400_and_what_is_not_there_404() {
    let scene = Scene::open().await;
    for path in [
        "/api/tickets/tkt_1",
        "/api/tickets/%ff",
        "/api/tickets/cust_01arz3ndektsv4rrffq69g5fav",
    ] {
        scene.get(path).await.is_problem(400, "invalid-id");
    }
    let missing = scene.get(&format!("/api/tickets/{NONE}")).await;
    missing.is_problem(404, "ticket-not-found");
    assert_eq!(missing.json["instance"], format!("/api/tickets/{NONE}"));
    scene
        .get(&format!("/api/tickets/{NONE}/timeline"))
        .await
        .is_problem(404, "ticket-not-found");
    scene
        .message(NONE, json!({"content": "x"}))
        .await
        .is_problem(404, "ticket-not-found");
    scene
        .put(NONE, json!({"subject": "x"}))
        .await
        .is_problem(404, "ticket-not-found");
    scene
        .get(&format!("/api/tickets/{NONE}?x=1"))
        .await
        .is_problem(400, "invalid-parameter");
}

#[tokio::test]
async fn a_timeline_is_read_backwards_without_gap_or_repetition() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    for n in 0..75 {
        scene
            .message(
                &id,
                json!({"content": format!("note {n}"), "visibility": "internal"}),
            )
            .await;
    }
    let path = format!("/api/tickets/{id}/timeline");
    let mut page = scene.get(&path).await;
    let ticket = scene.get(&format!("/api/tickets/{id}")).await;
    assert_eq!(page.json["messages"], ticket.json["timeline"]);
    assert_eq!(page.json["older_timeline"], ticket.json["older_timeline"]);
    let mut positions: Vec<u64> = Vec::new();
    loop {
        let messages = page.json["messages"].as_array().expect("messages");
        let of_page = messages.iter().filter_map(|m| m["position"].as_u64());
        positions.splice(0..0, of_page);
        let Some(cursor) = page.json["older_timeline"].as_str() else {
            break;
        };
        page = scene.get(&format!("{path}?cursor={cursor}")).await;
    }
    assert_eq!(positions, (1..=76).collect::<Vec<u64>>());
}

#[tokio::test]
async fn a_timelines_cursor_is_good_for_its_ticket_only() {
    let scene = Scene::open().await;
    let (mine, other) = (
        scene.ticket_of("15550100").await,
        scene.ticket_of("15550199").await,
    );
    for n in 0..11 {
        scene
            .message(
                &mine,
                json!({"content": format!("{n}"), "visibility": "internal"}),
            )
            .await;
    }
    let cursor = scene
        .get(&format!("/api/tickets/{mine}"))
        .await
        .text("older_timeline");
    let on = |id: &str, cursor: &str| format!("/api/tickets/{id}/timeline?cursor={cursor}");
    assert_eq!(scene.get(&on(&mine, &cursor)).await.status, 200);
    scene
        .get(&on(&other, &cursor))
        .await
        .is_problem(400, "invalid-cursor");
    scene
        .get(&on(&mine, "e30"))
        .await
        .is_problem(400, "invalid-cursor");
}
