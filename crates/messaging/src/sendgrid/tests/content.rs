//! What a mail says, with which files, and whether a machine wrote it.

use super::*;

#[tokio::test]
async fn a_mail_says_the_same_in_plain_text_and_formatted() {
    let server = answering(taken()).await;
    let text = "Hi <Ann>,\n\nsee https://example.com/a?b=1&c=2.";
    send(&server.uri(), &part(Channel::Email, "c@example.org", text)).await;
    let content = &bodies(&server).await[0]["content"];
    assert_eq!(content[0], json!({"type": "text/plain", "value": text}));
    assert_eq!(content[1]["type"], "text/html");
    let link =
        "<a href=\"https://example.com/a?b=1&amp;c=2\">https://example.com/a?b=1&amp;c=2</a>";
    let html = format!(
        "<!DOCTYPE html><html><body><p dir=\"auto\">Hi &lt;Ann&gt;,</p>\n<p dir=\"auto\">see {link}.</p>\n</body></html>"
    );
    assert_eq!(content[1]["value"], html);
}

#[tokio::test]
async fn files_go_with_the_mail_under_safe_names() {
    let server = answering(taken()).await;
    let files = [
        file("../Rechnung März.pdf", "application/pdf", "%PDF-1.7"),
        file("a\r\nBcc: x.txt", "text/plain; charset=utf-8", "hi"),
    ];
    let outcome = send(&server.uri(), &with_files(mail(), &files)).await;
    assert_eq!(outcome, accepted("sg-1"));
    let expected = json!([
        {"content": "JVBERi0xLjc=", "type": "application/pdf", "filename": "Rechnung März.pdf", "disposition": "attachment"},
        {"content": "aGk=", "type": "text/plain", "filename": "aBcc x.txt", "disposition": "attachment"},
    ]);
    assert_eq!(bodies(&server).await[0]["attachments"], expected);
}

#[tokio::test]
async fn a_mail_with_files_only_names_them() {
    let server = answering(taken()).await;
    let files = [
        file("a.pdf", "application/pdf", "1"),
        file("b.png", "image/png", "2"),
    ];
    let bare = part(Channel::Email, "c@example.org", "");
    send(&server.uri(), &with_files(bare, &files)).await;
    let content = &bodies(&server).await[0]["content"];
    assert_eq!(content[0]["value"], "a.pdf\nb.png");
}

#[tokio::test]
async fn a_mail_that_would_be_too_large_is_not_sent() {
    let server = answering(taken()).await;
    let half = file("a.bin", "application/octet-stream", vec![0; 12_000_000]);
    let outcome = send(
        &server.uri(),
        &with_files(mail(), &[half.clone(), half.clone()]),
    )
    .await;
    assert_eq!(
        (kind(&outcome), code(&outcome)),
        (Kind::Refused, "too-large")
    );
    assert!(bodies(&server).await.is_empty());
    let outcome = send(&server.uri(), &with_files(mail(), &[half])).await;
    assert_eq!(outcome, accepted("sg-1"));
}

#[tokio::test]
async fn only_what_a_machine_wrote_says_so() {
    let server = answering(taken()).await;
    for is_automatic in [false, true] {
        let mail = OutgoingPart {
            is_automatic,
            ..mail()
        };
        send(&server.uri(), &mail).await;
    }
    let marks: Vec<[Value; 3]> = bodies(&server)
        .await
        .iter()
        .map(|mail| {
            let header = |name: &str| mail["headers"][name].clone();
            [
                header("Auto-Submitted"),
                header("Precedence"),
                header("X-Auto-Response-Suppress"),
            ]
        })
        .collect();
    let none = [Value::Null, Value::Null, Value::Null];
    let all = [
        json!("auto-replied"),
        json!("auto_reply"),
        json!("DR, RN, OOF, AutoReply"),
    ];
    assert_eq!(marks, [none, all]);
}

#[tokio::test]
async fn mail_has_no_templates() {
    let server = answering(taken()).await;
    let mail = OutgoingPart {
        content: template(&["Ann"]),
        ..mail()
    };
    let outcome = send(&server.uri(), &mail).await;
    assert_eq!(code(&outcome), "no-templates");
    let text = PartContent::Text {
        text: "Hello".into(),
        files: Vec::new(),
    };
    let mail = OutgoingPart {
        content: text,
        ..mail
    };
    assert_eq!(send(&server.uri(), &mail).await, accepted("sg-1"));
}
