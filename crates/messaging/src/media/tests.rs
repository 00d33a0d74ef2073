//! Files are fetched from the platforms and from nowhere else, and what comes is bounded and proven.

use serde_json::json;
use sha2::{Digest, Sha256};
use tributary_domain::attachment::MediaSource;
use tributary_domain::ports::{FetchError, Fetched, MediaFetcher};
use tributary_domain::{AccountId, Channel};
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::providers::{Providers, ProvidersConfig};
use crate::testing::Counting;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR and so on";

fn providers(origin: &str) -> Providers<Counting> {
    let config = ProvidersConfig {
        facebook_origin: origin.to_owned(),
        instagram_origin: origin.to_owned(),
        whatsapp_origin: origin.to_owned(),
        twitter_origin: origin.to_owned(),
        graph_api_version: "v26.0".to_owned(),
        sendgrid_origin: origin.to_owned(),
        mail_from: "support@example.com".to_owned(),
        mail_reply_domain: "reply.example.com".to_owned(),
    };
    Providers::new(config, Counting::default()).expect("origins")
}

async fn fetch_by(
    providers: &Providers<Counting>,
    channel: Channel,
    source: MediaSource,
) -> Result<Fetched, FetchError> {
    let account = AccountId::parse("300001").expect("an account");
    providers.fetch(channel, &account, &source).await
}

async fn fetch(server: &MockServer, channel: Channel, url: &str) -> Result<Fetched, FetchError> {
    let source = MediaSource::Url(url.to_owned());
    fetch_by(&providers(&server.uri()), channel, source).await
}

fn media(sha256: Option<String>) -> MediaSource {
    MediaSource::Media {
        id: "77".to_owned(),
        sha256,
    }
}

async fn serve(server: &MockServer, at: &str, answer: ResponseTemplate) {
    Mock::given(method("GET"))
        .and(path(at))
        .respond_with(answer)
        .mount(server)
        .await;
}

fn file(bytes: &[u8]) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_bytes(bytes)
}

fn is_never(outcome: &Result<Fetched, FetchError>) -> bool {
    matches!(outcome, Err(FetchError::Never(_)))
}

#[tokio::test]
async fn a_file_is_what_its_bytes_say() {
    let server = MockServer::start().await;
    let lying = file(PNG).insert_header("content-type", "text/html");
    serve(&server, "/a.html", lying).await;
    let svg = file(b"<svg onload='alert(1)'/>").insert_header("content-type", "image/png");
    serve(&server, "/b.png", svg).await;
    let url = format!("{}/a.html", server.uri());
    let fetched = fetch(&server, Channel::Instagram, &url)
        .await
        .expect("fetched");
    assert_eq!((fetched.mime_type, fetched.extension), ("image/png", "png"));
    assert_eq!(fetched.bytes, PNG);
    let url = format!("{}/b.png", server.uri());
    let fetched = fetch(&server, Channel::Instagram, &url)
        .await
        .expect("fetched");
    assert_eq!(fetched.mime_type, "application/octet-stream");
}

#[tokio::test]
async fn the_fetcher_is_not_to_be_used_against_the_metadata_service_or_the_network() {
    let server = MockServer::start().await;
    for (at, to) in [
        ("/literal", "http://169.254.169.254/latest/meta-data/iam/"),
        ("/mapped", "http://[::ffff:169.254.169.254]/"),
        ("/other", "https://evil.example/x"),
        ("/file", "file:///etc/passwd"),
    ] {
        let redirect = ResponseTemplate::new(302).insert_header("location", to);
        serve(&server, at, redirect).await;
        let url = format!("{}{at}", server.uri());
        assert!(
            is_never(&fetch(&server, Channel::Facebook, &url).await),
            "{at}"
        );
        assert!(
            is_never(&fetch(&server, Channel::Facebook, to).await),
            "{to}"
        );
    }
    for url in [
        "http://127.0.0.1:1/x",
        "http://localhost/x",
        "https://10.0.0.1/x",
        "not an address",
    ] {
        assert!(
            is_never(&fetch(&server, Channel::Facebook, url).await),
            "{url}"
        );
    }
}

#[tokio::test]
async fn another_port_of_the_same_machine_is_not_what_the_operator_trusts() {
    let (server, other) = (MockServer::start().await, MockServer::start().await);
    serve(&other, "/secret", file(PNG)).await;
    let target = format!("{}/secret", other.uri());
    let redirect = ResponseTemplate::new(302).insert_header("location", target.as_str());
    serve(&server, "/v26.0/77", redirect).await;
    assert!(is_never(&fetch(&server, Channel::WhatsApp, &target).await));
    let outcome = fetch_by(&providers(&server.uri()), Channel::WhatsApp, media(None)).await;
    assert!(is_never(&outcome));
    let asked = other.received_requests().await.expect("recorded");
    assert!(asked.is_empty(), "no token went there");
}

