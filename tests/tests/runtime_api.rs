//! The double of the Runtime API, tried with a function built on the real runtime crates.
#![allow(clippy::unwrap_used, reason = "a test may end here")]
use std::path::Path;
use std::time::Duration;

use tributary_journeys::runtime_api::{InvocationError, Lambda, built_binary};

const TIMEOUT: Duration = Duration::from_secs(20);

async fn echo(timeout: Duration) -> Lambda {
    let binary = Path::new(env!("CARGO_BIN_EXE_echo_function"));
    let environment = [
        ("ECHO_NAME", "first"),
        ("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "1"),
    ];
    Lambda::start(binary, &environment, timeout).await.unwrap()
}

#[tokio::test]
async fn a_request_arrives_whole_and_its_answer_comes_back_whole() {
    let lambda = echo(TIMEOUT).await;
    let path = "/api/x?q=a%20b&q=c%26d";
    let answer = lambda
        .http("PUT", path, &[("X-Test", "yes")], "h\u{e4}".as_bytes())
        .await
        .unwrap();
    assert_eq!(answer.status, 201);
    assert_eq!(answer.text(), "PUT /api/x q=a b,c&d x=yes body=hä");
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
}

#[tokio::test]
async fn bytes_travel_in_base64_both_ways() {
    let lambda = echo(TIMEOUT).await;
    let form = [("content-type", "multipart/form-data; boundary=b")];
    let answer = lambda
        .http("POST", "/x", &form, b"--b\xff--")
        .await
        .unwrap();
    assert!(
        answer.text().ends_with("body=--b\u{fffd}--"),
        "{}",
        answer.text()
    );
    let answer = lambda.http("GET", "/binary", &[], b"").await.unwrap();
    assert_eq!(answer.body, [0, 159, 146, 150]);
}

#[tokio::test]
async fn a_function_that_fails_says_so_and_takes_the_next_invocation() {
    let lambda = echo(TIMEOUT).await;
    let error = lambda.http("GET", "/fail", &[], b"").await.unwrap_err();
    let expected = |message: &String| message == "asked to fail";
    assert!(
        matches!(&error, InvocationError::Failed { message, .. } if expected(message)),
        "{error}"
    );
    assert_eq!(
        lambda.http("GET", "/x", &[], b"").await.unwrap().status,
        201
    );
}

#[tokio::test]
async fn an_invocation_of_a_process_that_ends_is_not_waited_for() {
    let lambda = echo(TIMEOUT).await;
    let ended = lambda.http("GET", "/exit", &[], b"").await;
    assert!(matches!(ended, Err(InvocationError::Ended)), "{ended:?}");
    assert!(lambda.has_ended());
    let after = lambda.http("GET", "/x", &[], b"").await;
    assert!(matches!(after, Err(InvocationError::Ended)), "{after:?}");
}

#[tokio::test]
async fn a_process_can_be_killed_while_it_works() {
    let lambda = echo(TIMEOUT).await;
    assert_eq!(
        lambda.http("GET", "/x", &[], b"").await.unwrap().status,
        201
    );
    let kill = async {
        while !lambda.lines().contains(&"hanging".to_owned()) {
            tokio::task::yield_now().await;
        }
        lambda.kill().await;
    };
    let (answer, ()) = tokio::join!(lambda.http("GET", "/hang", &[], b""), kill);
    assert!(matches!(answer, Err(InvocationError::Ended)), "{answer:?}");
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_killed() {
    let lambda = echo(Duration::from_secs(2)).await;
    let late = lambda.http("GET", "/hang", &[], b"").await;
    assert!(matches!(late, Err(InvocationError::TimedOut)), "{late:?}");
    assert!(lambda.has_ended());
}

#[tokio::test]
async fn concurrent_invocations_of_one_process_are_each_answered_once() {
    let lambda = echo(TIMEOUT).await;
    let paths: Vec<String> = (0..20).map(|number| format!("/x?q={number}")).collect();
    let calls = paths.iter().map(|path| lambda.http("GET", path, &[], b""));
    for (number, answer) in futures::future::join_all(calls)
        .await
        .into_iter()
        .enumerate()
    {
        assert!(answer.unwrap().text().contains(&format!("q={number} ")));
    }
}

#[tokio::test]
async fn several_processes_of_one_binary_run_side_by_side_with_their_output_apart() {
    let (one, two) = tokio::join!(echo(TIMEOUT), echo(TIMEOUT));
    one.http("GET", "/x", &[], b"").await.unwrap();
    one.kill().await;
    assert_eq!(two.http("GET", "/x", &[], b"").await.unwrap().status, 201);
    two.kill().await;
    assert!(
        two.lines().contains(&"started as first".to_owned()),
        "{:?}",
        two.lines()
    );
}

#[tokio::test]
async fn a_binary_that_is_not_built_is_named_with_the_command_that_builds_it() {
    let error = built_binary("no-such-function").unwrap_err().to_string();
    assert!(
        error.contains("no-such-function") && error.contains("cargo build"),
        "{error}"
    );
}
