//! Every code of the table, and every answer that has none.

use super::*;
use crate::graph::testing::{check_classes, check_table, coded, of};
use crate::testing::{Kind, answer, error, kind, retry_after};

/// The classes of Meta's error-code page, written down once more.
#[rustfmt::skip]
const CLASSES: &[(Kind, i64, Option<i64>)] = &[
    (Kind::Again, 1, None), (Kind::Again, 2, None),
    (Kind::Limited, 4, None), (Kind::Limited, 17, None), (Kind::Limited, 32, None), (Kind::Limited, 613, None),
    (Kind::Limited, 613, Some(2_534_040)), (Kind::Limited, 80002, None), (Kind::Limited, 80006, None),
    (Kind::Unknown, 1, Some(1_357_046)),
    (Kind::Broken, 0, None), (Kind::Broken, 190, None), (Kind::Broken, 190, Some(463)), (Kind::Broken, 10, None),
    (Kind::Broken, 10, Some(1_893_063)), (Kind::Broken, 200, None), (Kind::Broken, 200, Some(2_534_041)),
    (Kind::Broken, 299, None), (Kind::Broken, 368, None), (Kind::Broken, 100, Some(2_534_029)),
    (Kind::Broken, 100, Some(2_534_122)), (Kind::Broken, 10, Some(2_534_122)),
    (Kind::Refused, 10, Some(2_534_022)), (Kind::Refused, 10, Some(2_018_278)), (Kind::Refused, 551, None),
    (Kind::Refused, 551, Some(1_545_041)), (Kind::Refused, 100, Some(2_534_014)), (Kind::Refused, 100, None),
    (Kind::Refused, 100, Some(2_018_047)),
];

#[test]
fn every_code_is_retried_refused_unsure_or_blamed_on_the_account_as_meta_describes_it() {
    check_classes(CLASSES, judge);
}

#[test]
fn every_entry_of_the_table_can_be_met_and_is_described() {
    check_table(CODES, CLASSES);
}

#[test]
fn an_owner_who_disabled_access_is_told_where_to_allow_it() {
    let verdict = of(judge, &coded(403, 200, Some(2_534_041)), 1);
    let error = error(&verdict.outcome);
    assert_eq!(error.code, "200/2534041");
    assert!(error.message.contains("Connected tools"));
}

#[test]
fn an_account_that_sends_too_much_waits_as_long_as_meta_asks_and_no_shorter_than_is_of_use() {
    let mut slow = coded(429, 613, Some(2_534_040));
    let ten = std::time::Duration::from_secs(10);
    assert_eq!(retry_after(&of(judge, &slow, 1).outcome), Some(ten));
    let asked = reqwest::header::HeaderValue::from_static("90");
    slow.headers.insert("retry-after", asked);
    assert_eq!(retry_after(&of(judge, &slow, 1).outcome), Some(ten * 9));
}

#[test]
fn without_metas_own_error_a_5xx_leaves_the_message_unknown() {
    for (status, expected) in [
        (502, Kind::Unknown),
        (504, Kind::Unknown),
        (429, Kind::Limited),
    ] {
        let verdict = of(judge, &answer(status, "gateway"), 1);
        assert_eq!(kind(&verdict.outcome), expected, "{status}");
    }
}
