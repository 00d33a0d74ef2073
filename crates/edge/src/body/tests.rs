//! What bodies are refused, with which code and which pointer.

use std::convert::Infallible;

use super::*;
use axum::response::IntoResponse;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only their parsing matters")]
struct Outer {
    subject: String,
    #[serde(default)]
    tags: Vec<String>,
    inner: Option<Inner>,
    level: Option<Level>,
    count: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only their parsing matters")]
struct Inner {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Low,
    High,
}

async fn document(problem: Problem) -> Value {
    let bytes = problem
        .into_response()
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    serde_json::from_slice(&bytes).expect("JSON")
}

async fn refusal(body: &[u8]) -> Value {
    document(strict_json::<Outer>(body).expect_err("refused")).await
}

#[tokio::test]
async fn what_is_no_json_is_an_invalid_body() {
    let deep = "[".repeat(100_000);
    let deep_field = format!(r#"{{"subject":{}"#, "[".repeat(100_000));
    let bodies: [&[u8]; 8] = [
        b"",
        b"   ",
        b"{\"subject\":\"a\"",
        b"{\"subject\":\"\xff\"}",
        br#"{"subject":"a"} {}"#,
        b"[1]",
        deep.as_bytes(),
        deep_field.as_bytes(),
    ];
    for body in bodies {
        let problem = refusal(body).await;
        let start = String::from_utf8_lossy(&body[..body.len().min(20)]).into_owned();
        let expected = if body == deep_field.as_bytes() {
            "invalid-field"
        } else {
            "invalid-body"
        };
        assert_eq!(problem["code"], expected, "{start}");
    }
}

#[tokio::test]
async fn a_tree_deeper_than_128_levels_is_refused_without_harm() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(128), "]".repeat(128));
    let problem = strict_json::<Value>(deep.as_bytes()).expect_err("refused");
    assert_eq!(problem.code(), ProblemCode::InvalidBody);
}

#[tokio::test]
async fn the_field_at_fault_is_named_by_its_pointer() {
    let cases = [
        (r#"{"subject":1}"#, "invalid-field", "/subject"),
        (r#"{}"#, "invalid-field", "/subject"),
        (
            r#"{"subject":"a","inner":{}}"#,
            "invalid-field",
            "/inner/name",
        ),
        (
            r#"{"subject":"a","inner":{"name":"n","name":"n"}}"#,
            "invalid-field",
            "/inner/name",
        ),
        (
            r#"{"subject":"a","tags":["x",2]}"#,
            "invalid-field",
            "/tags/1",
        ),
        (r#"{"subject":"a","count":-1}"#, "invalid-field", "/count"),
        (
            r#"{"subject":"a","level":"top"}"#,
            "invalid-field",
            "/level",
        ),
        (
            r#"{"subject":"a","subject":"b"}"#,
            "invalid-field",
            "/subject",
        ),
        (
            r#"{"subject":"a","colour":"b"}"#,
            "unknown-field",
            "/colour",
        ),
        (
            r#"{"subject":"a","inner":{"name":"n","a/b~c":1}}"#,
            "unknown-field",
            "/inner/a~1b~0c",
        ),
        (
            r#"{"subject":"a","x`, expected y":1}"#,
            "unknown-field",
            "/x`, expected y",
        ),
    ];
    for (body, code, pointer) in cases {
        let problem = refusal(body.as_bytes()).await;
        assert_eq!(problem["code"], code, "{body}");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
    }
}

#[tokio::test]
async fn no_refusal_repeats_a_value() {
    for body in [
        r#"{"subject":"a","count":"secret, expected secret"}"#,
        r#"{"subject":"a","level":"secret"}"#,
        r#"{"subject":"a","inner":"secret"}"#,
        r#""secret""#,
    ] {
        let problem = refusal(body.as_bytes()).await.to_string();
        assert!(!problem.contains("secret"), "{problem}");
    }
}

#[tokio::test]
async fn an_unknown_fields_name_is_not_repeated_at_length() {
    let body = format!(r#"{{"subject":"a","{}":1}}"#, "x".repeat(10_000));
    assert!(refusal(body.as_bytes()).await.to_string().len() < 1_000);
}

#[tokio::test]
async fn a_body_is_read_up_to_its_cap_and_no_further() {
    assert_eq!(
        read_capped(Body::from("12345"), 5).await.expect("fits"),
        "12345"
    );
    let known = read_capped(Body::from("123456"), 5)
        .await
        .expect_err("too long");
    assert_eq!(known.code(), ProblemCode::BodyTooLarge);
    let chunks = Body::from_stream(futures::stream::repeat_with(|| Ok::<_, Infallible>("xx")));
    let endless = read_capped(chunks, 5).await.expect_err("too long");
    assert_eq!(endless.code(), ProblemCode::BodyTooLarge);
}

#[tokio::test]
async fn only_json_content_types_are_taken_and_none_at_all() {
    for (content_type, taken) in [
        (None, true),
        (Some("application/json"), true),
        (Some("Application/JSON; charset=utf-8"), true),
        (Some("application/merge-patch+json"), true),
        (Some("text/plain"), false),
        (Some("application/jsonx"), false),
        (
            Some("multipart/form-data; boundary=application/json"),
            false,
        ),
    ] {
        let mut request = Request::new(Body::from("{\"subject\":\"a\"}"));
        if let Some(content_type) = content_type {
            request
                .headers_mut()
                .insert(CONTENT_TYPE, content_type.parse().expect("a header"));
        }
        let outcome = StrictJson::<Outer>::from_request(request, &()).await;
        match outcome {
            Ok(_) => assert!(taken, "{content_type:?}"),
            Err(problem) => {
                assert!(!taken, "{content_type:?}");
                assert_eq!(problem.code(), ProblemCode::UnsupportedMediaType);
            }
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = strict_json::<Outer>(&bytes);
    }

    #[test]
    fn no_field_name_makes_the_parser_panic(name in ".*") {
        let body = serde_json::json!({"subject": "a", name: 1}).to_string();
        let _ = strict_json::<Outer>(body.as_bytes());
    }
}
