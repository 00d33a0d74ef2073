//! Every status and problem X answers with.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::HeaderValue;

use super::*;
use crate::testing::{Kind, answer, error, kind, retry_after};
use crate::twitter::wire;

fn problem(status: u16, name: &str) -> Answer {
    let kind = match name {
        "" => "about:blank".to_owned(),
        name => format!("https://api.x.com/2/problems/{name}"),
    };
    let body = serde_json::json!({"title": "to 4400", "type": kind, "status": status, "detail": "to 4400"});
    answer(status, &body.to_string())
}

fn coded(status: u16, code: i64) -> Answer {
    let body = serde_json::json!({"errors": [{"code": code, "message": "to 4400"}]});
    answer(status, &body.to_string())
}

fn of(answer: &Answer) -> Verdict {
    judge(answer, wire::accepted).expect_err("not taken")
}

#[test]
fn every_status_and_problem_is_retried_refused_left_open_or_blamed_on_the_account() {
    for (given, expected, told) in [
        (
            problem(400, "invalid-request"),
            Kind::Refused,
            "invalid-request",
        ),
        (problem(400, ""), Kind::Refused, "http-400"),
        (problem(401, ""), Kind::Broken, "http-401"),
        (coded(401, 89), Kind::Broken, "89"),
        (problem(402, "credits"), Kind::Broken, "credits"),
        (problem(403, ""), Kind::Refused, "http-403"),
        (coded(403, 349), Kind::Refused, "349"),
        (
            problem(403, "client-forbidden"),
            Kind::Broken,
            "client-forbidden",
        ),
        (problem(403, "usage-capped"), Kind::Broken, "usage-capped"),
        (problem(429, "usage-capped"), Kind::Broken, "usage-capped"),
        (
            problem(403, "oauth1-permissions"),
            Kind::Broken,
            "oauth1-permissions",
        ),
        (
            problem(403, "unsupported-authentication"),
            Kind::Broken,
            "unsupported-authentication",
        ),
        (coded(403, 93), Kind::Broken, "93"),
        (coded(403, 64), Kind::Broken, "64"),
        (coded(403, 326), Kind::Broken, "326"),
        (
            problem(404, "resource-not-found"),
            Kind::Refused,
            "resource-not-found",
        ),
        (problem(429, ""), Kind::Limited, "http-429"),
        (coded(429, 88), Kind::Limited, "88"),
        (problem(500, ""), Kind::Again, "http-500"),
        (
            problem(503, "service-unavailable"),
            Kind::Again,
            "service-unavailable",
        ),
        (answer(500, "<html>"), Kind::Unknown, "http-500"),
        (answer(502, ""), Kind::Unknown, "http-502"),
        (answer(504, "{}"), Kind::Unknown, "http-504"),
        (answer(429, ""), Kind::Limited, "http-429"),
        (answer(403, ""), Kind::Refused, "http-403"),
        (answer(302, ""), Kind::Broken, "http-302"),
        (answer(201, "{}"), Kind::Unknown, "unreadable-answer"),
        (
            answer(200, r#"{"errors":[{"title":"x"}]}"#),
            Kind::Unknown,
            "unreadable-answer",
        ),
    ] {
        let verdict = of(&given);
        assert_eq!(kind(&verdict.outcome), expected, "{given:?}");
        let error = error(&verdict.outcome);
        assert_eq!(error.code, told);
        assert!(
            error.message.ends_with('.') && error.hint.ends_with('.'),
            "{told}"
        );
        assert!(!format!("{error:?}").contains("4400"), "{told}");
        assert_eq!(verdict.credentials_refused, given.status == 401, "{told}");
    }
}

#[test]
fn who_takes_no_messages_is_told_apart_from_an_app_that_may_not_send() {
    let verdict = of(&coded(403, 349));
    assert!(error(&verdict.outcome).hint.contains("blocked us"));
    let verdict = of(&problem(403, "client-forbidden"));
    assert!(error(&verdict.outcome).hint.contains("administrator"));
}

#[test]
fn an_upload_is_never_unknown_and_what_is_refused_is_the_file() {
    for (given, expected) in [
        (problem(400, "invalid-request"), Kind::Refused),
        (problem(401, ""), Kind::Broken),
        (problem(403, "client-forbidden"), Kind::Broken),
        (problem(429, ""), Kind::Limited),
        (answer(502, ""), Kind::Again),
        (answer(200, "{}"), Kind::Again),
    ] {
        let verdict = judge_upload(&given, wire::media).expect_err("not taken");
        assert_eq!(kind(&verdict.outcome), expected, "{given:?}");
    }
}

#[test]
fn a_limit_lasts_until_x_says_and_for_the_day_when_that_is_used_up() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("after 1970").as_secs();
    let mut limited = problem(429, "");
    let mut set = |name: &'static str, value: u64| {
        let value = HeaderValue::from_str(&value.to_string()).expect("a header");
        limited.headers.insert(name, value);
        retry_after(&of(&limited).outcome)
    };
    let near = |asked: Option<Duration>, seconds: u64| {
        let asked = asked.expect("a time").as_secs();
        assert!((seconds - 5..=seconds).contains(&asked), "{asked}");
    };
    near(set("x-rate-limit-reset", now + 600), 600);
    near(set("x-user-limit-24hour-reset", now + 7_200), 600);
    near(set("x-user-limit-24hour-remaining", 3), 600);
    near(set("x-user-limit-24hour-remaining", 0), 7_200);
    assert_eq!(retry_after(&of(&problem(429, "")).outcome), None);
}