#[tokio::test]
async fn redirects_are_followed_three_times_at_most() {
    let server = MockServer::start().await;
    for hop in 0..6 {
        let to = format!("/hop{}", hop + 1);
        let redirect = ResponseTemplate::new(302).insert_header("location", to.as_str());
        serve(&server, &format!("/hop{hop}"), redirect).await;
    }
    serve(&server, "/hop6", file(PNG)).await;
    let at = |hop: u8| format!("{}/hop{hop}", server.uri());
    assert!(fetch(&server, Channel::Facebook, &at(3)).await.is_ok());
    assert!(is_never(&fetch(&server, Channel::Facebook, &at(2)).await));
}

#[tokio::test]
async fn what_is_gone_is_gone_and_what_is_busy_is_asked_again() {
    let server = MockServer::start().await;
    for status in [400_u16, 403, 404, 410] {
        serve(
            &server,
            &format!("/{status}"),
            ResponseTemplate::new(status),
        )
        .await;
        let url = format!("{}/{status}", server.uri());
        assert!(
            is_never(&fetch(&server, Channel::Facebook, &url).await),
            "{status}"
        );
    }
    for status in [401_u16, 408, 429, 500, 503] {
        let answer = ResponseTemplate::new(status).insert_header("retry-after", "7");
        serve(&server, &format!("/{status}"), answer).await;
        let url = format!("{}/{status}", server.uri());
        let outcome = fetch(&server, Channel::Facebook, &url).await;
        let Err(FetchError::NotNow { retry_after, .. }) = outcome else {
            panic!("{status}: {outcome:?}")
        };
        let asked = retry_after.map(|wait| wait.as_secs());
        assert_eq!(asked, (status == 429 || status == 408).then_some(7));
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_not_kept_in_memory() {
    let server = MockServer::start().await;
    serve(&server, "/large", file(&vec![0; super::CAP + 1])).await;
    serve(&server, "/fits", file(&vec![0; 1024])).await;
    let at = |name: &str| format!("{}/{name}", server.uri());
    assert!(is_never(
        &fetch(&server, Channel::Facebook, &at("large")).await
    ));
    assert!(fetch(&server, Channel::Facebook, &at("fits")).await.is_ok());
}

/// Answers every connection with these bytes, then with zeros until nobody listens.
async fn endless(head: &'static str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(head.as_bytes()).await;
                let zeros = vec![0; 64 * 1024];
                while stream.write_all(&zeros).await.is_ok() {}
            });
        }
    });
    origin
}

#[tokio::test]
async fn an_endless_body_ends_at_the_cap_and_a_lie_about_its_length_is_no_use() {
    for head in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\n",
    ] {
        let origin = endless(head).await;
        let source = MediaSource::Url(format!("{origin}/x"));
        let outcome = fetch_by(&providers(&origin), Channel::Facebook, source).await;
        assert!(is_never(&outcome), "{outcome:?}");
    }
}

async fn whatsapp(server: &MockServer, token: &str, sha256: Option<&str>) {
    let told = json!({"url": format!("{}/bytes", server.uri()), "mime_type": "image/png", "sha256": sha256, "id": "77"});
    Mock::given(method("GET"))
        .and(path("/v26.0/77"))
        .and(query_param("phone_number_id", "300001"))
        .and(header("authorization", format!("Bearer {token}").as_str()))
        .respond_with(ResponseTemplate::new(200).set_body_json(told))
        .with_priority(1)
        .mount(server)
        .await;
    Mock::given(method("GET"))
        .and(path("/bytes"))
        .and(header("authorization", format!("Bearer {token}").as_str()))
        .respond_with(file(PNG))
        .mount(server)
        .await;
    serve(server, "/v26.0/77", ResponseTemplate::new(401)).await;
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

#[tokio::test]
async fn a_file_of_whatsapps_is_asked_for_by_id_and_proven_by_its_digest() {
    let server = MockServer::start().await;
    let digest = Sha256::digest(PNG);
    whatsapp(&server, "hush-0", Some(&hex::encode(digest))).await;
    let providers = providers(&server.uri());
    let fetched = fetch_by(&providers, Channel::WhatsApp, media(Some(base64(&digest)))).await;
    assert_eq!(fetched.expect("fetched").bytes, PNG);
    let other = Some(base64(&Sha256::digest(b"other bytes")));
    let outcome = fetch_by(&providers, Channel::WhatsApp, media(other)).await;
    assert!(
        matches!(outcome, Err(FetchError::NotNow { .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_token_that_is_refused_is_read_again_once() {
    let server = MockServer::start().await;
    whatsapp(&server, "hush-1", None).await;
    let providers = providers(&server.uri());
    let outcome = fetch_by(&providers, Channel::WhatsApp, media(None)).await;
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(providers.credentials.rereads(), 1);
}

#[tokio::test]
async fn a_file_of_xs_is_asked_for_as_the_user() {
    let server = MockServer::start().await;
    serve(&server, "/1.1/ton/data/dm/1/x.jpg", file(PNG)).await;
    let url = format!("{}/1.1/ton/data/dm/1/x.jpg", server.uri());
    assert!(fetch(&server, Channel::Twitter, &url).await.is_ok());
    let asked = server
        .received_requests()
        .await
        .expect("recorded")
        .remove(0);
    let proof = asked.headers["authorization"].to_str().expect("a text");
    assert!(
        proof.starts_with("OAuth oauth_consumer_key=\"key\""),
        "{proof}"
    );
    assert!(!proof.contains("hush"));
}
