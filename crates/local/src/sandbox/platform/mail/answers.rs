//! Answers to our mail, as the programs that people use write them.

use super::Person;
use super::html::{escaped, lines};
use super::letters::spoken;
use super::mime::{Letter, Part};
use crate::sandbox::model::{Message, SentMail};

const DEFAULT: &str = "Thank you, that helps.";

/// Gmail: `On … wrote:`, then the quote behind `>`.
pub(super) fn gmail(person: &Person, message: &Message, ours: &SentMail) -> Letter {
    let text = words(message);
    let at = spoken(ours.at_ms, " at ");
    let plain = format!(
        "{text}\n\nOn {at}, <{}> wrote:\n\n{}\n",
        ours.from,
        quoted(&ours.text)
    );
    let html = format!(
        "<div dir=\"ltr\">{}</div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">On {at}, &lt;<a href=\"mailto:{from}\">{from}</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">{}</blockquote></div>",
        lines(&text),
        lines(&ours.text),
        from = escaped(&ours.from),
    );
    answer(
        person,
        message,
        ours,
        "Re: ",
        Part::alternative(plain, html),
    )
}

/// Outlook: a line, then the headers of what is answered and all of its text.
pub(super) fn outlook(person: &Person, message: &Message, ours: &SentMail) -> Letter {
    let text = words(message);
    let head = format!(
        "From: {}\nSent: {}\nTo: {} <{}>\nSubject: {}",
        ours.from,
        spoken(ours.at_ms, " "),
        person.name,
        person.address,
        ours.subject
    );
    let plain = format!("{text}\n\n{}\n{head}\n\n{}\n", "_".repeat(32), ours.text);
    let html = format!(
        "<html><body dir=\"ltr\"><div class=\"elementToProof\" style=\"font-family: Aptos\">{}</div><div id=\"appendonsend\"></div><hr style=\"display:inline-block;width:98%\" tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri, sans-serif\" color=\"#000000\">{}</font><div>&nbsp;</div></div><div class=\"BodyFragment\">{}</div></body></html>",
        lines(&text),
        lines(&head),
        lines(&ours.text)
    );
    let mut letter = answer(
        person,
        message,
        ours,
        "RE: ",
        Part::alternative(plain, html),
    );
    let topic = bare(&ours.subject).to_owned();
    letter.headers.push(("Thread-Topic", topic));
    letter.headers.push(("X-MS-Has-Attach", String::new()));
    letter
}

/// Apple Mail: the quote, its first line too, behind `>`.
pub(super) fn apple(person: &Person, message: &Message, ours: &SentMail) -> Letter {
    let text = words(message);
    let wrote = format!("On {}, {} wrote:", spoken(ours.at_ms, ", at "), ours.from);
    let plain = format!(
        "{text}\n\n{}\n",
        quoted(&format!("{wrote}\n\n{}", ours.text))
    );
    let html = format!(
        "<html><body style=\"overflow-wrap: break-word;\">{}<br id=\"lineBreakAtBeginningOfMessage\"><div><br><blockquote type=\"cite\"><div>{}</div><br class=\"Apple-interchange-newline\"><div>{}</div></blockquote></div><br></body></html>",
        lines(&text),
        escaped(&wrote),
        lines(&ours.text)
    );
    let mut letter = answer(
        person,
        message,
        ours,
        "Re: ",
        Part::alternative(plain, html),
    );
    let program = "Apple Mail (2.3826.700.81)".to_owned();
    letter.headers.push(("X-Mailer", program));
    letter
}

/// An answer goes where our mail asks for it, and says what it answers.
pub(super) fn answer(
    person: &Person,
    message: &Message,
    ours: &SentMail,
    before: &str,
    body: Part,
) -> Letter {
    let references = format!("{} {}", ours.references, ours.message_id);
    Letter {
        envelope_from: person.address.clone(),
        from: person.clone(),
        to: Person::new("", &ours.reply_to),
        subject: format!("{before}{}", bare(&ours.subject)),
        at_ms: message.at_ms,
        headers: vec![
            ("In-Reply-To", ours.message_id.clone()),
            ("References", references.trim().to_owned()),
        ],
        body,
        is_confirmed: true,
    }
}

/// A subject without what says that it is an answer.
pub(super) fn bare(subject: &str) -> &str {
    let mut bare = subject.trim();
    while bare
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("re:"))
    {
        bare = bare.get(3..).unwrap_or_default().trim_start();
    }
    bare
}

fn words(message: &Message) -> String {
    if message.text.trim().is_empty() {
        DEFAULT.to_owned()
    } else {
        message.text.clone()
    }
}

fn quoted(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(|line| format!("> {line}")).collect();
    lines.join("\n")
}
