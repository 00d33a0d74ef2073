//! What is sent of a file: its bytes first, then the message that names it.

use super::*;

const MEDIA: &str = "/2/media/upload";

fn media(processing: Option<&str>) -> ResponseTemplate {
    let mut data = json!({"id": "77", "media_key": "3_77", "expires_after_secs": 86_400});
    if let Some(state) = processing {
        data["processing_info"] = json!({"state": state, "check_after_secs": 1});
    }
    ResponseTemplate::new(200).set_body_json(json!({ "data": data }))
}

async fn on(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(answer)
        .mount(server)
        .await;
}

/// Takes messages, and videos that are in this state after the last piece.
async fn taking_videos(state: Option<&str>) -> MockServer {
    let server = answering(taken()).await;
    let appended = json!({"data": {"expires_at": 1_735_800_000}});
    let appended = ResponseTemplate::new(200).set_body_json(appended);
    on(&server, "POST", "/2/media/upload/initialize", media(None)).await;
    on(&server, "POST", "/2/media/upload/77/append", appended).await;
    on(&server, "POST", "/2/media/upload/77/finalize", media(state)).await;
    server
}

fn video(bytes: usize) -> OutgoingPart {
    let file = file("a.mp4", "video/mp4", vec![b'x'; bytes]);
    with_files(message("Look"), &[file])
}

