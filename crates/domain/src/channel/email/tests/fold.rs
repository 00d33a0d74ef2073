//! What is folded of mails as people's programs write them.

use std::fmt::Write;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::channel::email::{FoldKind, fold};

/// The lines with a mark: `q` quoted, `s` signature, nothing else seen.
fn marks(text: &str) -> String {
    let folds = fold(text);
    let mark = |index: usize| {
        let own = folds
            .iter()
            .find(|fold| (fold.from..fold.to).contains(&index));
        own.map_or('.', |fold| match fold.kind {
            FoldKind::Quote => 'q',
            FoldKind::Signature => 's',
        })
    };
    (0..text.split('\n').count()).map(mark).collect()
}

#[test]
fn gmail_quotes_with_signs_and_answers_below_stay() {
    let mail = "Yes, I do.\n\nOn Thu, Aug 19, 2021 at 2:07 PM Agent One from Email sender test <\nagent@example.com> wrote:\n\n> Any update?\n>\n>\n\n--\n* Test Sender*\nMob: 9";
    assert_eq!(marks(mail), "..qqqqqq.sss");
    let below = "On 1 Jan 2024, at 10:00, Ann <ann@example.com> wrote:\n> Which size?\n\nThe big one.\n\n> And colour?\n> Or none?\nBlue.";
    assert_eq!(marks(below), "qq...qq.");
}

#[test]
fn attributions_are_known_in_the_languages_of_mail_programs() {
    for line in [
        "On Mon, Jan 1, 2024 at 10:00 AM, Ann <ann@example.com> wrote:",
        "Am Mo., 1. Jan. 2024 um 10:00 Uhr schrieb Ann <ann@example.com>:",
        "Am 01.01.24 um 10:00 schrieb Ann:",
        "Le lun. 1 janv. 2024 à 10:00, Ann <ann@example.com> a écrit\u{A0}:",
        "El lun, 1 ene 2024 a las 10:00, Ann (<ann@example.com>) escribió:",
        "Il giorno lun 1 gen 2024 alle ore 10:00 Ann <ann@example.com> ha scritto:",
        "Em seg., 1 de jan. de 2024 às 10:00, Ann <ann@example.com> escreveu:",
        "Op ma 1 jan 2024 om 10:00 schreef Ann <ann@example.com>:",
        "pon., 1 sty 2024 o 10:00 Ann <ann@example.com> napisał(a):",
        "W dniu 1.01.2024 o 10:00, Ann pisze:",
        "Den mån 1 jan. 2024 kl 10:00 skrev Ann <ann@example.com>:",
        "Den man. 1. jan. 2024 kl. 10.00 skrev Ann <ann@example.com>:",
        "2024年1月1日(月) 10:00 Ann <ann@example.com>:",
        "Ann <ann@example.com> 于2024年1月1日周一 10:00写道：",
        "Ann <ann@example.com> 於 2024年1月1日 週一 10:00寫道：",
    ] {
        assert_eq!(
            marks(&format!("Hi\n\n{line}\n\nOld\nmore")),
            "..qqqq",
            "{line}"
        );
        let half = line
            .match_indices(' ')
            .nth(line.matches(' ').count() / 2)
            .unwrap()
            .0;
        let broken = format!("{}\n{}", &line[..half], &line[half + 1..]);
        assert_eq!(marks(&format!("Hi\n\n{broken}\n> Old")), "..qqq", "{line}");
    }
}

#[test]
fn a_sentence_is_no_attribution() {
    for text in [
        "On reflection she wrote:\nnothing.",
        "On Monday I asked for 3 things:\n- one",
        "Am Montag um 10:\nalles gut",
        "From: me\nwith love",
        "Please reply:\n1. yes",
        "-- not a signature\nbut text",
        "Von meinem Bruder: alles Gute",
        "Sent from my heart to yours, and there is much more to be said about this matter, so please listen to all of it now.",
    ] {
        assert!(!marks(text).contains(['q', 's']), "{text}");
    }
}

