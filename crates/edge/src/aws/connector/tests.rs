use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::SdkError;
use aws_sdk_secretsmanager::operation::get_secret_value::{
    GetSecretValueError, GetSecretValueOutput,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::aws::tests::aws_at;

async fn asked(endpoint: &str) -> Result<GetSecretValueOutput, SdkError<GetSecretValueError>> {
    let aws = aws_at(endpoint);
    let client = Client::new(aws.config().await);
    client.get_secret_value().secret_id("desk").send().await
}

/// A server that does `after` on the first connection, once a request has begun, and answers on the others; and how
/// many came.
async fn failing_once(after: &'static [u8]) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
            let mut request = [0; 4096];
            let _ = connection.read(&mut request).await;
            let whole = b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"SecretString\":\"s\"}";
            let answer = if first { after } else { whole };
            let _ = connection.write_all(answer).await;
        }
    });
    (url, count)
}

#[tokio::test]
async fn a_request_arrives_as_the_client_made_it() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/"))
        .and(header("x-amz-target", "secretsmanager.GetSecretValue"))
        .and(header("content-length", "19"))
        .and(body_json(serde_json::json!({"SecretId": "desk"})))
        .respond_with(ResponseTemplate::new(200).set_body_string(r#"{"SecretString":"s"}"#))
        .expect(1)
        .mount(&server)
        .await;
    let answer = asked(&server.uri()).await.expect("an answer");
    assert_eq!(answer.secret_string(), Some("s"));
}

#[tokio::test]
async fn a_connection_that_breaks_before_or_in_an_answer_is_tried_again() {
    for broken in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-le"] {
        let (url, count) = failing_once(broken).await;
        let answer = asked(&url).await.expect("an answer");
        assert_eq!(answer.secret_string(), Some("s"));
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn nobody_there_is_a_failure_of_the_dispatch() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let error = asked(&url).await.expect_err("nobody listens");
    let SdkError::DispatchFailure(failure) = error else {
        panic!("{error:?}");
    };
    assert!(failure.is_io(), "{failure:?}");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let aws = aws_at(&url);
    let limits = aws_config::timeout::TimeoutConfig::builder()
        .operation_timeout(std::time::Duration::from_millis(50))
        .build();
    let config = aws
        .config()
        .await
        .to_builder()
        .timeout_config(limits)
        .build();
    let asked = Client::new(&config).get_secret_value().secret_id("desk");
    let error = asked.send().await.expect_err("no answer");
    assert!(matches!(error, SdkError::TimeoutError(_)), "{error:?}");
    drop(listener);
}

#[tokio::test]
async fn another_address_is_not_followed_with_a_signed_request() {
    let server = MockServer::start().await;
    let elsewhere =
        ResponseTemplate::new(307).insert_header("location", format!("{}/x", server.uri()));
    Mock::given(path("/"))
        .respond_with(elsewhere)
        .mount(&server)
        .await;
    Mock::given(path("/x"))
        .respond_with(ResponseTemplate::new(200))
        .expect(0)
        .mount(&server)
        .await;
    assert!(asked(&server.uri()).await.is_err());
}
