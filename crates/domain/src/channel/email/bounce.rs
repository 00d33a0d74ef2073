//! Reports on mail that could not be delivered (RFC 3464, RFC 6522), as parts of a mail; the default
//! mode of Inbound Parse gives the same parts as files.

use super::header::Headers;
use super::{Bounce, BounceOutcome, MailFile};

/// What is read of a report and of the headers of the mail it speaks of.
const MAX_REPORT: usize = 256 * 1024;
/// Most recipients that are read of a report.
const MAX_RECIPIENTS: usize = 100;
/// Most ids of a report.
const MAX_IDS: usize = 20;

/// What a mail says about another one that was not delivered.
pub(super) fn find(headers: &Headers<'_>, files: &[MailFile]) -> Option<Bounce> {
    let of_type = |types: &[&str]| {
        files.iter().find(|file| {
            let mime_type = file.mime_type.as_deref();
            mime_type.is_some_and(|mime_type| types.contains(&mime_type))
        })
    };
    let is_report = headers.media_type("content-type").is_some_and(|media| {
        let kind = media.parameter("report-type");
        // Other reports tell that a mail was read (RFC 8098) or is spam (RFC 5965).
        media.is("multipart", "report")
            && kind.is_none_or(|kind| kind.eq_ignore_ascii_case("delivery-status"))
    });
    let status = of_type(&["message/delivery-status", "message/global-delivery-status"])
        .filter(|_| is_report)
        .map(|file| read_status(&file.bytes));
    let (outcome, status) = match status {
        Some(status) => status,
        // Gmail's, also where it sends no report.
        None if headers.has("x-failed-recipients") => (BounceOutcome::Failed, None),
        None => return None,
    };
    let original = of_type(&[
        "message/rfc822",
        "text/rfc822-headers",
        "message/global",
        "message/global-headers",
    ]);
    let mut original_ids = original.map_or_else(Vec::new, |file| {
        let (headers, _) = Headers::read(start(&file.bytes), |_| false);
        headers.ids("message-id")
    });
    if original_ids.is_empty() {
        let newest_first = headers.ids("references").into_iter().rev();
        for id in headers.ids("in-reply-to").into_iter().chain(newest_first) {
            if !original_ids.contains(&id) && original_ids.len() < MAX_IDS {
                original_ids.push(id);
            }
        }
    }
    Some(Bounce {
        original_ids,
        outcome,
        status,
    })
}

/// The worst of what a delivery status says about its recipients: groups of fields, the first about
/// the mail, each further one about a recipient (RFC 3464, 2.1).
fn read_status(bytes: &[u8]) -> (BounceOutcome, Option<String>) {
    let mut rest = start(bytes);
    let mut worst: Option<(BounceOutcome, Option<String>)> = None;
    for _ in 0..=MAX_RECIPIENTS {
        let (fields, length) = Headers::read(rest, |_| false);
        rest = &rest[length..];
        let outcome = fields
            .raw("action")
            .next()
            .and_then(|action| outcome_of(&action));
        if let Some(outcome) = outcome {
            let status = fields.raw("status").next().and_then(|status| code(&status));
            let is_worse = worst
                .as_ref()
                .is_none_or(|(seen, _)| rank(outcome) > rank(*seen));
            if is_worse {
                worst = Some((outcome, status));
            }
        }
        if rest.is_empty() {
            break;
        }
    }
    worst.unwrap_or((BounceOutcome::Failed, None))
}

/// RFC 3464, 2.3.3. A mail that was expanded is on its way to several.
fn outcome_of(action: &str) -> Option<BounceOutcome> {
    let word = action.split(|c: char| !c.is_ascii_alphabetic()).next()?;
    match word.to_ascii_lowercase().as_str() {
        "failed" => Some(BounceOutcome::Failed),
        "delayed" => Some(BounceOutcome::Delayed),
        "delivered" | "relayed" | "expanded" => Some(BounceOutcome::Delivered),
        _ => None,
    }
}

fn rank(outcome: BounceOutcome) -> u8 {
    match outcome {
        BounceOutcome::Delivered => 0,
        BounceOutcome::Delayed => 1,
        BounceOutcome::Failed => 2,
    }
}

/// `5.1.1` of `5.1.1 (user unknown)` (RFC 3463, 2).
fn code(status: &str) -> Option<String> {
    let code = status.split_whitespace().next()?;
    let mut numbers = code.split('.');
    let mut number = |max: usize| {
        numbers
            .next()
            .is_some_and(|n| (1..=max).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_code = number(1) && number(3) && number(3) && numbers.next().is_none();
    is_code.then(|| code.to_owned())
}

fn start(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(MAX_REPORT)]
}