#[test]
fn outlook_quotes_without_signs_after_a_block_of_headers() {
    for block in [
        "From: Ann <ann@example.com>\nSent: Monday, January 1, 2024 10:00 AM\nTo: Bob\nSubject: RE: Order",
        "*From:* Ann\n*Date:* Monday\n*To:* Bob\n*Subject:* x",
        "Von: Ann <ann@example.com>\nGesendet: Montag, 1. Januar 2024 10:00\nAn: Bob\nBetreff: AW: Order",
        "De : Ann <ann@example.com>\nEnvoyé : lundi 1 janvier 2024 10:00\nÀ : Bob\nObjet : RE: Order",
        "De: Ann\nEnviado el: lunes, 1 de enero de 2024\nPara: Bob\nAsunto: RE: Order",
        "De: Ann\nEnviada em: segunda-feira\nPara: Bob\nAssunto: RES: Order",
        "Da: Ann\nInviato: lunedì\nA: Bob\nOggetto: R: Order",
        "Van: Ann\nVerzonden: maandag\nAan: Bob\nOnderwerp: RE: Order",
        "Fra: Ann\nSendt: mandag\nTil: Bob\nEmne: SV: Order",
        "Från: Ann\nSkickat: måndag\nTill: Bob\nÄmne: SV: Order",
        "Od: Ann\nWysłano: poniedziałek\nDo: Bob\nTemat: RE: Order",
        "差出人: Ann\n送信日時: 2024年1月1日\n宛先: Bob\n件名: RE: Order",
        "发件人: Ann\n发送时间: 2024年1月1日\n收件人: Bob\n主题: 答复: Order",
    ] {
        assert_eq!(
            marks(&format!("Thanks\n\n{block}\n\nOld text\nBye")),
            "..qqqqqqq",
            "{block}"
        );
        let ruled = format!("Thanks\n________________________________\n{block}\n\nOld");
        assert_eq!(marks(&ruled), ".qqqqqqq", "{block}");
    }
    for line in [
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "-----Message d’origine-----",
        "---- 原始邮件 ----",
    ] {
        assert_eq!(marks(&format!("Thanks\n{line}\nOld")), ".qq", "{line}");
    }
}

#[test]
fn signatures_go_to_the_end_or_to_the_quote() {
    assert_eq!(marks("Hi\n-- \nAnn\nFirm"), ".sss");
    assert_eq!(
        marks("Hi\n\n--\nAnn\n\nOn 1.1.2024 Bob <b@example.com> wrote:\n> Old"),
        "..ss.qq"
    );
    for line in [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Get Outlook for iOS<https://aka.ms/x>",
        "Envoyé de mon iPhone",
        "iPhoneから送信",
        "发自我的iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
    ] {
        assert_eq!(
            marks(&format!(
                "Hi\n\n{line}\n\nOn 1.1.2024 Bob <b@example.com> wrote:\nOld"
            )),
            "..s.qq",
            "{line}"
        );
    }
    let long = "x\n".repeat(100);
    assert_eq!(
        marks(&format!("Part one\n--\n{long}")),
        ".".repeat(103),
        "a rule between parts"
    );
}

#[test]
fn our_own_line_starts_a_quote() {
    assert_eq!(
        marks("Yes\n##- Please reply above this line -##\nYour request"),
        ".qq"
    );
}

#[test]
fn something_is_always_seen() {
    for text in [
        "> only\n> quoted",
        "-- \nAnn",
        "",
        "\n\n",
        "Sent from my iPhone",
        "-----Original Message-----\nFrom: a",
    ] {
        assert_eq!(fold(text), [], "{text}");
    }
}

#[test]
fn folding_takes_linear_time() {
    let mut attributions = String::new();
    for n in 0..20_000 {
        let _ = writeln!(attributions, "On {n} a@b");
    }
    for text in [
        attributions,
        "> \n\n".repeat(30_000) + "x",
        "--\n".repeat(30_000) + "x",
        "From: a\n".repeat(20_000),
        "____________\n".repeat(10_000),
        "x".repeat(2_500_000),
        "\n".repeat(100_000),
        "a\n> b\n".repeat(20_000),
    ] {
        let start = Instant::now();
        let _ = fold(&text);
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{:?}: {:?}",
            &text[..8],
            start.elapsed()
        );
    }
}

proptest! {
    #[test]
    fn folds_are_in_order_within_the_text_and_leave_something(
        lines in prop::collection::vec(prop_oneof![
            prop::sample::select(vec!["", "> q", "--", "-- ", "On 1.1.2024 a@b.example wrote:", "From: a", "Sent: b", "To: c", "____________",
                "-----Original Message-----", "Sent from my iPhone", "text", "reply above this line"]).prop_map(str::to_owned),
            any::<String>(),
        ], 0..30),
    ) {
        let text = lines.join("\n");
        let folds = fold(&text);
        let lines: Vec<&str> = text.split('\n').collect();
        let mut end = 0;
        for fold in &folds {
            prop_assert!(end <= fold.from && fold.from < fold.to && fold.to <= lines.len());
            end = fold.to;
        }
        let seen = (0..lines.len()).any(|n| !lines[n].trim().is_empty() && !folds.iter().any(|f| (f.from..f.to).contains(&n)));
        prop_assert!(folds.is_empty() || seen);
    }
}
