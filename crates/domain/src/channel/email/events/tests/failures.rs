//! What an agent is told of a mail that did not arrive.

use super::*;

fn failed(event: Value) -> DeliveryError {
    report(event).error.expect("why it failed")
}

#[test]
fn a_bounce_is_told_by_its_status_code() {
    for (status, part) in [
        ("5.1.1", "no such mailbox"),
        ("5.1.10", "domain takes no mail"),
        ("5.2.1", "switched off"),
        ("5.2.2", "full"),
        ("4.2.2", "full"),
        ("5.3.4", "too large"),
        ("5.4.7", "could not be reached"),
        ("5.7.1", "refuses our mail"),
        ("5.7.26", "refuses our mail"),
    ] {
        let error = failed(json!({"event": "bounce", "type": "bounce", "status": status}));
        assert_eq!(error.code, status);
        assert!(error.message.contains(part), "{status}: {}", error.message);
        assert!(!error.hint.is_empty());
    }
}

#[test]
fn a_status_that_says_nothing_gives_way_to_the_one_in_the_reason() {
    for (status, reason, code) in [
        (json!("5.0.0"), "550 5.1.1 <ann@example.org>: no", "5.1.1"),
        (json!(null), "550-5.2.2 The mailbox is over quota", "5.2.2"),
        (json!("5.2.2"), "550 5.1.1 other", "5.2.2"),
        (json!("5.0.0"), "500 unknown recipient", "5.0.0"),
        (json!("5.0.0"), "from 192.0.2.1 at 5.1", "5.0.0"),
        (json!("9.9.9"), "no", "bounced"),
    ] {
        let event = json!({"event": "bounce", "status": status, "reason": reason});
        assert_eq!(failed(event).code, code, "{reason}");
    }
}

#[test]
fn without_a_status_sendgrids_own_classification_tells() {
    for (class, kind, part) in [
        ("Invalid Address", "bounce", "does not exist"),
        ("Reputation", "blocked", "refuses our mail"),
        ("Content", "blocked", "what the mail says"),
        ("Unclassified", "blocked", "for now"),
        ("Unclassified", "expired", "three days"),
        ("Unclassified", "bounce", "returned"),
    ] {
        let event = json!({"event": "bounce", "type": kind, "bounce_classification": class});
        let message = failed(event).message;
        assert!(message.contains(part), "{class} {kind}: {message}");
    }
}

#[test]
fn what_sendgrid_did_not_even_try_says_why() {
    for (reason, code) in [
        ("Bounced Address", "bounced-address"),
        ("Unsubscribed Address", "unsubscribed-address"),
        ("Spam Reporting Address", "spam-reporting-address"),
        ("Spam Content (if spam checker app enabled)", "spam-content"),
        ("Recipient List over Package Quota", "quota"),
        ("Invalid SMTPAPI header", "invalid-header"),
        ("Invalid", "invalid-address"),
        ("", "dropped"),
        ("something new", "dropped"),
    ] {
        let error = failed(json!({"event": "dropped", "reason": reason, "status": "5.0.0"}));
        assert_eq!(error.code, code, "{reason}");
        assert!(!error.message.is_empty() && !error.hint.is_empty());
    }
}

#[test]
fn nobodys_address_and_no_words_of_a_mail_server_reach_the_agent() {
    for name in ["bounce", "blocked", "dropped"] {
        let event = json!({"event": name, "email": "ann@example.org", "type": "ann@example.org",
            "reason": "550 5.9.9 ann@example.org secret words", "status": "ann@example.org",
            "bounce_classification": "ann@example.org secret"});
        let DeliveryError {
            code,
            message,
            hint,
        } = failed(event);
        let told = format!("{code} {message} {hint}");
        assert!(!told.contains('@') && !told.contains("secret"), "{told}");
    }
}
