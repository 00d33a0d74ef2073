//! What a mail holds, kept.

use super::{ANN, file, mail};
use crate::attachment::{AttachmentKind, AttachmentState};
use crate::channel::email::{Authentication, Mail};
use crate::message::{ContentType, Html};
use crate::scene::Scene;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR";

#[tokio::test]
async fn files_are_ours_at_once_and_are_what_their_bytes_say() {
    let scene = Scene::new();
    let with_files = Mail {
        files: vec![
            file("logo.png", Some("logo@x"), PNG),
            file("page.png", None, b"<html><script>alert(1)</script></html>"),
        ],
        html: Some("<p><img src=\"cid:logo@x\"></p>".to_owned()),
        ..mail(ANN, "a1", "Hello")
    };
    scene.mail(with_files.clone()).await;
    let ticket = scene.only_ticket();
    let message = &ticket.window.messages()[0];
    assert_eq!(message.content_type, ContentType::Email);
    let [logo, page] = &message.attachments[..] else {
        panic!("{:?}", message.attachments)
    };
    assert_eq!(
        (logo.kind, logo.state),
        (AttachmentKind::Image, AttachmentState::Stored)
    );
    assert_eq!(page.mime_type.as_deref(), Some("application/octet-stream"));
    assert_eq!(page.kind, AttachmentKind::File);
    let shown = Html::Here(format!("<p><img src=\"attachment:{}\"></p>", logo.id));
    assert_eq!(message.html, Some(shown));
    assert!(scene.store.all_sends().is_empty());
    assert_eq!(scene.desk.blobs.keys("attachments/").len(), 2);
    assert_eq!(scene.mail(with_files).await.duplicates, 1);
    assert_eq!(
        scene.desk.blobs.keys("attachments/").len(),
        2,
        "no second copy"
    );
}

#[tokio::test]
async fn a_million_characters_are_kept_whole_beside_the_ticket() {
    let scene = Scene::new();
    let text = "0123456789".repeat(100_000);
    let html = format!("<p>{}</p>", "x".repeat(20_000));
    let long = Mail {
        html: Some(html.clone()),
        ..mail(ANN, "a1", &text)
    };
    scene.mail(long).await;
    let ticket = scene.only_ticket();
    let message = &ticket.window.messages()[0];
    assert!(message.content_truncated && message.content.len() <= 4096);
    assert_eq!(message.attachments.len(), 1, "the whole text");
    let Some(Html::Kept {
        blob_key,
        size_bytes,
    }) = &message.html
    else {
        panic!("{:?}", message.html)
    };
    assert_eq!(*size_bytes, html.len() as u64);
    assert!(scene.desk.blobs.keys("html/").contains(blob_key));
    assert_eq!(message.channel_specific_data["html_bytes"], *size_bytes);
}

#[tokio::test]
async fn a_mail_that_is_more_than_is_listed_is_kept_whole() {
    let scene = Scene::new();
    let bomb = Mail {
        is_cut: true,
        ..mail(ANN, "a1", "Hello")
    };
    scene.mail(bomb).await;
    let ticket = scene.only_ticket();
    let message = &ticket.window.messages()[0];
    assert_eq!(message.attachments[0].name.as_deref(), Some("original.eml"));
    assert_eq!(message.channel_specific_data["cut"], true);
}

#[tokio::test]
async fn headers_of_any_length_stay_within_an_item() {
    let scene = Scene::new();
    let huge = "x".repeat(1_000_000);
    let vast = Mail {
        subject: Some(huge.clone()),
        message_id: Some(format!("<{huge}>")),
        references: (0..1000)
            .map(|i| format!("<{i}{}>", "y".repeat(900)))
            .collect(),
        authentication: Authentication {
            spf: Some(huge.clone()),
            dkim: vec![(huge.clone(), huge)],
            is_aligned: false,
        },
        ..mail(ANN, "a1", "Hello")
    };
    assert_eq!(scene.mail(vast.clone()).await.stored, 1);
    assert_eq!(scene.mail(vast).await.duplicates, 1);
    let ticket = scene.only_ticket();
    assert_eq!(ticket.subject.chars().count(), 255);
    let data = &ticket.window.messages()[0].channel_specific_data;
    let size = serde_json::to_string(data).expect("JSON").len();
    assert!(size < 20_000, "{size}");
    assert_eq!(data["references"].as_array().map(Vec::len), Some(12));
}

#[tokio::test]
async fn whether_the_sender_is_confirmed_stands_with_the_message() {
    let scene = Scene::new();
    let confirmed = Mail {
        authentication: Authentication {
            spf: Some("pass".to_owned()),
            dkim: vec![("example.org".to_owned(), "pass".to_owned())],
            is_aligned: true,
        },
        ..mail(ANN, "a1", "Hello")
    };
    scene.mail(confirmed).await;
    let ticket = scene.only_ticket();
    let data = &ticket.window.messages()[0].channel_specific_data;
    assert_eq!(data["authenticated"], true);
    assert_eq!(data["spf"], "pass");
    assert_eq!(data["dkim"]["example.org"], "pass");
}

#[tokio::test]
async fn html_that_shows_nothing_is_none() {
    let scene = Scene::new();
    for (index, html) in [
        "<div><br>&nbsp;</div>",
        "  ",
        "<p><img src=\"https://x/pixel\"></p>",
    ]
    .into_iter()
    .enumerate()
    {
        let empty = Mail {
            html: Some(html.to_owned()),
            ..mail(ANN, &format!("a{index}"), "Hello")
        };
        scene.mail(empty).await;
    }
    let tickets = scene.store.all_tickets();
    assert_eq!(tickets.len(), 3);
    assert!(
        tickets
            .iter()
            .all(|t| t.window.messages()[0].html.is_none())
    );
}
