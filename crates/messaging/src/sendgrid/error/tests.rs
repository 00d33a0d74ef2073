//! Every status SendGrid answers with.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue};

use super::*;

const OWN: &str = r#"{"errors":[{"message":"for c@example.org","field":"personalizations.0.to.0.email","help":null}]}"#;

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).expect("a status"),
        headers: HeaderMap::new(),
        body: Some(body.as_bytes().to_vec()),
    }
}

#[derive(Debug, PartialEq, Clone, Copy)]
enum Kind {
    Again,
    Broken,
    Refused,
    Unknown,
}

fn kind(outcome: &SendOutcome) -> Kind {
    match outcome {
        SendOutcome::Accepted { .. } => panic!("accepted"),
        SendOutcome::Retryable { retry_after, .. } if *retry_after == Some(CHANNEL_BROKEN) => {
            Kind::Broken
        }
        SendOutcome::Retryable { .. } => Kind::Again,
        SendOutcome::Refused { .. } => Kind::Refused,
        SendOutcome::Unknown { .. } => Kind::Unknown,
    }
}

#[test]
fn every_status_is_retried_refused_blamed_on_the_channel_or_left_open() {
    let own = [
        (400, Kind::Refused),
        (401, Kind::Broken),
        (403, Kind::Broken),
        (404, Kind::Broken),
        (405, Kind::Broken),
        (413, Kind::Refused),
        (415, Kind::Refused),
        (429, Kind::Again),
        (500, Kind::Again),
        (503, Kind::Again),
    ];
    for (status, expected) in own {
        assert_eq!(
            kind(&judge(&answer(status, OWN)).outcome),
            expected,
            "{status} with SendGrid's error"
        );
    }
    let foreign = [
        (200, Kind::Unknown),
        (302, Kind::Broken),
        (400, Kind::Refused),
        (401, Kind::Broken),
        (429, Kind::Again),
        (500, Kind::Unknown),
        (502, Kind::Unknown),
        (503, Kind::Unknown),
        (504, Kind::Unknown),
    ];
    for (status, expected) in foreign {
        for body in ["", "<html>", r#"{"errors":[]}"#] {
            assert_eq!(
                kind(&judge(&answer(status, body)).outcome),
                expected,
                "{status} {body}"
            );
        }
    }
}

#[test]
fn a_refused_address_is_named_as_the_reason_but_never_repeated() {
    let SendOutcome::Refused { error } = judge(&answer(400, OWN)).outcome else {
        panic!("refused")
    };
    assert!(error.hint.contains("address"));
    assert!(!format!("{error:?}").contains("c@example.org"));
    let other = r#"{"errors":[{"message":"m","field":"subject"}]}"#;
    let SendOutcome::Refused { error } = judge(&answer(400, other)).outcome else {
        panic!("refused")
    };
    assert!(!error.hint.contains("address"));
}

#[test]
fn only_a_refused_key_asks_for_another() {
    for status in [401, 403] {
        assert!(judge(&answer(status, OWN)).credentials_refused, "{status}");
    }
    for status in [400, 404, 429, 500] {
        assert!(!judge(&answer(status, OWN)).credentials_refused, "{status}");
    }
}

#[test]
fn a_rate_limit_is_waited_for_until_it_is_reset() {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    let mut limited = answer(429, OWN);
    let reset = HeaderValue::from_str(&(now + 60).to_string()).expect("a header");
    limited.headers.insert("x-ratelimit-reset", reset);
    let after = |answer: &Answer| {
        let SendOutcome::Retryable { retry_after, .. } = judge(answer).outcome else {
            panic!("retryable")
        };
        retry_after
    };
    let asked = after(&limited).expect("a time");
    assert!(
        asked > Duration::from_secs(50) && asked <= Duration::from_secs(60),
        "{asked:?}"
    );
    limited.headers.insert(
        "x-ratelimit-reset",
        HeaderValue::from_static("18446744073709551615"),
    );
    assert_eq!(after(&limited), None, "nonsense is no time");
}

#[test]
fn a_taken_mail_without_an_id_is_still_taken() {
    let outcome = judge(&answer(202, "")).outcome;
    assert_eq!(
        outcome,
        SendOutcome::Accepted {
            platform_message_ids: vec![]
        }
    );
}