#[tokio::test]
async fn a_picture_is_handed_over_in_one_call_and_named_by_the_message() {
    let server = answering(taken()).await;
    on(&server, "POST", MEDIA, media(None)).await;
    let part = with_files(message("Look"), &[file("a.png", "image/png", "bytes")]);
    assert_eq!(deliver(&server.uri(), &part).await, accepted("1880"));
    let requests = server.received_requests().await.expect("recorded");
    assert!(requests.iter().all(|r| is_signed(r, "token-0")));
    let form = form_text(&requests[0]);
    for field in [
        "name=\"media_category\"\r\n\r\ndm_image\r\n",
        "name=\"media\"; filename=\"a.png\"\r\n\r\nbytes\r\n",
    ] {
        assert!(form.contains(field), "{field} in {form}");
    }
    let expected = json!({"text": "Look", "attachments": [{"media_id": "77"}]});
    let sent: serde_json::Value = requests[1].body_json().expect("JSON");
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn a_file_without_words_is_a_message_too() {
    let server = answering(taken()).await;
    on(&server, "POST", MEDIA, media(None)).await;
    let part = with_files(message(""), &[file("a.png", "image/png", "bytes")]);
    deliver(&server.uri(), &part).await;
    let requests = server.received_requests().await.expect("recorded");
    let sent: serde_json::Value = requests[1].body_json().expect("JSON");
    assert_eq!(sent, json!({"attachments": [{"media_id": "77"}]}));
}

#[tokio::test]
async fn a_video_is_handed_over_in_pieces_and_waited_for() {
    let server = taking_videos(Some("pending")).await;
    on(&server, "GET", MEDIA, media(Some("succeeded"))).await;
    let outcome = deliver(&server.uri(), &video(9_000_000)).await;
    assert_eq!(outcome, accepted("1880"));
    let append = "/2/media/upload/77/append";
    assert_eq!(
        paths(&server).await,
        [
            "/2/media/upload/initialize",
            append,
            append,
            append,
            "/2/media/upload/77/finalize",
            MEDIA,
            PATH
        ]
    );
    let requests = server.received_requests().await.expect("recorded");
    assert!(requests.iter().all(|r| is_signed(r, "token-0")));
    let start: serde_json::Value = requests[0].body_json().expect("JSON");
    let expected =
        json!({"media_type": "video/mp4", "total_bytes": 9_000_000, "media_category": "dm_video"});
    assert_eq!(start, expected);
    for (index, request) in requests[1..4].iter().enumerate() {
        let form = form_text(request);
        let field = format!("name=\"segment_index\"\r\n\r\n{index}\r\n");
        assert!(form.contains(&field));
        assert!(request.body.len() < 5_000_000);
    }
    assert_eq!(requests[5].url.query(), Some("command=STATUS&media_id=77"));
}

#[tokio::test]
async fn a_moving_picture_goes_in_pieces_as_one() {
    let server = taking_videos(None).await;
    let part = with_files(message(""), &[file("a.gif", "image/gif", "bytes")]);
    assert_eq!(deliver(&server.uri(), &part).await, accepted("1880"));
    let requests = server.received_requests().await.expect("recorded");
    let start: serde_json::Value = requests[0].body_json().expect("JSON");
    assert_eq!(start["media_category"], "dm_gif");
}

#[tokio::test]
async fn a_video_that_is_not_ready_in_time_is_asked_for_at_the_next_attempt_and_not_handed_over_again()
 {
    let server = taking_videos(Some("in_progress")).await;
    let twitter = twitter(&server.uri());
    let short = Duration::from_secs(2);
    let outcome = deliver_with(&twitter, &video(10), short).await;
    assert_eq!(
        (kind(&outcome), code(&outcome)),
        (Kind::Again, "file-not-ready")
    );
    assert_eq!(retry_after(&outcome), Some(Duration::from_secs(1)));
    let before = paths(&server).await.len();
    on(&server, "GET", MEDIA, media(Some("succeeded"))).await;
    let outcome = deliver_with(&twitter, &video(10), short).await;
    assert_eq!(outcome, accepted("1880"));
    assert_eq!(paths(&server).await[before..], [MEDIA, PATH]);
}

#[tokio::test]
async fn a_file_that_x_has_forgotten_is_handed_over_again() {
    let server = taking_videos(Some("in_progress")).await;
    let twitter = twitter(&server.uri());
    let short = Duration::from_secs(2);
    deliver_with(&twitter, &video(10), short).await;
    let before = paths(&server).await.len();
    on(&server, "GET", MEDIA, problem(404, "about:blank")).await;
    deliver_with(&twitter, &video(10), short).await;
    let again = &paths(&server).await[before..];
    assert_eq!(again[..2], [MEDIA, "/2/media/upload/initialize"]);
}

#[tokio::test]
async fn what_x_cannot_read_or_never_takes_is_refused_before_anything_is_sent() {
    let server = taking_videos(Some("failed")).await;
    let outcome = deliver(&server.uri(), &video(10)).await;
    assert_eq!(
        (kind(&outcome), code(&outcome)),
        (Kind::Refused, "file-not-read")
    );
    assert!(!paths(&server).await.contains(&PATH.to_owned()));
    let server = MockServer::start().await;
    let pdf = file("a.pdf", "application/pdf", "bytes");
    let image = file("a.png", "image/png", "bytes");
    for (files, expected) in [
        (vec![pdf], "file-not-taken"),
        (vec![image.clone(), image], "too-much-at-once"),
    ] {
        let outcome = deliver(&server.uri(), &with_files(message(""), &files)).await;
        assert_eq!((kind(&outcome), code(&outcome)), (Kind::Refused, expected));
    }
    assert!(paths(&server).await.is_empty());
}

#[tokio::test]
async fn an_upload_that_fails_is_certainly_no_message_that_was_sent() {
    let part = with_files(message(""), &[file("a.png", "image/png", "bytes")]);
    for (upload, expected, told) in [
        (problem(400, "about:blank"), Kind::Refused, "http-400"),
        (problem(429, "about:blank"), Kind::Limited, "http-429"),
        (ResponseTemplate::new(502), Kind::Again, "http-502"),
        (
            media(None).set_delay(Duration::from_secs(30)),
            Kind::Again,
            "timeout",
        ),
    ] {
        let server = answering(taken()).await;
        on(&server, "POST", MEDIA, upload).await;
        let twitter = twitter(&server.uri());
        let outcome = deliver_with(&twitter, &part, Duration::from_secs(1)).await;
        assert_eq!((kind(&outcome), code(&outcome)), (expected, told));
        assert_eq!(paths(&server).await, [MEDIA], "{told}");
    }
}
