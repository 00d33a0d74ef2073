//! Reports on mails that did not arrive, in both modes.

use super::mails::{raw, read};
use crate::channel::email::{Automatic, Bounce, BounceOutcome};

const STATUS: &str = "Reporting-MTA: dns; mx.example.com\nArrival-Date: Mon, 2 Nov 2026 10:00:00 +0000\n\nFinal-Recipient: rfc822; nobody@example.org\nAction: failed\nStatus: 5.1.1 (bad destination)\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n";
const ORIGINAL: &str =
    "Message-ID: <desk.1@reply.example.com>\nSubject: Your order\nTo: nobody@example.org\n";

fn report(kind: &str, status: &str, third: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example.com\nContent-Type: multipart/report; report-type={kind}; boundary=\"r\"\nReferences: <other@x>\n\n--r\n\nIt failed.\n--r\nContent-Type: message/delivery-status\n\n{status}\n--r\n{third}\n--r--\n"
    )
}

fn bounce(ids: &[&str], outcome: BounceOutcome, status: Option<&str>) -> Option<Bounce> {
    Some(Bounce {
        original_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        outcome,
        status: status.map(str::to_owned),
    })
}

#[test]
fn a_report_tells_which_mail_failed_and_why() {
    let headers = format!("Content-Type: text/rfc822-headers\n\n{ORIGINAL}");
    let whole = format!("Content-Type: message/rfc822\n\n{ORIGINAL}\nHello");
    for third in [headers, whole] {
        let mail = raw(&report("delivery-status", STATUS, &third));
        assert_eq!(
            mail.bounce,
            bounce(
                &["<desk.1@reply.example.com>"],
                BounceOutcome::Failed,
                Some("5.1.1")
            )
        );
        assert_eq!(mail.automatic, Some(Automatic::Report));
        assert_eq!(mail.text.as_deref(), Some("It failed."));
        assert_eq!(mail.files.len(), 2);
    }
    let without = raw(&report(
        "delivery-status",
        STATUS,
        "Content-Type: text/plain\n\nnothing",
    ));
    assert_eq!(
        without.bounce,
        bounce(&["<other@x>"], BounceOutcome::Failed, Some("5.1.1"))
    );
}

#[test]
fn the_worst_of_several_recipients_counts() {
    let recipient = |action: &str, status: &str| {
        format!("\nFinal-Recipient: rfc822; a@b.example\nAction: {action}\nStatus: {status}\n")
    };
    let of = |recipients: &[String]| {
        let status = "Reporting-MTA: dns; x\n".to_owned() + &recipients.concat();
        let third = format!("Content-Type: text/rfc822-headers\n\n{ORIGINAL}");
        let bounce = raw(&report("delivery-status", &status, &third))
            .bounce
            .unwrap();
        (bounce.outcome, bounce.status)
    };
    let code = |text: &str| Some(text.to_owned());
    assert_eq!(
        of(&[
            recipient("delivered", "2.0.0"),
            recipient("failed", "5.2.2"),
            recipient("delayed", "4.4.1")
        ]),
        (BounceOutcome::Failed, code("5.2.2"))
    );
    assert_eq!(
        of(&[recipient("relayed", "2.0.0"), recipient("DELAYED", "4.4.1")]),
        (BounceOutcome::Delayed, code("4.4.1"))
    );
    assert_eq!(
        of(&[recipient("expanded", "2.0.0")]),
        (BounceOutcome::Delivered, code("2.0.0"))
    );
    assert_eq!(
        of(&[recipient("failed (given up)", "nonsense")]),
        (BounceOutcome::Failed, None)
    );
    assert_eq!(of(&[]), (BounceOutcome::Failed, None));
}

#[test]
fn the_default_mode_has_the_same_parts_as_files() {
    let mail = read(&[
        ("headers", b"From: postmaster@x.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\r\n"),
        ("text", b"It failed."),
        ("attachment-info", br#"{"attachment1":{"type":"message/delivery-status"},"attachment2":{"type":"message/rfc822"}}"#),
        ("attachment1", STATUS.as_bytes()),
        ("attachment2", ORIGINAL.as_bytes()),
    ]);
    assert_eq!(
        mail.bounce,
        bounce(
            &["<desk.1@reply.example.com>"],
            BounceOutcome::Failed,
            Some("5.1.1")
        )
    );
}

#[test]
fn gmail_names_the_recipients_that_failed() {
    let mail = raw(
        "From: mailer-daemon@googlemail.com\nX-Failed-Recipients: nobody@example.org\nIn-Reply-To: <desk.1@x>\nReferences: <desk.0@x> <desk.1@x>\nAuto-Submitted: auto-replied\n\nAddress not found",
    );
    assert_eq!(
        mail.bounce,
        bounce(&["<desk.1@x>", "<desk.0@x>"], BounceOutcome::Failed, None)
    );
}

#[test]
fn other_reports_and_attached_ones_are_no_bounces() {
    let third = format!("Content-Type: text/rfc822-headers\n\n{ORIGINAL}");
    assert_eq!(
        raw(&report("disposition-notification", STATUS, &third)).bounce,
        None
    );
    let forwarded =
        report("delivery-status", STATUS, &third).replace("multipart/report", "multipart/mixed");
    assert_eq!(raw(&forwarded).bounce, None, "a person sent it on");
}
