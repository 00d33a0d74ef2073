//! The HTML of mails, short and long.

use serde_json::json;
use tributary_domain::attachment::{Attachment, AttachmentKind, AttachmentState};
use tributary_domain::message::Html;
use tributary_domain::ports::Blobs;
use tributary_domain::{AttachmentId, Surroundings};

use crate::scene::Scene;

fn picture(scene: &Scene) -> Attachment {
    Attachment {
        id: AttachmentId::generate(scene.surroundings.now(), 1),
        kind: AttachmentKind::Image,
        state: AttachmentState::Stored,
        source: None,
        blob_key: Some("attachments/1".to_owned()),
        name: Some("box.png".to_owned()),
        mime_type: Some("image/png".to_owned()),
        size_bytes: Some(10),
    }
}

/// A ticket whose first entry has a picture and this HTML.
async fn ticket_with(scene: &Scene, html: impl Fn(&Attachment) -> Html) -> String {
    let id = scene.ticket_of("15550100").await;
    let mut ticket = scene.stored(&id);
    let message = ticket.window.at_mut(1).expect("the first");
    message.attachments = vec![picture(scene)];
    message.html = Some(html(&message.attachments[0]));
    scene.store.replace_ticket(ticket);
    id
}

#[tokio::test]
async fn the_pictures_of_a_mail_have_addresses_in_its_html() {
    let scene = Scene::open().await;
    let id = ticket_with(&scene, |picture| {
        Html::Here(format!("<img src=\"attachment:{}\">", picture.id))
    })
    .await;
    let ticket = scene.get(&format!("/api/tickets/{id}")).await;
    let message = &ticket.json["timeline"][0];
    let url = message["attachments"][0]["url"].as_str().expect("a URL");
    let escaped = url.replace('&', "&amp;");
    assert_eq!(message["html"], format!("<img src=\"{escaped}\">"));
    let path = format!("/api/tickets/{id}/timeline/1/html");
    let alone = scene.get(&path).await;
    assert_eq!(
        (alone.status.as_u16(), &alone.json["html"]),
        (200, &message["html"])
    );
}

#[tokio::test]
async fn long_html_is_fetched_on_demand() {
    let scene = Scene::open().await;
    let key = "html/1.html";
    let kept = "<p>Long</p>";
    let put = scene.blobs.put(key, "text/html", kept.into()).await;
    put.expect("stored");
    let id = ticket_with(&scene, |_| Html::Kept {
        blob_key: key.to_owned(),
        size_bytes: 11,
    })
    .await;
    let ticket = scene.get(&format!("/api/tickets/{id}")).await;
    assert_eq!(ticket.json["timeline"][0]["html"], json!(null));
    let path = format!("/api/tickets/{id}/timeline/1/html");
    assert_eq!(scene.get(&path).await.json, json!({"html": kept}));
}

#[tokio::test]
async fn what_has_no_html_says_so() {
    let scene = Scene::open().await;
    let id = scene.ticket_of("15550100").await;
    let at = |position: &str| format!("/api/tickets/{id}/timeline/{position}/html");
    scene.get(&at("1")).await.is_problem(404, "not-found");
    scene.get(&at("99")).await.is_problem(404, "not-found");
    for position in ["0", "-1", "x", "99999999999999999999999"] {
        scene.get(&at(position)).await.is_problem(400, "invalid-id");
    }
    let nobodys = "/api/tickets/tkt_01arz3ndektsv4rrffq69g5fav/timeline/1/html";
    scene.get(nobodys).await.is_problem(404, "ticket-not-found");
}
