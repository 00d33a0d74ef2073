//! Mutations of mails that know lines and parts, so that most of them are still mails.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use libfuzzer_sys::fuzzer_mutate;

use crate::chance::Chance;

/// Most edits at a time.
const EDITS: usize = 5;
/// Longer lines of the samples are no vocabulary: they are encoded files.
const LONGEST_LINE: usize = 400;

/// Lines that mails have and the samples lack.
const LINES: &[&str] = &[
    "",
    "--xYzZY",
    "--xYzZY--",
    "--b1",
    "--b1--",
    "--b2",
    "--b2--",
    "Content-Disposition: form-data; name=\"email\"",
    "Content-Disposition: form-data; name=\"envelope\"",
    "Content-Disposition: form-data; name=\"charsets\"",
    "Content-Disposition: form-data; name=\"html\"",
    "Content-Disposition: form-data; name=\"text\"",
    "Content-Disposition: form-data; name=\"attachment1\"; filename=\"..\\\\a.pdf\"",
    "Content-Type: multipart/mixed; boundary=b1",
    "Content-Type: multipart/alternative; boundary=\"b2\"",
    "Content-Type: multipart/related; boundary=b1; start=\"<x>\"",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b1",
    "Content-Type: message/delivery-status",
    "Content-Type: message/rfc822",
    "Content-Type: text/rfc822-headers",
    "Content-Type: text/html; charset=utf-8",
    "Content-Type: text/plain; charset=koi8-r; format=flowed; delsp=yes",
    "Content-Type: text/calendar; method=REQUEST",
    "Content-Type: application/ms-tnef; name=winmail.dat",
    "Content-Type: image/png; name*0*=utf-8''%F0%9F; name*1=.png",
    "Content-Transfer-Encoding: base64",
    "Content-Transfer-Encoding: quoted-printable",
    "Content-Transfer-Encoding: x-uuencode",
    "Content-Disposition: attachment; filename=\"=?utf-8?B?8J+Zjw==?=\"",
    "Content-Disposition: inline; filename=a.png",
    "Content-ID: <x>",
    "Message-ID: <1@example.org>",
    "In-Reply-To: <2@example.org>, <3@example.org>",
    "References: <1@example.org> <desk.tkt_1.msg_1.1@reply.example.com>",
    "Auto-Submitted: auto-replied",
    "Precedence: bulk",
    "List-Id: <l.example.org>",
    "X-Autoreply: yes",
    "X-Loop: tributary",
    "Return-Path: <>",
    "X-Failed-Recipients: a@example.org",
    "From: =?koi8-r?Q?=C1?= <A@Example.org>",
    "From: MAILER-DAEMON@example.org",
    "To: undisclosed-recipients:;",
    "Cc: a@example.org, \"b, c\" <support@example.com>",
    "Subject: =?utf-8?q?caf=C3?= =?utf-8?q?=A9?=",
    "Date: Thu, 32 Foo 2026 99:99:99 +9999",
    "Reporting-MTA: dns; mx.example.org",
    "Final-Recipient: rfc822; a@example.org",
    "Action: failed",
    "Status: 5.1.1",
    "Diagnostic-Code: smtp; 550 5.1.1 no such user",
    "{\"to\":[\"support@example.com\"],\"from\":\"a@example.org\"}",
    "{\"subject\":\"cp850\",\"text\":\"iso-8859-1\",\"html\":\"utf-16\"}",
    "{@example.org : pass}",
    "> quoted",
    "On Mon, 1 Jan 2026 at 10:00, Ann <ann@example.org> wrote:",
    "-----Original Message-----",
    "-- ",
    "<div class=\"gmail_quote\"><blockquote type=\"cite\">",
    "<a href=\"jav&#x09;ascript:alert(1)\" onclick=x>",
    "<img src=\"cid:x\" onerror=alert(1)><img src=https://example.org/p.gif>",
    "<table><svg><style><img title=\"</style><script>\">",
    "<b><p></b><!--x--><![CDATA[y]]></p>&lt;script&gt;",
    "<math><mi><mglyph><svg><mtext><textarea><path id=\"</textarea><img onerror=1 src=1>\">",
    "SGVsbG8=",
    "=C3=A9=",
    "begin 644 a.txt",
];

/// Lines of mails.
fn vocabulary() -> &'static [Vec<u8>] {
    static LINES_OF_ALL: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    LINES_OF_ALL.get_or_init(|| {
        let mut lines: BTreeSet<Vec<u8>> =
            LINES.iter().map(|line| line.as_bytes().to_vec()).collect();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/sendgrid");
        let files = fs::read_dir(folder)
            .expect("the samples are there")
            .flatten();
        for file in files.filter_map(|file| fs::read(file.path()).ok()) {
            let short = file
                .split(|b| *b == b'\n')
                .filter(|line| line.len() <= LONGEST_LINE);
            lines.extend(short.map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec()));
        }
        lines.into_iter().collect()
    })
}

/// Mutates the first `size` bytes in place; returns how many there are then. Every fourth time it leaves them to
/// the fuzzer's own ways.
pub fn mutate(mail: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut chance = Chance::new(seed);
    if chance.below(4) == 0 {
        return fuzzer_mutate(mail, size, max_size);
    }
    let mut lines: Vec<Vec<u8>> = lines_of(&mail[..size]);
    for _ in 0..=chance.below(EDITS) {
        edit(&mut lines, &mut chance);
    }
    put(&lines, &mut mail[..max_size])
}

/// Puts lines of `other` into `one` and writes that to `out`; returns its size.
pub fn cross(one: &[u8], other: &[u8], out: &mut [u8], seed: u32) -> usize {
    let mut chance = Chance::new(seed);
    let (mut lines, other) = (lines_of(one), lines_of(other));
    let from = chance.below(other.len());
    let until = from + chance.below(other.len() - from + 1);
    let place = chance.below(lines.len() + 1);
    lines.splice(place..place, other[from..until].iter().cloned());
    put(&lines, out)
}

fn lines_of(mail: &[u8]) -> Vec<Vec<u8>> {
    mail.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect()
}

fn edit(lines: &mut Vec<Vec<u8>>, chance: &mut Chance) {
    let place = chance.below(lines.len() + 1);
    let until = (place + 1 + chance.below(4)).min(lines.len());
    match chance.below(8) {
        0 if place < until => drop(lines.drain(place..until)),
        1 if place < until => {
            let again = lines[place..until].to_vec();
            lines.splice(place..place, again);
        }
        2 if place < until => {
            let other = chance.below(lines.len());
            lines.swap(place, other);
        }
        3 if place < until => {
            let at = chance.below(lines[place].len() + 1);
            let rest = lines[place].split_off(at);
            lines.insert(place + 1, rest);
        }
        4 if place < until => {
            let word = chance.pick(vocabulary()).cloned().unwrap_or_default();
            let at = chance.below(lines[place].len() + 1);
            lines[place].splice(at..at, word);
        }
        5 if place < until => match lines[place].last() {
            Some(b'\r') => drop(lines[place].pop()),
            Some(_) | None => lines[place].push(b'\r'),
        },
        _ => {
            let mut line = chance.pick(vocabulary()).cloned().unwrap_or_default();
            if chance.below(2) == 0 {
                line.push(b'\r');
            }
            lines.insert(place.min(lines.len()), line);
        }
    }
}

/// Writes what fits; returns its size.
fn put(lines: &[Vec<u8>], out: &mut [u8]) -> usize {
    let text = lines.join(&b'\n');
    let size = text.len().min(out.len());
    out[..size].copy_from_slice(&text[..size]);
    size
}
