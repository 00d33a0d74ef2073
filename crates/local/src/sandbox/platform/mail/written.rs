//! Mails that begin a conversation.

use super::html::lines;
use super::mime::{Letter, Part};
use super::{Person, subject_of};
use crate::sandbox::model::{Channel, Kind, Message};

const PICTURE: &[u8] = include_bytes!("../../../../assets/picture.png");
const RECEIPT: &[u8] = include_bytes!("../../../../assets/receipt.pdf");
const PICTURE_ID: &str = "picture@sandbox";

/// What a customer mails: words alone, formatted, with a picture among them or with a file.
pub(super) fn letter(person: &Person, message: &Message) -> Letter {
    let text = || message.text.clone();
    let plain = |text| Part::Text {
        kind: "plain",
        text,
    };
    let body = if message.kind == Kind::Html {
        let html = message.html.clone();
        let html = html.unwrap_or_else(|| formatted(&message.text));
        if message.text.trim().is_empty() {
            Part::Text {
                kind: "html",
                text: html,
            }
        } else {
            Part::alternative(text(), html)
        }
    } else if message.kind == Kind::Image {
        with_picture(&message.text)
    } else if message.kind == Kind::File {
        let receipt = Part::File {
            mime_type: "application/pdf",
            name: "receipt.pdf",
            content_id: None,
            bytes: RECEIPT,
        };
        Part::Multi {
            kind: "mixed",
            parts: vec![
                plain(or(&message.text, "The receipt is attached.")),
                receipt,
            ],
        }
    } else {
        plain(text())
    };
    Letter {
        envelope_from: person.address.clone(),
        from: person.clone(),
        to: Person::new("", Channel::Email.account_id()),
        subject: subject_of(message),
        at_ms: message.at_ms,
        headers: Vec::new(),
        body,
        is_confirmed: true,
    }
}

/// What programs for advertising send too: a table, a link, and a picture that tells who has opened the mail.
fn formatted(text: &str) -> String {
    format!(
        "<html><head><style>p {{ color: #333 }}</style></head><body>\
         <table width=\"100%\" cellpadding=\"8\"><tr><td bgcolor=\"#e8effc\"><h2>Hello!</h2></td></tr>\
         <tr><td><p>{}</p><p><b>Thank you</b>, see <a href=\"https://shop.example.com/orders\">my orders</a>.</p></td></tr></table>\
         <img src=\"https://tracker.example.net/opened.gif?who=1\" width=\"1\" height=\"1\" alt=\"\"></body></html>",
        lines(text)
    )
}

fn with_picture(text: &str) -> Part {
    let text = or(text, "This is what arrived:");
    let html = format!(
        "<div dir=\"ltr\">{}<br><img src=\"cid:{PICTURE_ID}\" alt=\"picture.png\"><br></div>",
        lines(&text)
    );
    let picture = Part::File {
        mime_type: "image/png",
        name: "picture.png",
        content_id: Some(PICTURE_ID),
        bytes: PICTURE,
    };
    let alternative = Part::alternative(format!("{text}\n[image: picture.png]"), html);
    Part::Multi {
        kind: "related",
        parts: vec![alternative, picture],
    }
}

fn or(text: &str, default: &str) -> String {
    let text = if text.trim().is_empty() {
        default
    } else {
        text
    };
    text.to_owned()
}
