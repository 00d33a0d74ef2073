//! The blob port against a server that answers as S3 does.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use tributary_blobs::S3Blobs;
use tributary_domain::ports::{Blobs, PortError, Uploads as _};
use wiremock::matchers::{body_string_contains, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn blobs(server: &MockServer) -> S3Blobs {
    blobs_with(server, RetryConfig::disabled())
}

fn blobs_with(server: &MockServer, retries: RetryConfig) -> S3Blobs {
    let credentials = Credentials::new("key", "the-secret", Some("session".into()), None, "test");
    let config = SdkConfig::builder()
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(server.uri())
        .retry_config(retries)
        .build();
    S3Blobs::with_config("desk".into(), config)
}

fn failure(status: u16, code: &str) -> ResponseTemplate {
    let body =
        format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>m</Message></Error>");
    ResponseTemplate::new(status).set_body_raw(body, "application/xml")
}

#[tokio::test]
async fn bytes_are_put_under_their_key_with_their_type() {
    let server = MockServer::start().await;
    Mock::given(method("PUT"))
        .and(path("/desk/long/msg_1"))
        .and(header("content-type", "text/plain"))
        .and(body_string_contains("the whole text"))
        .respond_with(ResponseTemplate::new(200))
        .expect(1)
        .mount(&server)
        .await;
    blobs(&server)
        .await
        .put("long/msg_1", "text/plain", b"the whole text".to_vec())
        .await
        .expect("stored");
}

#[tokio::test]
async fn what_is_there_comes_back_byte_for_byte() {
    let server = MockServer::start().await;
    let bytes: Vec<u8> = (0..=255).collect();
    Mock::given(method("GET"))
        .and(path("/desk/k"))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(bytes.clone()))
        .mount(&server)
        .await;
    assert_eq!(
        blobs(&server).await.get("k").await.expect("answered"),
        Some(bytes)
    );
}

#[tokio::test]
async fn a_key_that_does_not_exist_is_none_and_any_other_failure_is_an_error() {
    let server = MockServer::start().await;
    Mock::given(path("/desk/gone"))
        .respond_with(failure(404, "NoSuchKey"))
        .mount(&server)
        .await;
    Mock::given(path("/desk/slow"))
        .respond_with(failure(503, "SlowDown"))
        .mount(&server)
        .await;
    Mock::given(path("/desk/none"))
        .respond_with(failure(404, "NoSuchBucket"))
        .mount(&server)
        .await;
    let blobs = blobs(&server).await;
    assert_eq!(blobs.get("gone").await.expect("answered"), None);
    for key in ["slow", "none"] {
        assert!(
            matches!(blobs.get(key).await, Err(PortError::Unavailable(_))),
            "{key}"
        );
    }
    assert!(matches!(
        blobs.put("slow", "text/plain", vec![1]).await,
        Err(PortError::Unavailable(_))
    ));
}

#[tokio::test]
async fn what_is_under_a_key_already_stays() {
    let server = MockServer::start().await;
    Mock::given(method("PUT"))
        .and(path("/desk/parked/1"))
        .and(header("if-none-match", "*"))
        .respond_with(ResponseTemplate::new(200))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/desk/parked/1"))
        .respond_with(failure(412, "PreconditionFailed"))
        .mount(&server)
        .await;
    Mock::given(path("/desk/parked/2"))
        .respond_with(failure(409, "ConditionalRequestConflict"))
        .mount(&server)
        .await;
    let blobs = blobs(&server).await;
    let put = async |key| blobs.put_new(key, "application/json", b"{}".to_vec()).await;
    assert!(put("parked/1").await.expect("stored"));
    assert!(!put("parked/1").await.expect("is there"));
    assert!(matches!(
        put("parked/2").await,
        Err(PortError::Unavailable(_))
    ));
}

fn page(keys: &[&str], is_truncated: bool) -> ResponseTemplate {
    let contents: String = keys
        .iter()
        .map(|key| format!("<Contents><Key>{key}</Key><LastModified>2026-01-01T12:00:00.000Z</LastModified></Contents>"))
        .collect();
    let token = match is_truncated {
        true => "<NextContinuationToken>t</NextContinuationToken>",
        false => "",
    };
    let body = format!(
        "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>{is_truncated}</IsTruncated>{token}{contents}</ListBucketResult>"
    );
    ResponseTemplate::new(200).set_body_raw(body, "application/xml")
}

#[tokio::test]
async fn keys_are_listed_over_pages_in_order_up_to_the_limit() {
    let server = MockServer::start().await;
    for (after, keys, is_truncated) in [
        ("parked/a", &["parked/b", "parked/c"][..], true),
        ("parked/c", &["parked/d"], false),
    ] {
        Mock::given(method("GET"))
            .and(path("/desk/"))
            .and(query_param("list-type", "2"))
            .and(query_param("prefix", "parked/"))
            .and(query_param("start-after", after))
            .respond_with(page(keys, is_truncated))
            .mount(&server)
            .await;
    }
    let blobs = blobs(&server).await;
    let list = async |limit| {
        let listed = blobs.list("parked/", Some("parked/a"), limit).await;
        let keys = listed.expect("lists").into_iter().map(|b| b.key);
        keys.collect::<Vec<_>>()
    };
    assert_eq!(list(10).await, ["parked/b", "parked/c", "parked/d"]);
    assert_eq!(list(2).await, ["parked/b", "parked/c"]);
    let first = blobs.list("parked/", Some("parked/c"), 1).await;
    assert_eq!(
        first.expect("lists")[0].stored_at.to_string(),
        "2026-01-01T12:00:00.000Z"
    );
}

