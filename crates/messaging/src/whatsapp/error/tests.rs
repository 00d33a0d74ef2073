//! Every code of the table, and every answer that has none.

use std::time::Duration;

use reqwest::header::{HeaderValue, RETRY_AFTER};

use tributary_domain::channel::inbound::{DeliveryReport, InboundKind};
use tributary_domain::channel::whatsapp::events;

use super::*;
use crate::graph::testing::{check_classes, check_table, coded, of};
use crate::testing::{Kind, answer, error, kind, retry_after};
use crate::verdict::OTHER_FILE;

/// The classes of Meta's error-code page, written down once more.
#[rustfmt::skip]
const CLASSES: &[(Kind, &[i64])] = &[
    (Kind::Again, &[1, 2, 131_056, 131_016, 131_000, 131_057, 135_000]),
    (Kind::Limited, &[4, 80007, 130_429]),
    (Kind::Refused, &[131_047]),
    (Kind::Refused, &[131_026, 131_021, 131_030, 130_472, 131_049, 131_050, 131_062, 137_000, 130_497]),
    (Kind::Refused, &[100, 131_008, 131_009, 131_051, 131_052, 131_053]),
    (Kind::Refused, &[132_000, 132_001, 132_003, 132_005, 132_007, 132_012, 132_015, 132_016, 132_018]),
    (Kind::Broken, &[0, 190, 3, 10, 200, 250, 299, 131_005, 131_031, 131_042, 131_044, 131_045, 131_048, 131_064, 368, 131_037]),
];

fn classes() -> Vec<(Kind, i64, Option<i64>)> {
    let each = CLASSES.iter().flat_map(|(kind, codes)| {
        let codes = codes.iter();
        codes.map(|code| (*kind, *code, None))
    });
    each.collect()
}

#[test]
fn every_code_is_retried_refused_or_blamed_on_the_account_as_meta_describes_it() {
    check_classes(&classes(), judge);
}

#[test]
fn every_entry_of_the_table_can_be_met_and_is_described() {
    check_table(CODES, &classes());
}

/// What a status says that comes after WhatsApp took the message.
fn late(code: i64) -> DeliveryReport {
    let body = serde_json::json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{
        "field": "messages", "value": {"metadata": {"phone_number_id": "300001"}, "statuses": [{
            "id": "wamid.9", "status": "failed", "errors": [{"code": code, "title": "to 7001"}]}]}}]}]});
    let body = serde_json::value::to_raw_value(&body).expect("JSON");
    let event = events(&body).next().expect("a status");
    let InboundKind::Report(report) = event.kind else {
        panic!("no report: {:?}", event.kind)
    };
    *report
}

#[test]
fn every_code_says_the_same_when_a_call_is_answered_and_when_a_status_brings_it_later() {
    let codes = CODES
        .iter()
        .flat_map(|known| [known.codes.0, known.codes.1]);
    for code in codes.chain([250, 132_003]) {
        let verdict = of(judge, &coded(400, code, None), 1);
        let (kind, at_once) = (kind(&verdict.outcome), error(&verdict.outcome));
        let report = late(code);
        let late = report.error.expect("why");
        assert_eq!(
            (&late.code, &late.message),
            (&at_once.code, &at_once.message)
        );
        let fault = report.account_fault.as_ref();
        assert_eq!(
            fault,
            Some(at_once).filter(|_| kind == Kind::Broken),
            "{code}"
        );
        match kind {
            Kind::Refused => assert_eq!(late.hint, at_once.hint, "{code}"),
            Kind::Again | Kind::Limited => assert!(late.hint.contains("send it again"), "{code}"),
            Kind::Broken => assert!(late.hint.contains("administrator"), "{code}"),
            Kind::Accepted | Kind::Unknown => panic!("{code}"),
        }
    }
}

#[test]
fn a_country_that_the_account_may_not_write_to_is_one_customers_matter() {
    let verdict = of(judge, &coded(400, 130_497, None), 1);
    assert_eq!(kind(&verdict.outcome), Kind::Refused);
    let error = error(&verdict.outcome);
    assert!(error.message.contains("country") && error.hint.contains("another channel"));
}

