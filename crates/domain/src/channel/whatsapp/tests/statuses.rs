//! What becomes of our messages and of our accounts.

use super::*;
use crate::channel::inbound::DeliveryReport;
use crate::channel::whatsapp::codes::CODES;
use crate::delivery::{DeliveryError, DeliveryState};
use crate::ports::Correlation;
use crate::time::Timestamp;

fn status(item: Value) -> DeliveryReport {
    let kind = one_of("messages", "statuses", item);
    let InboundKind::Report(report) = kind else {
        panic!("expected a report, not {kind:?}")
    };
    *report
}

#[test]
fn our_own_mark_comes_back_with_a_status() {
    let mark = Correlation {
        ticket_id: crate::TicketId::generate(Timestamp::from_millis(1), 1),
        message_id: crate::MessageId::generate(Timestamp::from_millis(1), 2),
        position: 7,
        attempt: 2,
        part: 0,
    };
    let got = status(json!({"id": "wamid.9", "status": "sent", "timestamp": "1",
        "biz_opaque_callback_data": mark.as_text()}));
    assert_eq!(got.correlation, Some(mark));
}

#[test]
fn a_played_voice_note_was_read() {
    let got = status(json!({"id": "wamid.9", "status": "played", "recipient_id": "1"}));
    assert_eq!(got.state, DeliveryState::Read);
}

#[test]
fn a_recipient_may_be_told_by_user_id_alone() {
    let got = status(json!({"id": "wamid.9", "status": "delivered", "recipient_user_id": "US.1"}));
    assert_eq!(got.recipient.as_deref(), Some("US.1"));
}

fn failure(code: &Value) -> DeliveryError {
    let got = status(json!({"id": "wamid.9", "status": "failed",
        "errors": [{"code": code, "title": "Message to 7001 failed"}]}));
    got.error.unwrap()
}

#[test]
fn a_failure_says_why_and_what_to_do_in_our_own_words() {
    let error = failure(&json!(131_047));
    assert_eq!(
        (error.code.as_str(), error.message.as_str()),
        (
            "131047",
            "More than 24 hours have passed since the customer wrote."
        )
    );
    assert!(error.hint.contains("template"));
    let bare = status(json!({"id": "wamid.9", "status": "failed"}));
    assert_eq!(bare.error.unwrap().code, "unknown");
}

/// Which words the hint of each code has to have, by the classes of the Cloud API's error codes.
#[rustfmt::skip]
const HINTS: &[(&[i64], &str)] = &[
    (&[1, 2, 4, 80_007, 130_429, 131_056, 131_016, 131_057], "if it stays failed, send it again."),
    (&[131_000, 135_000], "if it stays failed, send it again later"),
    (&[131_047], "Send a template"),
    (&[131_026, 131_021, 130_497], "nother channel"),
    (&[131_030], "add it to the list"),
    (&[130_472, 131_050], "Wait until the customer writes"),
    (&[131_049], "Do not send it again soon"),
    (&[131_062], "Ask the customer for the number"),
    (&[137_000], "Make sure who the customer is"),
    (&[100, 131_008, 131_009, 131_051], "Change the message"),
    (&[131_053], "another format"),
    (&[131_052], "Ask the customer to send it again"),
    (&[132_000, 132_001, 132_003, 132_007, 132_012, 132_015, 132_016, 132_018], "Choose another template"),
    (&[132_005], "shorter"),
    (&[0, 190, 3, 10, 200, 250, 299, 131_005, 131_031, 131_042, 131_044, 131_045, 131_048, 131_064, 368, 131_037], "administrator"),
];

#[test]
fn every_code_that_comes_late_has_its_own_words_and_its_own_hint() {
    for (codes, words) in HINTS {
        for code in *codes {
            let error = failure(&json!(code));
            assert_eq!(error, failure(&json!(code.to_string())));
            assert!(error.hint.contains(words), "{code}: {}", error.hint);
            assert!(error.message.ends_with('.'), "{code}");
            assert!(!error.message.contains("7001"), "{code}");
        }
    }
    for code in [json!(999_999), json!("x"), json!(null)] {
        let error = failure(&code);
        assert_eq!(error.message, "WhatsApp could not deliver the message.");
    }
    let all = HINTS.iter().flat_map(|(codes, _)| *codes);
    let all: Vec<i64> = all.copied().collect();
    for known in CODES {
        let is_met = all.iter().any(|c| (known.first..=known.last).contains(c));
        assert!(is_met, "{known:?}");
    }
}

