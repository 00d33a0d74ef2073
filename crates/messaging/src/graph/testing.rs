//! What the tests of all tables of codes share.

use crate::graph::Known;
use crate::http::Answer;
use crate::testing::{Kind, answer, code, error, kind};
use crate::verdict::Verdict;

type Judge = fn(&Answer, u32) -> Result<String, Verdict>;

/// Meta's own error, whose text names a customer.
pub(crate) fn coded(status: u16, code: i64, subcode: Option<i64>) -> Answer {
    let error = serde_json::json!({"error": {
        "message": "to 7001", "type": "OAuthException", "code": code, "error_subcode": subcode, "fbtrace_id": "x",
    }});
    answer(status, &error.to_string())
}

/// What is said of an answer that took nothing.
pub(crate) fn of(judge: Judge, answer: &Answer, attempt: u32) -> Verdict {
    judge(answer, attempt).expect_err("not taken")
}

/// Every code has its class, and words for the agent that are ours.
pub(crate) fn check_classes(classes: &[(Kind, i64, Option<i64>)], judge: Judge) {
    for (expected, number, subcode) in classes {
        let verdict = of(judge, &coded(400, *number, *subcode), 1);
        assert_eq!(kind(&verdict.outcome), *expected, "{number} {subcode:?}");
        let is_token = [0, 190].contains(number);
        assert_eq!(verdict.credentials_refused, is_token, "{number}");
        let error = error(&verdict.outcome);
        assert!(
            error.message.ends_with('.') && error.hint.ends_with('.'),
            "{number} {subcode:?}"
        );
        assert!(!error.message.contains("7001"), "{number}");
        let told = code(&verdict.outcome);
        assert!(told.starts_with(&number.to_string()), "{told}");
    }
}

/// No entry hides behind another, and each is met by a code.
pub(crate) fn check_table(table: &[Known], classes: &[(Kind, i64, Option<i64>)]) {
    for (index, known) in table.iter().enumerate() {
        let shadowed = table[..index].iter().any(|before| {
            before.codes.0 <= known.codes.0
                && known.codes.1 <= before.codes.1
                && (before.subcode.is_none() || before.subcode == known.subcode)
        });
        assert!(!shadowed, "{known:?}");
        let described = classes.iter().any(|(_, code, subcode)| {
            (known.codes.0..=known.codes.1).contains(code)
                && (known.subcode.is_none() || known.subcode == *subcode)
        });
        assert!(described, "{known:?}");
    }
}