#[test]
fn after_24_hours_the_hint_offers_a_template() {
    let verdict = of(judge, &coded(400, 131_047, None), 1);
    assert!(error(&verdict.outcome).hint.contains("template"));
}

#[test]
fn errors_without_a_reason_are_tried_only_a_few_times() {
    for (code, attempts) in [(131_000, 4), (135_000, 2)] {
        let at = |attempt| kind(&of(judge, &coded(500, code, None), attempt).outcome);
        assert_eq!(at(attempts - 1), Kind::Again, "{code}");
        assert_eq!(at(attempts), Kind::Refused, "{code}");
    }
}

#[test]
fn a_new_code_is_judged_by_its_status() {
    for (status, expected) in [
        (400, Kind::Refused),
        (429, Kind::Limited),
        (500, Kind::Again),
        (503, Kind::Again),
        (401, Kind::Broken),
    ] {
        let verdict = of(judge, &coded(status, 999_999, None), 1);
        assert_eq!(kind(&verdict.outcome), expected, "{status}");
        assert_eq!(verdict.credentials_refused, status == 401, "{status}");
    }
}

#[test]
fn without_metas_own_error_a_5xx_leaves_the_message_unknown_and_a_4xx_does_not() {
    for status in [500, 502, 503, 504] {
        for body in ["", "<html>Bad gateway</html>", "{}", r#"{"error":"no"}"#] {
            let verdict = of(judge, &answer(status, body), 1);
            assert_eq!(kind(&verdict.outcome), Kind::Unknown, "{status} {body}");
        }
    }
    for (status, expected) in [
        (400, Kind::Refused),
        (404, Kind::Refused),
        (429, Kind::Limited),
        (401, Kind::Broken),
        (403, Kind::Broken),
        (302, Kind::Broken),
    ] {
        let verdict = of(judge, &answer(status, "<html>"), 1);
        assert_eq!(kind(&verdict.outcome), expected, "{status}");
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
        r#"{"messages":[{"id":""}]}"#,
    ] {
        let verdict = of(judge, &answer(200, body), 1);
        assert_eq!(kind(&verdict.outcome), Kind::Unknown, "{body}");
    }
    let cut = Answer {
        body: None,
        ..answer(200, "")
    };
    assert_eq!(kind(&of(judge, &cut, 1).outcome), Kind::Unknown);
}

#[test]
fn an_upload_is_never_unknown_and_what_is_refused_is_the_file() {
    for (given, expected) in [
        (answer(502, "<html>"), Kind::Again),
        (answer(200, "{}"), Kind::Again),
        (coded(500, 131_000, None), Kind::Again),
        (coded(429, 130_429, None), Kind::Limited),
        (coded(401, 190, None), Kind::Broken),
        (coded(400, 131_053, None), Kind::Refused),
        (coded(400, 100, None), Kind::Refused),
        (answer(413, ""), Kind::Refused),
    ] {
        let verdict = of(judge_upload, &given, 1);
        assert_eq!(kind(&verdict.outcome), expected, "{given:?}");
        if expected == Kind::Refused {
            let error = error(&verdict.outcome);
            assert!(error.message.contains("file"), "{error:?}");
            assert_eq!(error.hint, OTHER_FILE);
        }
    }
    let refused = of(judge_upload, &coded(401, 190, None), 1);
    assert!(refused.credentials_refused);
    let taken = judge_upload(&answer(200, r#"{"id":"4490709327384033"}"#), 1);
    assert_eq!(taken.as_deref(), Ok("4490709327384033"));
}

#[test]
fn the_time_meta_asks_for_is_kept_and_a_pair_of_numbers_rests_six_seconds() {
    let after = |answer: &Answer| retry_after(&of(judge, answer, 1).outcome);
    let mut slow = coded(429, 130_429, None);
    assert_eq!(after(&slow), Some(Duration::from_secs(10)));
    slow.headers
        .insert(RETRY_AFTER, HeaderValue::from_static("77"));
    assert_eq!(after(&slow), Some(Duration::from_secs(77)));
    assert_eq!(
        after(&coded(400, 131_056, None)),
        Some(Duration::from_secs(6))
    );
    assert_eq!(after(&coded(500, 1, None)), None);
}
