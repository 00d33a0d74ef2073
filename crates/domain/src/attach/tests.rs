use super::*;
use crate::ports::Blobs;
use crate::scene::{Scene, agent};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

async fn uploaded(scene: &Scene, ticket: &TicketId, bytes: &[u8]) -> AttachmentId {
    let place = prepare(&scene.desk, &agent(), ticket)
        .await
        .expect("a place");
    let key = uploaded_key(ticket, &place.id);
    let put = scene.desk.blobs.put(&key, "x/y", bytes.to_vec());
    put.await.expect("put");
    place.id
}

fn named(id: &AttachmentId) -> NamedFile {
    NamedFile {
        id: id.clone(),
        name: "a.png".to_owned(),
    }
}

async fn tried(
    scene: &Scene,
    ticket: &TicketId,
    files: &[NamedFile],
) -> Result<Vec<Attachment>, String> {
    let attached = attach(&scene.desk, ticket, files, false).await;
    attached.map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_file_is_what_its_bytes_say_and_is_kept() {
    let (scene, ticket) = Scene::with_ticket().await;
    let id = uploaded(&scene, &ticket, PNG).await;
    let attached = tried(&scene, &ticket, &[named(&id)])
        .await
        .expect("attached");
    assert_eq!(attached[0].kind, AttachmentKind::Image);
    assert_eq!(attached[0].mime_type.as_deref(), Some("image/png"));
    assert_eq!(attached[0].size_bytes, Some(PNG.len() as u64));
    let key = format!("attachments/{id}");
    assert_eq!(
        scene.desk.blobs.get(&key).await.expect("reads").as_deref(),
        Some(PNG)
    );
}

#[tokio::test]
async fn a_file_of_another_ticket_or_of_none_is_not_sent() {
    let (scene, ticket) = Scene::with_ticket().await;
    let other = scene.x_ticket("5000").await;
    let id = uploaded(&scene, &other, PNG).await;
    let refused = tried(&scene, &ticket, &[named(&id)])
        .await
        .expect_err("refused");
    assert_eq!(refused, "was not uploaded for this ticket");
}

#[tokio::test]
async fn what_a_platform_does_not_take_is_said_before_it_is_sent() {
    let (scene, whatsapp) = Scene::with_ticket().await;
    let x = scene.x_ticket("5000").await;
    let large = [PNG, &vec![0; 5 * 1024 * 1024]].concat();
    let id = uploaded(&scene, &whatsapp, &large).await;
    let refused = tried(&scene, &whatsapp, &[named(&id)])
        .await
        .expect_err("refused");
    assert_eq!(refused, "is too large: WhatsApp takes pictures up to 5 MB");
    let id = uploaded(&scene, &x, b"%PDF-1.7").await;
    let refused = tried(&scene, &x, &[named(&id)]).await.expect_err("refused");
    assert!(
        refused.starts_with("is of a type that X does not take"),
        "{refused}"
    );
    let note = attach(&scene.desk, &x, &[named(&id)], true).await;
    assert!(note.is_ok(), "a note takes anything");
}

#[tokio::test]
async fn the_same_file_twice_is_refused_and_strangers_get_no_place() {
    let (scene, ticket) = Scene::with_ticket().await;
    let id = uploaded(&scene, &ticket, PNG).await;
    let twice = tried(&scene, &ticket, &[named(&id), named(&id)]).await;
    assert_eq!(twice.expect_err("refused"), "names a file twice");
    let place = prepare(&scene.desk, &Principal::Stranger, &ticket).await;
    assert!(matches!(place, Err(PrepareError::Forbidden)));
}
