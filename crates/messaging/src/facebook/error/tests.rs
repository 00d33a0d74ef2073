//! Every code of the table, and every answer that has none.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::json;
use tributary_domain::delivery::DeliveryError;
use tributary_domain::ports::SendOutcome;

use super::*;
use crate::verdict::CHANNEL_BROKEN;

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

fn error(outcome: SendOutcome) -> DeliveryError {
    match outcome {
        SendOutcome::Accepted { .. } => panic!("accepted"),
        SendOutcome::Retryable { error, .. }
        | SendOutcome::Refused { error }
        | SendOutcome::Unknown { error } => error,
    }
}

fn answer(status: u16, body: &serde_json::Value) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).expect("a status"),
        headers: HeaderMap::new(),
        body: Some(body.to_string().into_bytes()),
    }
}

fn coded(status: u16, code: i64, subcode: Option<i64>) -> Answer {
    let error = json!({"message": "to 7001", "type": "OAuthException", "code": code, "error_subcode": subcode, "fbtrace_id": "x"});
    answer(status, &json!({ "error": error }))
}

/// The classes of Meta's error-code page, written down once more.
#[rustfmt::skip]
const CLASSES: &[(Kind, i64, Option<i64>)] = &[
    (Kind::Again, 1, None), (Kind::Again, 2, None), (Kind::Again, 2, Some(2_018_344)), (Kind::Again, 4, None),
    (Kind::Again, 17, None), (Kind::Again, 32, None), (Kind::Again, 613, None), (Kind::Again, 613, Some(2_534_040)),
    (Kind::Again, 80006, None),
    (Kind::Unknown, 1, Some(1_357_046)),
    (Kind::Broken, 0, None), (Kind::Broken, 190, None), (Kind::Broken, 190, Some(463)), (Kind::Broken, 10, None),
    (Kind::Broken, 10, Some(1_893_063)), (Kind::Broken, 200, None), (Kind::Broken, 299, None), (Kind::Broken, 368, None),
    (Kind::Refused, 10, Some(2_018_278)), (Kind::Refused, 551, None), (Kind::Refused, 551, Some(1_545_041)),
    (Kind::Refused, 200, Some(1_545_041)), (Kind::Refused, 100, None), (Kind::Refused, 100, Some(2_018_001)),
    (Kind::Refused, 100, Some(33)),
];

#[test]
fn every_code_is_retried_refused_unsure_or_blamed_on_the_channel_as_meta_describes_it() {
    for (expected, code, subcode) in CLASSES {
        let verdict = judge(&coded(400, *code, *subcode), 1);
        assert_eq!(kind(&verdict.outcome), *expected, "{code} {subcode:?}");
        let is_token = [0, 190].contains(code);
        assert_eq!(verdict.credentials_refused, is_token, "{code}");
        let error = error(verdict.outcome);
        assert!(
            error.message.ends_with('.') && error.hint.ends_with('.'),
            "{code} {subcode:?}"
        );
        assert!(!error.message.contains("7001"), "{code}");
    }
}

#[test]
fn every_entry_of_the_table_can_be_met_and_is_described() {
    for (index, known) in CODES.iter().enumerate() {
        let shadowed = CODES[..index].iter().any(|before| {
            before.codes == known.codes
                && (before.subcode.is_none() || before.subcode == known.subcode)
        });
        assert!(!shadowed, "{known:?}");
        let described = CLASSES.iter().any(|(_, code, subcode)| {
            (known.codes.0..=known.codes.1).contains(code)
                && (known.subcode.is_none() || known.subcode == *subcode)
        });
        assert!(described, "{known:?}");
    }
}

#[test]
fn a_subcode_is_told_where_it_decides() {
    for (code, subcode, told) in [
        (10, Some(2_018_278), "10/2018278"),
        (190, Some(463), "190"),
        (551, None, "551"),
    ] {
        let error = error(judge(&coded(400, code, subcode), 1).outcome);
        assert_eq!(error.code, told);
    }
}

#[test]
fn a_new_code_is_judged_by_its_status_and_by_metas_own_word_that_it_passes() {
    for (status, expected) in [
        (400, Kind::Refused),
        (429, Kind::Again),
        (500, Kind::Again),
        (401, Kind::Broken),
    ] {
        let verdict = judge(&coded(status, 999_999, None), 1);
        assert_eq!(kind(&verdict.outcome), expected, "{status}");
    }
    let passes = json!({"error": {"code": 999_999, "is_transient": true}});
    assert_eq!(kind(&judge(&answer(400, &passes), 1).outcome), Kind::Again);
}

#[test]
fn without_metas_own_error_a_5xx_leaves_the_message_unknown() {
    for (status, expected) in [
        (502, Kind::Unknown),
        (504, Kind::Unknown),
        (400, Kind::Refused),
        (403, Kind::Broken),
    ] {
        let verdict = judge(&answer(status, &json!("gateway")), 1);
        assert_eq!(kind(&verdict.outcome), expected, "{status}");
    }
}
