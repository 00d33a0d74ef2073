//! What is sent of a file: its bytes first, then the message that names it.

use serde_json::Value;

use super::*;

const MEDIA: &str = "/v26.0/300001/media";

async fn taking_files(upload: ResponseTemplate) -> MockServer {
    let server = answering(taken()).await;
    Mock::given(method("POST"))
        .and(path(MEDIA))
        .respond_with(upload)
        .mount(&server)
        .await;
    server
}

fn uploaded() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"id": "4490709327384033"}))
}

async fn sent(server: &MockServer) -> Value {
    let requests = server.received_requests().await.expect("recorded");
    let last = requests.last().expect("a message");
    assert_eq!(last.url.path(), PATH);
    last.body_json().expect("JSON")
}

#[tokio::test]
async fn a_file_is_uploaded_with_its_type_and_sent_by_its_id_with_the_text_below() {
    let server = taking_files(uploaded()).await;
    let file = file("Rechnung März.pdf", "application/pdf", "%PDF-1.7");
    let part = with_files(message("Here it is"), &[file]);
    assert_eq!(deliver(&server.uri(), &part).await, accepted("wamid.1"));
    assert_eq!(paths(&server).await, [MEDIA, PATH]);
    let requests = server.received_requests().await.expect("recorded");
    let upload = &requests[0];
    assert_eq!(upload.headers["authorization"], "Bearer hush-0");
    let length = upload.headers["content-length"].to_str().expect("text");
    assert_eq!(length, upload.body.len().to_string());
    let form = form_text(upload);
    for field in [
        "name=\"messaging_product\"\r\n\r\nwhatsapp\r\n",
        "name=\"type\"\r\n\r\napplication/pdf\r\n",
        "name=\"file\"; filename=\"Rechnung_M_rz.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\r\n",
    ] {
        assert!(form.contains(field), "{field} in {form}");
    }
    let expected = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "15550100", "type": "document",
        "document": {"id": "4490709327384033", "caption": "Here it is", "filename": "Rechnung März.pdf"},
        "biz_opaque_callback_data": part.correlation.as_text(),
    });
    assert_eq!(sent(&server).await, expected);
}

#[tokio::test]
async fn what_whatsapp_cannot_show_goes_as_a_document() {
    let server = taking_files(uploaded()).await;
    let id = "4490709327384033";
    for (mime_type, kind, expected) in [
        ("image/jpeg", "image", json!({"id": id, "caption": "Look"})),
        ("video/mp4", "video", json!({"id": id, "caption": "Look"})),
        (
            "image/gif",
            "document",
            json!({"id": id, "caption": "Look", "filename": "a"}),
        ),
        (
            "audio/wav",
            "document",
            json!({"id": id, "caption": "Look", "filename": "a"}),
        ),
    ] {
        let part = with_files(message("Look"), &[file("a", mime_type, "bytes")]);
        deliver(&server.uri(), &part).await;
        let body = sent(&server).await;
        assert_eq!((&body["type"], &body[kind]), (&json!(kind), &expected));
    }
    let voice = with_files(message(""), &[file("a", "audio/ogg; codecs=opus", "bytes")]);
    deliver(&server.uri(), &voice).await;
    assert_eq!(sent(&server).await["audio"], json!({"id": id}));
}

#[tokio::test]
async fn a_sound_has_no_text_and_two_files_are_no_message() {
    let server = taking_files(uploaded()).await;
    let voice = file("a.ogg", "audio/ogg", "bytes");
    for part in [
        with_files(message("Listen"), std::slice::from_ref(&voice)),
        with_files(message(""), &[voice.clone(), voice]),
    ] {
        let outcome = deliver(&server.uri(), &part).await;
        assert_eq!(code(&outcome), "too-much-at-once");
    }
    assert!(paths(&server).await.is_empty());
}

#[tokio::test]
async fn an_upload_that_fails_is_certainly_no_message_that_was_sent() {
    let part = with_files(message(""), &[file("a.png", "image/png", "bytes")]);
    for (upload, expected, told) in [
        (graph_error(400, 131_053), Kind::Refused, "131053"),
        (graph_error(400, 100), Kind::Refused, "100"),
        (graph_error(500, 131_000), Kind::Again, "131000"),
        (graph_error(429, 130_429), Kind::Limited, "130429"),
        (graph_error(403, 10), Kind::Broken, "10"),
        (ResponseTemplate::new(502), Kind::Again, "http-502"),
        (ResponseTemplate::new(200), Kind::Again, "unreadable-answer"),
        (
            uploaded().set_delay(Duration::from_secs(30)),
            Kind::Again,
            "timeout",
        ),
    ] {
        let server = taking_files(upload).await;
        let budget = Duration::from_secs(1);
        let outcome = deliver_within(&server.uri(), &part, &Counting::default(), budget).await;
        assert_eq!((kind(&outcome), code(&outcome)), (expected, told));
        assert_eq!(paths(&server).await, [MEDIA], "{told}");
    }
    let outcome = deliver(&hangs_up().await, &part).await;
    assert_eq!(kind(&outcome), Kind::Again, "{outcome:?}");
}

#[tokio::test]
async fn upload_and_message_have_ten_seconds_together() {
    let server = MockServer::start().await;
    Mock::given(path(MEDIA))
        .respond_with(uploaded().set_delay(Duration::from_millis(700)))
        .mount(&server)
        .await;
    Mock::given(path(PATH))
        .respond_with(taken().set_delay(Duration::from_millis(700)))
        .mount(&server)
        .await;
    let part = with_files(message(""), &[file("a.png", "image/png", "bytes")]);
    let budget = Duration::from_secs(1);
    let outcome = deliver_within(&server.uri(), &part, &Counting::default(), budget).await;
    assert_eq!((kind(&outcome), code(&outcome)), (Kind::Unknown, "timeout"));
}

#[tokio::test]
async fn a_token_that_is_refused_for_the_upload_is_read_again() {
    let server = MockServer::start().await;
    Mock::given(header("authorization", "Bearer hush-0"))
        .respond_with(graph_error(401, 190))
        .mount(&server)
        .await;
    Mock::given(path(MEDIA))
        .and(header("authorization", "Bearer hush-1"))
        .respond_with(uploaded())
        .mount(&server)
        .await;
    Mock::given(path(PATH))
        .and(header("authorization", "Bearer hush-1"))
        .respond_with(taken())
        .mount(&server)
        .await;
    let part = with_files(message(""), &[file("a.png", "image/png", "bytes")]);
    assert_eq!(deliver(&server.uri(), &part).await, accepted("wamid.1"));
    assert_eq!(paths(&server).await, [MEDIA, MEDIA, PATH]);
}
