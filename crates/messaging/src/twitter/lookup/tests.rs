//! Lookups against a server that answers as X does, and as it should not.

use reqwest::Url;
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::testing::{BUDGET, Counting, hangs_up};

const PATH: &str = "/2/dm_conversations/with/4400/dm_events";

fn twitter(origin: &str) -> Twitter {
    Twitter::new(Url::parse(origin).expect("an origin"))
}

async fn ask(twitter: &Twitter, credentials: &Counting) -> Result<Vec<FoundThere>, LookupError> {
    ask_as(twitter, credentials, "900001").await
}

async fn ask_as(
    twitter: &Twitter,
    credentials: &Counting,
    account: &str,
) -> Result<Vec<FoundThere>, LookupError> {
    let account = AccountId::parse(account).expect("an account");
    let deadline = Instant::now() + BUDGET;
    let asked = (&account, "4400");
    let http = Http::default();
    twitter
        .written_to(&http, credentials, asked, deadline)
        .await
}

async fn answering(answer: ResponseTemplate) -> (MockServer, Twitter) {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path(PATH))
        .and(query_param("event_types", "MessageCreate"))
        .and(query_param("max_results", "20"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let twitter = twitter(&server.uri());
    (server, twitter)
}

fn events(events: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"data": events, "meta": {"result_count": 4}}))
}

fn event(id: &str, sender: &str, text: &str) -> Value {
    json!({"id": id, "event_type": "MessageCreate", "text": text, "sender_id": sender,
        "dm_conversation_id": "4400-900001", "created_at": "2026-03-01T12:00:00.000Z"})
}

/// How often a server was called.
async fn calls(server: &MockServer) -> usize {
    server.received_requests().await.expect("recorded").len()
}

#[tokio::test]
async fn what_our_user_wrote_is_told_and_what_others_wrote_is_not() {
    let mut with_file = event("3", "900001", "A picture https://t.co/abc");
    with_file["attachments"] = json!({"media_keys": ["3_1"]});
    let told = json!([with_file, event("2", "4400", "Hello"),
        event("1", "900001", "See https://t.co/x"),
        {"id": "0", "event_type": "ParticipantsJoin", "sender_id": "900001"}]);
    let (server, twitter) = answering(events(&told)).await;
    let found = ask(&twitter, &Counting::default()).await.expect("told");
    let found: Vec<(&str, &str, usize)> = found
        .iter()
        .map(|f| (f.platform_message_id.as_str(), f.text.as_str(), f.files))
        .collect();
    assert_eq!(
        found,
        [("3", "A picture", 1), ("1", "See https://t.co/x", 0)]
    );
    let requests = server.received_requests().await.expect("recorded");
    let proof = requests[0].headers["authorization"].to_str().expect("text");
    assert!(proof.starts_with("OAuth ") && proof.contains("oauth_token=\"token-0\""));
}

#[tokio::test]
async fn a_conversation_without_events_is_empty() {
    let none = ResponseTemplate::new(200).set_body_json(json!({"meta": {"result_count": 0}}));
    let (_server, twitter) = answering(none).await;
    assert_eq!(ask(&twitter, &Counting::default()).await, Ok(Vec::new()));
}

#[tokio::test]
async fn an_account_that_has_used_up_its_calls_makes_none_until_x_says_so_and_others_do() {
    let reset = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970")
        .as_secs()
        + 600;
    for (answer, is_told) in [
        (ResponseTemplate::new(429), false),
        (
            events(&json!([])).insert_header("x-rate-limit-remaining", "0"),
            true,
        ),
    ] {
        let answer = answer.insert_header("x-rate-limit-reset", reset.to_string());
        let (server, twitter) = answering(answer).await;
        let credentials = Counting::default();
        assert_eq!(ask(&twitter, &credentials).await.is_ok(), is_told);
        let again = ask(&twitter, &credentials).await;
        let Err(LookupError::NotNow { retry_after, .. }) = again else {
            panic!("{again:?}")
        };
        assert!(retry_after.is_some_and(|wait| wait > Duration::from_secs(500)));
        assert_eq!(calls(&server).await, 1);
        let _ = ask_as(&twitter, &credentials, "900002").await;
        assert_eq!(calls(&server).await, 2);
    }
}

#[tokio::test]
async fn a_failure_that_may_pass_is_told_from_one_that_does_not() {
    for (status, passes) in [
        (400, false),
        (402, false),
        (403, false),
        (404, false),
        (429, true),
        (500, true),
        (503, true),
    ] {
        let (_server, twitter) = answering(ResponseTemplate::new(status)).await;
        let asked = ask(&twitter, &Counting::default()).await;
        let may_pass = matches!(asked, Err(LookupError::NotNow { .. }));
        assert_eq!(may_pass, passes, "{status}: {asked:?}");
    }
    let (_server, twitter_of) = answering(ResponseTemplate::new(200).set_body_string("no")).await;
    for twitter in [twitter_of, twitter(&hangs_up().await)] {
        let asked = ask(&twitter, &Counting::default()).await;
        assert!(
            matches!(asked, Err(LookupError::NotNow { .. })),
            "{asked:?}"
        );
    }
}

#[tokio::test]
async fn refused_tokens_are_read_again_once() {
    let (server, twitter) = answering(ResponseTemplate::new(401)).await;
    let credentials = Counting::default();
    assert!(ask(&twitter, &credentials).await.is_err());
    assert_eq!((credentials.rereads(), calls(&server).await), (1, 2));
}
