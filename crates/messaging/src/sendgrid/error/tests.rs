//! Every status SendGrid answers with.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::HeaderValue;

use super::*;
use crate::testing::{Kind, answer, error, kind, retry_after};

const OWN: &str = r#"{"errors":[{"message":"for c@example.org","field":"personalizations.0.to.0.email","help":null}]}"#;

fn about(field: &str) -> String {
    format!(r#"{{"errors":[{{"message":"for c@example.org","field":"{field}","help":null}}]}}"#)
}

fn of(answer: &Answer) -> Verdict {
    judge(answer).expect_err("not taken")
}

#[test]
fn every_status_is_retried_refused_blamed_on_the_account_or_left_open() {
    let own = [
        (400, Kind::Refused),
        (401, Kind::Broken),
        (403, Kind::Broken),
        (404, Kind::Broken),
        (405, Kind::Broken),
        (413, Kind::Refused),
        (415, Kind::Refused),
        (429, Kind::Limited),
        (500, Kind::Again),
        (503, Kind::Again),
    ];
    let foreign = [
        (200, Kind::Unknown),
        (302, Kind::Broken),
        (400, Kind::Refused),
        (401, Kind::Broken),
        (429, Kind::Limited),
        (500, Kind::Unknown),
        (502, Kind::Unknown),
        (503, Kind::Unknown),
        (504, Kind::Unknown),
    ];
    let own = own.map(|(status, expected)| (status, OWN, expected));
    let foreign = ["", "<html>", r#"{"errors":[]}"#]
        .into_iter()
        .flat_map(|body| foreign.map(|(status, expected)| (status, body, expected)));
    for (status, body, expected) in own.into_iter().chain(foreign) {
        let verdict = of(&answer(status, body));
        assert_eq!(kind(&verdict.outcome), expected, "{status} {body}");
        let error = error(&verdict.outcome);
        assert_eq!(error.code, format!("http-{status}"));
        assert!(error.message.ends_with('.') && error.hint.ends_with('.'));
        assert!(!format!("{error:?}").contains("c@example.org"));
    }
}

#[test]
fn what_a_refusal_is_about_is_told_but_never_repeated() {
    for (field, expected, told) in [
        (
            "personalizations.0.to.0.email",
            Kind::Refused,
            "mail address",
        ),
        ("attachments.0.type", Kind::Refused, "file"),
        ("from.email", Kind::Broken, "sender's address"),
        ("subject", Kind::Refused, "refused the mail"),
    ] {
        let verdict = of(&answer(400, &about(field)));
        assert_eq!(kind(&verdict.outcome), expected, "{field}");
        let message = &error(&verdict.outcome).message;
        assert!(message.contains(told), "{message}");
    }
}

#[test]
fn only_a_refused_key_asks_for_another() {
    for status in [401, 403] {
        assert!(of(&answer(status, OWN)).credentials_refused, "{status}");
    }
    for status in [400, 404, 429, 500] {
        assert!(!of(&answer(status, OWN)).credentials_refused, "{status}");
    }
}

#[test]
fn a_rate_limit_is_waited_for_until_it_is_reset() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.expect("after 1970").as_secs();
    let mut limited = answer(429, OWN);
    let reset = HeaderValue::from_str(&(now + 60).to_string()).expect("a header");
    limited.headers.insert("x-ratelimit-reset", reset);
    let after = |answer: &Answer| retry_after(&of(answer).outcome);
    let asked = after(&limited).expect("a time");
    assert!(
        asked > Duration::from_secs(50) && asked <= Duration::from_secs(60),
        "{asked:?}"
    );
    let nonsense = HeaderValue::from_static("18446744073709551615");
    limited.headers.insert("x-ratelimit-reset", nonsense);
    assert_eq!(after(&limited), Some(SLOW_DOWN), "nonsense is no time");
}

#[test]
fn a_taken_mail_without_an_id_is_still_taken() {
    assert_eq!(judge(&answer(202, "")), Ok(None));
}
