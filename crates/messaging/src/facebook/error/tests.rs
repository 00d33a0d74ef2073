//! Every code of the table, and every answer that has none.

use super::*;
use crate::graph::testing::{check_classes, check_table, coded, of};
use crate::testing::{Kind, answer, code, kind};

/// The classes of Meta's error-code page, written down once more.
#[rustfmt::skip]
const CLASSES: &[(Kind, i64, Option<i64>)] = &[
    (Kind::Again, 1, None), (Kind::Again, 2, None), (Kind::Again, 2, Some(2_018_344)),
    (Kind::Limited, 4, None), (Kind::Limited, 17, None), (Kind::Limited, 32, None), (Kind::Limited, 613, None),
    (Kind::Limited, 80006, None),
    (Kind::Unknown, 1, Some(1_357_046)),
    (Kind::Broken, 0, None), (Kind::Broken, 190, None), (Kind::Broken, 190, Some(460)), (Kind::Broken, 190, Some(463)),
    (Kind::Broken, 190, Some(467)), (Kind::Broken, 10, None), (Kind::Broken, 10, Some(1_893_063)),
    (Kind::Broken, 200, None), (Kind::Broken, 299, None), (Kind::Broken, 368, None),
    (Kind::Refused, 10, Some(2_018_278)), (Kind::Refused, 551, None), (Kind::Refused, 551, Some(1_545_041)),
    (Kind::Refused, 200, Some(1_545_041)), (Kind::Refused, 100, None), (Kind::Refused, 100, Some(2_018_001)),
    (Kind::Refused, 100, Some(33)), (Kind::Refused, 100, Some(2_018_008)), (Kind::Refused, 100, Some(2_018_047)),
    (Kind::Refused, 100, Some(2_018_109)), (Kind::Refused, 100, Some(2_018_294)),
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
fn a_subcode_is_told_where_it_decides() {
    for (number, subcode, told) in [
        (10, Some(2_018_278), "10/2018278"),
        (190, Some(463), "190"),
        (551, None, "551"),
    ] {
        let verdict = of(judge, &coded(400, number, subcode), 1);
        assert_eq!(code(&verdict.outcome), told);
    }
}

#[test]
fn a_new_code_is_judged_by_its_status_and_by_metas_own_word_that_it_passes() {
    for (status, expected) in [
        (400, Kind::Refused),
        (429, Kind::Limited),
        (500, Kind::Again),
        (401, Kind::Broken),
    ] {
        let verdict = of(judge, &coded(status, 999_999, None), 1);
        assert_eq!(kind(&verdict.outcome), expected, "{status}");
    }
    let passes = answer(400, r#"{"error":{"code":999999,"is_transient":true}}"#);
    assert_eq!(kind(&of(judge, &passes, 1).outcome), Kind::Again);
}

#[test]
fn without_metas_own_error_a_5xx_leaves_the_message_unknown() {
    for (status, expected) in [
        (502, Kind::Unknown),
        (504, Kind::Unknown),
        (400, Kind::Refused),
        (403, Kind::Broken),
        (429, Kind::Limited),
    ] {
        let verdict = of(judge, &answer(status, "gateway"), 1);
        assert_eq!(kind(&verdict.outcome), expected, "{status}");
    }
}
