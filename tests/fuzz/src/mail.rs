//! Mail: what must hold of any form that a mail comes in.

mod lines;

use bytes::Bytes;
use tributary_domain::TicketId;
use tributary_domain::channel::email::html::sanitise;
use tributary_domain::channel::email::{Mail, UnreadableMail, parse};
use tributary_domain::receive::Counts;
use tributary_domain::receive_mail::Route;

use crate::desk::Process;

pub use lines::{cross, mutate};

/// The boundary that `SendGrid` always uses.
const FORM: &str = "multipart/form-data; boundary=xYzZY";

/// Receives a form.
///
/// # Panics
/// When a law is broken.
pub fn receive(form: &[u8]) {
    let bytes = Bytes::copy_from_slice(form);
    let mail = parse(FORM, &bytes);
    if let Ok(mail) = &mail {
        assert_eq!(
            parse(FORM, &bytes).as_ref(),
            Ok(mail),
            "read the same again"
        );
        mail.html.as_deref().into_iter().for_each(clean);
    }
    let desk = Process::new();
    let first = deliver(&desk, mail.clone(), None, form);
    repeat(&desk, &mail, None, form, first);
    desk.answer();
    repeat(&desk, &mail, None, form, first);

    // The same mail to the signed address of the ticket it made is the same mail; in an empty desk it is a new one.
    if let Some(ticket) = desk.only_ticket() {
        repeat(&desk, &mail, Some(&ticket), form, first);
    }
}

fn deliver(
    desk: &Process,
    mail: Result<Mail, UnreadableMail>,
    ticket: Option<&TicketId>,
    form: &[u8],
) -> Counts {
    let route = Route {
        ticket: ticket.cloned(),
        our_mailboxes: vec!["support@example.com".to_owned()],
        reply_domain: "reply.example.com".to_owned(),
    };
    let counts = desk.deliver_mail(mail, &route, form);
    assert_eq!(counts.received(), 1, "a mail is one event");
    counts
}

fn repeat(
    desk: &Process,
    mail: &Result<Mail, UnreadableMail>,
    ticket: Option<&TicketId>,
    form: &[u8],
    first: Counts,
) {
    let again = deliver(&desk.restarted(), mail.clone(), ticket, form);
    assert_eq!(again.stored, 0, "a repetition stores nothing");
    assert!(again.parked >= first.parked, "what was parked still is");
    assert!(again.duplicates >= first.stored, "what was stored is known");
}

/// What is shown of a mail has no way to run or to call out, and cleaning it again changes nothing.
fn clean(html: &str) {
    let cid = |id: &str| Some(format!("att_{id}"));
    let shown = sanitise(html, &cid);
    let small = shown.to_ascii_lowercase();
    for element in [
        "<script", "<style", "<iframe", "<form", "<object", "<embed", "<svg", "<math", "<link",
        "<meta",
    ] {
        assert!(!small.contains(element), "{element} is left");
    }
    let none = |_: &str| None;
    let strict = sanitise(html, &none);
    assert_eq!(sanitise(&strict, &none), strict, "clean stays as it is");
}
