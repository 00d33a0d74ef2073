//! Mail that no person wrote, and that no machine may answer (RFC 3834, section 2).

use super::header::Headers;
use super::{Automatic, Mail};

/// What our own automatic mail carries in `X-Loop`.
pub const LOOP_MARK: &str = "tributary";

/// Fields that only mailing lists set (RFC 2369, RFC 2919).
const LIST_FIELDS: [&str; 8] = [
    "list-id",
    "list-unsubscribe",
    "list-post",
    "list-help",
    "list-subscribe",
    "list-owner",
    "list-archive",
    "list-unsubscribe-post",
];

/// Why a mail is automatic, if it is: the first that holds of the following, from what says most to
/// what says least. Our own mark; a report; what the field made for this says; what other makers'
/// fields say; bulk mail; lists; no one to answer to; the name of the sender.
pub(super) fn find(headers: &Headers<'_>, mail: &Mail) -> Option<Automatic> {
    let any = |name: &str, is: &dyn Fn(&str) -> bool| {
        headers
            .raw(name)
            .any(|value| is(&value.to_ascii_lowercase()))
    };
    let is_report = || {
        let media = headers.media_type("content-type");
        media.is_some_and(|media| media.is("multipart", "report"))
    };
    let rules: [(Automatic, &dyn Fn() -> bool); 9] = [
        (Automatic::Loop, &|| {
            any("x-loop", &|v| v.contains(LOOP_MARK))
        }),
        (Automatic::Report, &is_report),
        (Automatic::AutoSubmitted, &|| {
            any("auto-submitted", &is_auto_submitted)
        }),
        (Automatic::AutoReply, &|| {
            ["x-autoreply", "x-autorespond", "x-autoreply-from"]
                .iter()
                .any(|name| any(name, &|value| !["no", "false"].contains(&value)))
        }),
        (Automatic::ResponseSuppressed, &|| {
            any("x-auto-response-suppress", &suppresses_answers)
        }),
        (Automatic::Precedence, &|| {
            ["precedence", "x-precedence"]
                .iter()
                .any(|name| any(name, &is_bulk))
        }),
        (Automatic::List, &|| {
            LIST_FIELDS.iter().any(|name| headers.has(name))
        }),
        (Automatic::NoReturnPath, &|| {
            any("return-path", &|value| {
                value.replace([' ', '\t'], "") == "<>"
            }) || mail.envelope_from.as_deref() == Some("")
        }),
        (Automatic::Robot, &|| {
            let from = mail.from.as_ref().map(|from| from.address.as_str());
            [from, mail.envelope_from.as_deref()]
                .into_iter()
                .flatten()
                .any(is_robot)
        }),
    ];
    rules.iter().find(|(_, holds)| holds()).map(|(why, _)| *why)
}

/// The keyword before comments and parameters (RFC 3834, 5).
fn is_auto_submitted(value: &str) -> bool {
    let keyword = value
        .split([';', ' ', '\t', '(', '\r', '\n'])
        .next()
        .unwrap_or_default();
    keyword != "no"
}

/// Which automatic answers a mail asks to be spared (MS-OXCMAIL, 2.2.3.2.14): those to a person's mail
/// are never all of these.
fn suppresses_answers(value: &str) -> bool {
    let mut kinds = value.split([',', ';', ' ', '\t', '\r', '\n']);
    kinds.any(|kind| ["all", "oof", "autoreply"].contains(&kind))
}

fn is_bulk(value: &str) -> bool {
    ["bulk", "junk", "list", "auto_reply", "auto-reply"].contains(&value.trim())
}

/// Whether nobody reads what is sent there (RFC 2142, and habit).
fn is_robot(address: &str) -> bool {
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    let local = local.split('+').next().unwrap_or_default().to_lowercase();
    let local = local.replace(['-', '_', '.'], "");
    ["mailerdaemon", "postmaster"].contains(&local.as_str())
        || ["noreply", "donotreply"]
            .iter()
            .any(|robot| local.starts_with(robot) || local.ends_with(robot))
}
