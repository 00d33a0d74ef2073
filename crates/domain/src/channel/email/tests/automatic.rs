//! Mail of machines, by each field that tells of one.

use super::mails::{raw, read, with_headers};
use crate::channel::email::Automatic;

#[test]
fn every_field_of_the_list_is_known() {
    use Automatic::*;
    for (headers, why) in [
        ("Auto-Submitted: auto-replied", AutoSubmitted),
        ("auto-submitted: Auto-Generated (rejected)", AutoSubmitted),
        (
            "Auto-Submitted: auto-notified; owner-email=\"a@b\"",
            AutoSubmitted,
        ),
        ("Precedence: bulk", Precedence),
        ("Precedence: JUNK", Precedence),
        ("Precedence: list", Precedence),
        ("Precedence: auto_reply", Precedence),
        ("X-Precedence: auto_reply", Precedence),
        ("X-Auto-Response-Suppress: All", ResponseSuppressed),
        ("X-Auto-Response-Suppress: DR, RN, OOF", ResponseSuppressed),
        ("X-Auto-Response-Suppress: DR,AutoReply", ResponseSuppressed),
        ("X-Autoreply: yes", AutoReply),
        ("X-Autorespond: Out of office", AutoReply),
        ("X-AutoReply-From: a@b.example", AutoReply),
        ("List-Id: <l.example>", List),
        ("List-Unsubscribe: <mailto:x@y.example>", List),
        ("List-Post: <mailto:x@y.example>", List),
        ("Return-Path: <>", NoReturnPath),
        ("Return-Path:  < >", NoReturnPath),
        ("X-Loop: tributary", Loop),
        ("X-Loop: Tributary desk", Loop),
        ("From: MAILER-DAEMON@mx.example", Robot),
        ("From: Postmaster <postmaster@x.example>", Robot),
        ("From: no-reply@x.example", Robot),
        ("From: noreply+123@x.example", Robot),
        ("From: orders-no_reply@x.example", Robot),
        ("From: do.not.reply@x.example", Robot),
        (
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
            Report,
        ),
        (
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
            Report,
        ),
        // What says most is told.
        (
            "Precedence: bulk\r\nAuto-Submitted: auto-replied\r\nX-Loop: tributary",
            Loop,
        ),
        (
            "List-Id: <l.example>\r\nPrecedence: list\r\nAuto-Submitted: auto-generated",
            AutoSubmitted,
        ),
    ] {
        assert_eq!(with_headers(headers).automatic, Some(why), "{headers}");
        assert_eq!(
            raw(&format!("{headers}\n\nx").replace("\r\n", "\n")).automatic,
            Some(why),
            "{headers}"
        );
    }
    let bounced = read(&[("envelope", br#"{"from":"","to":["a@b.example"]}"#)]);
    assert_eq!(bounced.automatic, Some(NoReturnPath));
    let daemon = read(&[("envelope", br#"{"from":"mailer-daemon@x.example"}"#)]);
    assert_eq!(daemon.automatic, Some(Robot));
}

#[test]
fn what_people_send_is_not_automatic() {
    for headers in [
        "Auto-Submitted: no",
        "Auto-Submitted: No (written by hand)",
        "Precedence: first-class",
        "X-Auto-Response-Suppress: DR, RN",
        "X-Loop: somebody@else.example",
        "Return-Path: <ann@example.com>",
        "From: Norep Lyons <norep@example.com>",
        "Subject: Precedence: bulk",
        "X-Note: Auto-Submitted: auto-replied",
        "",
    ] {
        assert_eq!(with_headers(headers).automatic, None, "{headers}");
    }
}
