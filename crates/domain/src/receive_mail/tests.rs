//! Mails of customers, strangers and machines, on the desk in memory.

mod bounces;
mod content;
mod greetings;
mod once;
mod threads;

use bytes::Bytes;

use crate::channel::email::message_id::SentMail;
use crate::channel::email::{Mail, MailFile, Mailbox};
use crate::receive::{Counts, Outcome};
use crate::receive_mail::{Route, receive_mail};
use crate::scene::Scene;
use crate::ticket::Ticket;

const ANN: &str = "ann@example.org";
const BEN: &str = "ben@example.net";
const REPLY: &str = "reply.example.com";

/// A mail as the parser gives it.
fn mail(from: &str, id: &str, text: &str) -> Mail {
    Mail {
        message_id: Some(format!("<{id}@mail.example.org>")),
        from: Some(Mailbox {
            address: from.to_owned(),
            name: Some("Ann".to_owned()),
        }),
        envelope_from: Some(from.to_owned()),
        envelope_to: vec!["support@example.com".to_owned()],
        subject: Some("Where is my order?".to_owned()),
        text: Some(text.to_owned()),
        ..Mail::default()
    }
}

/// A mail that says it answers others.
fn answer(from: &str, id: &str, in_reply_to: &str, references: &[&str]) -> Mail {
    Mail {
        in_reply_to: vec![in_reply_to.to_owned()],
        references: references.iter().map(|r| (*r).to_owned()).collect(),
        ..mail(from, id, "An answer")
    }
}

fn id(id: &str) -> String {
    format!("<{id}@mail.example.org>")
}

fn file(name: &str, content_id: Option<&str>, bytes: &'static [u8]) -> MailFile {
    MailFile {
        name: Some(name.to_owned()),
        mime_type: Some("image/png".to_owned()),
        content_id: content_id.map(str::to_owned),
        bytes: Bytes::from_static(bytes),
    }
}

fn route() -> Route {
    Route {
        ticket: None,
        our_mailboxes: vec!["support@example.com".to_owned()],
        reply_domain: REPLY.to_owned(),
    }
}

/// To the signed address of a ticket.
fn to(ticket: &Ticket) -> Route {
    Route {
        ticket: Some(ticket.id.clone()),
        ..route()
    }
}

impl Scene {
    async fn mail_to(&self, mail: Mail, route: &Route) -> Outcome {
        receive_mail(&self.desk, mail, route, b"raw", self.deadline()).await
    }

    /// A mail that must be finished.
    async fn mail(&self, mail: Mail) -> Counts {
        self.mail_by(mail, &route()).await
    }

    async fn mail_by(&self, mail: Mail, route: &Route) -> Counts {
        let outcome = self.mail_to(mail, route).await;
        assert!(outcome.unfinished.is_none(), "{:?}", outcome.unfinished);
        assert_eq!(outcome.received.counts.received(), 1, "one mail, one event");
        outcome.received.counts
    }

    /// Ann's ticket with an agent's answer that was sent, and the Message-ID of that answer.
    async fn answered() -> (Self, Ticket, String) {
        let scene = Self::new();
        scene.mail(mail(ANN, "a1", "Hello")).await;
        let ticket = scene.only_ticket();
        scene.reply(&ticket.id, "It is on its way.").await;
        scene.surroundings.advance(crate::reply::UNDO_WITHIN);
        scene.relay(&ticket.id).await.expect("sent");
        let timeline = scene.store.timeline(&ticket.id);
        let last = timeline.last().expect("the answer");
        let sent = SentMail {
            ticket_id: ticket.id.clone(),
            message_id: last.id.clone(),
            position: last.position,
        };
        (scene, ticket, sent.message_id(REPLY))
    }

    fn texts(&self, ticket: &Ticket) -> Vec<String> {
        let timeline = self.store.timeline(&ticket.id);
        timeline.into_iter().map(|m| m.content).collect()
    }
}