#[test]
fn a_failure_that_is_the_accounts_says_so_for_the_message_and_for_the_account() {
    let failed =
        |errors: Value| status(json!({"id": "wamid.9", "status": "failed", "errors": errors}));
    for code in [0, 10, 190, 250, 368, 131_031, 131_042, 131_045, 131_048] {
        let got = failed(json!([{"code": code, "title": "Whatever"}]));
        let (error, fault) = (got.error.unwrap(), got.account_fault.unwrap());
        assert_eq!((&error.code, &fault.code), (&code.to_string(), &error.code));
        assert!(error.hint.contains("send the message again"), "{code}");
        assert!(fault.hint.contains("when it works again"), "{code}");
    }
    let second = failed(json!([{"code": 131_026}, {"code": "131042"}]));
    assert_eq!(second.account_fault.unwrap().code, "131042");
    for code in [131_026, 131_047, 130_497, 131_049, 999_999] {
        assert_eq!(
            failed(json!([{"code": code}])).account_fault,
            None,
            "{code}"
        );
    }
    let sent = json!({"id": "wamid.9", "status": "sent", "errors": [{"code": 131_042}]});
    assert_eq!(status(sent).account_fault, None);
    let hint = failed(json!([{"code": 130_497, "title": "Country"}]))
        .error
        .unwrap()
        .hint;
    assert!(hint.contains("another channel"));
}

#[test]
fn an_unknown_status_and_one_of_no_message_are_parked() {
    for item in [
        json!({"id": "wamid.9", "status": "warning"}),
        json!({"status": "sent"}),
        json!(7),
    ] {
        assert!(matches!(
            one_of("messages", "statuses", item),
            InboundKind::Parked(_)
        ));
    }
}

#[test]
fn an_account_that_is_banned_or_gone_may_not_be_used_until_it_is_back() {
    for (value, usable) in [
        (
            json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}),
            false,
        ),
        (
            json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE"}}),
            true,
        ),
        (
            json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}}),
            true,
        ),
        (json!({"event": "ACCOUNT_DELETED"}), false),
        (json!({"event": "ACCOUNT_OFFBOARDED"}), false),
        (json!({"event": "ACCOUNT_RECONNECTED"}), true),
        (json!({"event": "VERIFIED_ACCOUNT"}), true),
        (
            json!({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "ADULT"}}),
            false,
        ),
        (
            json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [
            {"restriction_type": "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"}]}),
            false,
        ),
    ] {
        let events = events("account_update", value);
        let InboundKind::Account(news) = &events[0].kind else {
            panic!("expected news of the account")
        };
        assert_eq!(news.usable, usable);
        assert!(news.reason.contains("100001"));
        assert_eq!(news.business.as_deref(), Some("100001"));
        assert_eq!(news.at, Timestamp::from_millis(1_749_416_383_000));
    }
}

#[test]
fn news_of_the_account_say_what_happened_and_a_number_that_is_named_is_the_only_one() {
    let violation =
        json!({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "ADULT"}});
    let restriction = json!({"event": "ACCOUNT_RESTRICTION", "metadata": {"phone_number_id": "300001"}, "restriction_info": [
        {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"},
        {"restriction_type": "RESTRICTED_CUSTOMER_INITIATED_MESSAGING", "expiration": "2026-04-19T13:59:20+0000"}]});
    for (value, account, business, words) in [
        (violation, None, Some("100001"), "(ADULT)"),
        (restriction, Some("300001"), None, "until 2026-04-19"),
    ] {
        let event = events("account_update", value).remove(0);
        let named = event.account.as_ref().map(AccountId::as_str);
        assert_eq!(named, account);
        let InboundKind::Account(news) = event.kind else {
            panic!("expected news of the account")
        };
        assert_eq!((news.usable, news.business.as_deref()), (false, business));
        assert!(news.reason.contains(words), "{}", news.reason);
    }
}

/// Answers to customers are not what this restricts, so nothing has to stop.
#[test]
fn an_account_that_may_not_write_first_may_still_answer() {
    for value in [
        json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [
            {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"}]}),
        json!({"event": "ACCOUNT_RESTRICTION"}),
        json!({"event": "PARTNER_ADDED"}),
        json!({}),
    ] {
        assert!(matches!(
            events("account_update", value)[0].kind,
            InboundKind::Ignored(_)
        ));
    }
}

#[test]
fn fields_about_no_conversation_are_ignored_and_unknown_ones_parked() {
    for (field, ignored) in [
        ("message_template_status_update", true),
        ("phone_number_quality_update", true),
        ("history", true),
        ("group_participants_update", true),
        ("business_username_update", true),
        ("calls", true),
        ("hologram_update", false),
    ] {
        let events = events(field, json!({"messages": [{"id": "1"}, {"id": "2"}]}));
        assert_eq!(events.len(), 2);
        assert!(
            events
                .iter()
                .all(|e| matches!(e.kind, InboundKind::Ignored(_)) == ignored)
        );
        assert!(
            events
                .iter()
                .all(|e| matches!(e.kind, InboundKind::Parked(_)) != ignored)
        );
    }
}

#[test]
fn errors_beside_no_message_are_parked() {
    let events = events("messages", json!({"errors": [{"code": 131_000}]}));
    assert_eq!(events.len(), 1);
    assert_eq!(
        events[0].kind,
        InboundKind::Parked("errors without a message")
    );
}
