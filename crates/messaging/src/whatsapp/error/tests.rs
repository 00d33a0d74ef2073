//! Every code of the table, and every answer that has none.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use tributary_domain::ports::SendOutcome;

use super::*;
use crate::verdict::CHANNEL_BROKEN;

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).expect("a status"),
        headers: HeaderMap::new(),
        body: Some(body.as_bytes().to_vec()),
    }
}

fn coded(status: u16, code: i64) -> Answer {
    let body = format!(
        r#"{{"error":{{"message":"to +15550100","type":"OAuthException","code":{code},"fbtrace_id":"x"}}}}"#
    );
    answer(status, &body)
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

/// The classes of Meta's error-code page, written down once more.
#[rustfmt::skip]
const CLASSES: &[(Kind, &[i64])] = &[
    (Kind::Again, &[1, 2, 4, 80007, 130_429, 131_056, 131_016, 131_000, 131_057, 135_000]),
    (Kind::Refused, &[131_047]),
    (Kind::Refused, &[131_026, 131_021, 131_030, 130_472, 131_049, 131_050, 131_062, 137_000]),
    (Kind::Refused, &[100, 131_008, 131_009, 131_051, 131_052, 131_053, 132_000, 132_001, 132_005, 132_007, 132_012, 132_015, 132_016]),
    (Kind::Broken, &[0, 190, 3, 10, 200, 250, 299, 131_005, 131_031, 131_042, 131_044, 131_045, 131_048, 131_064, 368, 130_497, 131_037]),
];

#[test]
fn every_code_is_retried_refused_or_blamed_on_the_channel_as_meta_describes_it() {
    for (expected, codes) in CLASSES {
        for code in *codes {
            let verdict = judge(&coded(400, *code), 1);
            assert_eq!(kind(&verdict.outcome), *expected, "{code}");
            assert_eq!(
                verdict.credentials_refused,
                [0, 190].contains(code),
                "{code}"
            );
        }
    }
}

#[test]
fn the_table_says_each_code_once_in_order_and_none_that_was_not_described() {
    for pair in CODES.windows(2) {
        assert!(
            pair[0].codes.1 < pair[1].codes.0,
            "{:?} before {:?}",
            pair[0].codes,
            pair[1].codes
        );
    }
    for known in CODES {
        let described = CLASSES
            .iter()
            .flat_map(|(_, codes)| *codes)
            .any(|code| known.codes.0 <= *code && *code <= known.codes.1);
        assert!(described, "{:?}", known.codes);
    }
}

#[test]
fn errors_keep_the_code_tell_what_to_do_and_never_repeat_what_meta_wrote() {
    for (_, codes) in CLASSES {
        for code in *codes {
            let (SendOutcome::Retryable { error, .. } | SendOutcome::Refused { error }) =
                judge(&coded(400, *code), 1).outcome
            else {
                panic!("{code}")
            };
            assert_eq!(error.code, code.to_string());
            assert!(
                error.message.ends_with('.') && error.hint.ends_with('.'),
                "{code}"
            );
            assert!(!error.message.contains("15550100"), "{code}");
        }
    }
}

#[test]
fn after_24_hours_the_hint_offers_a_template() {
    let SendOutcome::Refused { error } = judge(&coded(400, 131_047), 1).outcome else {
        panic!("refused")
    };
    assert!(error.hint.contains("template"));
}

#[test]
fn errors_without_a_reason_are_tried_only_a_few_times() {
    for (code, attempts) in [(131_000, 4), (135_000, 2)] {
        assert_eq!(
            kind(&judge(&coded(500, code), attempts - 1).outcome),
            Kind::Again,
            "{code}"
        );
        assert_eq!(
            kind(&judge(&coded(500, code), attempts).outcome),
            Kind::Refused,
            "{code}"
        );
    }
}

#[test]
fn a_new_code_is_judged_by_its_status() {
    for (status, expected) in [
        (400, Kind::Refused),
        (429, Kind::Again),
        (500, Kind::Again),
        (503, Kind::Again),
        (401, Kind::Broken),
    ] {
        let verdict = judge(&coded(status, 999_999), 1);
        assert_eq!(kind(&verdict.outcome), expected, "{status}");
        assert_eq!(verdict.credentials_refused, status == 401, "{status}");
    }
}

#[test]
fn without_metas_own_error_a_5xx_leaves_the_message_unknown_and_a_4xx_does_not() {
    for status in [500, 502, 503, 504] {
        for body in ["", "<html>Bad gateway</html>", "{}", r#"{"error":"no"}"#] {
            assert_eq!(
                kind(&judge(&answer(status, body), 1).outcome),
                Kind::Unknown,
                "{status} {body}"
            );
        }
    }
    for (status, expected) in [
        (400, Kind::Refused),
        (404, Kind::Refused),
        (429, Kind::Again),
        (401, Kind::Broken),
        (403, Kind::Broken),
        (302, Kind::Broken),
    ] {
        assert_eq!(
            kind(&judge(&answer(status, "<html>"), 1).outcome),
            expected,
            "{status}"
        );
    }
}

#[test]
fn a_success_that_names_no_message_is_unknown() {
    for body in [
        "",
        "not json",
        "{}",
        r#"{"messages":[]}"#,
        r#"{"messages":[{}]}"#,
    ] {
        assert_eq!(
            kind(&judge(&answer(200, body), 1).outcome),
            Kind::Unknown,
            "{body}"
        );
    }
    let cut = Answer {
        body: None,
        ..answer(200, "")
    };
    assert_eq!(kind(&judge(&cut, 1).outcome), Kind::Unknown);
}

#[test]
fn the_time_meta_asks_for_is_kept_and_a_pair_of_numbers_rests_six_seconds() {
    let mut slow = coded(429, 130_429);
    slow.headers
        .insert(RETRY_AFTER, HeaderValue::from_static("77"));
    let after = |answer: &Answer| {
        let SendOutcome::Retryable { retry_after, .. } = judge(answer, 1).outcome else {
            panic!("retryable")
        };
        retry_after
    };
    assert_eq!(after(&slow), Some(Duration::from_secs(77)));
    assert_eq!(after(&coded(400, 131_056)), Some(Duration::from_secs(6)));
    assert_eq!(after(&coded(500, 1)), None);
}