#[tokio::test]
async fn a_signed_address_downloads_the_file_under_its_name_for_the_given_time() {
    let server = MockServer::start().await;
    let blobs = blobs(&server).await;
    let url = blobs
        .signed_url(
            "att/1",
            "März.pdf",
            "application/pdf",
            Duration::from_secs(300),
        )
        .await
        .expect("signed");
    assert!(
        url.starts_with(&format!("{}/desk/att/1?", server.uri())),
        "{url}"
    );
    for part in [
        "X-Amz-Expires=300",
        "X-Amz-Signature=",
        "response-content-type=application%2Fpdf",
        "response-content-disposition=attachment%3B%20filename%3D%22M_rz.pdf%22%3B%20filename%2A%3DUTF-8%27%27M%25C3%25A4rz.pdf",
    ] {
        assert!(url.contains(part), "{part} in {url}");
    }
    assert!(!url.contains("the-secret"));
}

#[tokio::test]
async fn an_address_is_never_signed_for_longer_than_s3_allows() {
    let server = MockServer::start().await;
    let year = Duration::from_secs(365 * 24 * 3600);
    let url = blobs(&server)
        .await
        .signed_url("k", "n", "text/plain", year)
        .await
        .expect("signed");
    assert!(url.contains("X-Amz-Expires=604800"), "{url}");
}

#[tokio::test]
async fn a_blob_is_deleted_by_its_key_and_only_a_failure_is_an_error() {
    let server = MockServer::start().await;
    Mock::given(method("DELETE"))
        .and(path("/desk/attachments/1"))
        .respond_with(ResponseTemplate::new(204))
        .expect(2)
        .mount(&server)
        .await;
    Mock::given(path("/desk/slow"))
        .respond_with(failure(503, "SlowDown"))
        .mount(&server)
        .await;
    let blobs = blobs(&server).await;
    for _ in 0..2 {
        blobs.delete("attachments/1").await.expect("deleted");
    }
    let failed = blobs.delete("slow").await;
    assert!(matches!(failed, Err(PortError::Unavailable(_))));
}

#[tokio::test]
async fn what_passes_by_itself_is_tried_again_and_what_does_not_is_not() {
    let server = MockServer::start().await;
    for (answer, times) in [
        (failure(500, "InternalError"), 1),
        (failure(503, "SlowDown"), 1),
        (ResponseTemplate::new(200), 1),
    ] {
        Mock::given(method("PUT"))
            .and(path("/desk/busy"))
            .and(body_string_contains("text"))
            .respond_with(answer)
            .up_to_n_times(times)
            .expect(times)
            .mount(&server)
            .await;
    }
    Mock::given(path("/desk/denied"))
        .respond_with(failure(403, "AccessDenied"))
        .expect(1)
        .mount(&server)
        .await;
    let blobs = blobs_with(&server, RetryConfig::standard());
    let put = async |key| blobs.put(key, "text/plain", b"text".to_vec()).await;
    put("busy").await.expect("stored at the third attempt");
    let refused = put("denied").await.expect_err("denied");
    let PortError::Unavailable(error) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        error.to_string().contains("403 Forbidden AccessDenied"),
        "{error}"
    );
}

#[tokio::test]
async fn an_error_never_shows_a_signed_address() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let server = MockServer::builder().listener(listener).start().await;
    let blobs = blobs(&server).await;
    drop(server);
    let PortError::Unavailable(error) = blobs.get("k").await.expect_err("nobody is there") else {
        panic!("another error");
    };
    let mut shown = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        shown += &format!(" {cause} {cause:?}");
        source = cause.source();
    }
    assert!(!shown.contains("X-Amz-"), "{shown}");
}

#[tokio::test]
async fn a_copy_that_fails_behind_its_200_is_an_error() {
    let server = MockServer::start().await;
    let copied = "<CopyObjectResult><ETag>x</ETag></CopyObjectResult>";
    for (key, body) in [
        ("whole", copied),
        ("broken", "<Error><Code>InternalError</Code></Error>"),
    ] {
        Mock::given(method("PUT"))
            .and(path(format!("/desk/{key}")))
            .and(header("x-amz-copy-source", "desk/uploads/a%20b"))
            .respond_with(ResponseTemplate::new(200).set_body_string(body))
            .mount(&server)
            .await;
    }
    let blobs = blobs(&server).await;
    blobs.copy("uploads/a b", "whole").await.expect("copied");
    assert!(blobs.copy("uploads/a b", "broken").await.is_err());
}
