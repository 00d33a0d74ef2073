//! The form that SendGrid Inbound Parse posts, in its default mode and as raw MIME
//! (twilio.com/docs/sendgrid/for-developers/parsing-email/inbound-email).

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

use super::content::{self, MAX_FILES};
use super::form::{Field, Form};
use super::header::{Headers, MAX_VALUE};
use super::mailbox;
use super::mime::Tree;
use super::{
    Mail, MailFile, Mailbox, UnreadableMail, authentication, automatic, bounce, charset, file_name,
};

/// Longest JSON field that is read.
const MAX_JSON: usize = 1024 * 1024;

/// Reads a mail as Inbound Parse posts it, in either mode; which one is told by its fields. Whatever
/// is in the mail is read as far as it can be.
///
/// # Errors
/// [`UnreadableMail`] when the body is no form at all.
pub fn parse(content_type: &str, body: &Bytes) -> Result<Mail, UnreadableMail> {
    let form = Form::read(content_type, body)?;
    let charsets = Charsets::of(&form);
    let (envelope_from, envelope_to) = envelope(&form);
    let mut mail = Mail {
        envelope_from,
        envelope_to,
        is_cut: form.is_cut,
        ..Mail::default()
    };
    let raw = form.get("email").filter(|field| !field.value.is_empty());
    let block = form.get("headers").map(|field| &field.value[..]);
    let headers = match raw {
        Some(raw) => {
            let (headers, tree) = Tree::read(&raw.value);
            let content = content::read(&tree);
            mail.text = content.text;
            mail.html = content.html;
            mail.files = content.files;
            mail.is_cut |= content.is_cut;
            headers
        }
        None => {
            let field = |name: &str| {
                let bytes = &form.get(name)?.value;
                Some(charset::decode(bytes, charsets.get(name)))
            };
            mail.text = field("text");
            mail.html = field("html");
            files(&form, &mut mail);
            Headers::read(block.unwrap_or_default(), |_| false).0
        }
    };
    describe(&mut mail, &headers, &form, &charsets);
    mail.automatic = automatic::find(&headers, &mail);
    mail.bounce = bounce::find(&headers, &mail.files);
    mail.authentication = authentication::read(&form, &mail);
    Ok(mail)
}

/// Who wrote to whom, about what, in answer to what: from the headers, else from the form.
fn describe(mail: &mut Mail, headers: &Headers<'_>, form: &Form, charsets: &Charsets) {
    let field = |name: &str| {
        let value = &form.get(name)?.value;
        let value = &value[..value.len().min(MAX_VALUE)];
        Some(charset::decode(value, charsets.get(name)))
    };
    let mailboxes = |name: &str| {
        let found = headers.mailboxes(name);
        let or_field = || field(name).map(|list| mailbox::read(&(unfolded(&list) + "\n")));
        let missing: Vec<Mailbox> = match found.is_empty() {
            true => or_field().unwrap_or_default(),
            false => Vec::new(),
        };
        if found.is_empty() { missing } else { found }
    };
    mail.message_id = headers.ids("message-id").into_iter().next();
    mail.in_reply_to = headers.ids("in-reply-to");
    mail.references = headers.ids("references");
    mail.from = mailboxes("from").into_iter().next();
    mail.to = mailboxes("to");
    mail.cc = mailboxes("cc");
    mail.date = headers.date("date");
    let subject = |text: Option<String>| {
        let line = unfolded(&text?).trim().to_owned();
        (!line.is_empty()).then_some(line)
    };
    // SendGrid decoded it with more care than many a mail is encoded with.
    mail.subject = subject(field("subject")).or_else(|| subject(headers.text("subject")));
}

fn unfolded(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// The charset of each field, as the field `charsets` tells.
struct Charsets(BTreeMap<String, String>);

impl Charsets {
    fn of(form: &Form) -> Self {
        let fields = object(form.get("charsets")).into_iter();
        Self(
            fields
                .filter_map(|(name, charset)| Some((name, charset.as_str()?.to_owned())))
                .collect(),
        )
    }

    fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }
}

/// Whom the mail was handed over by and for. No sender is the empty text, as in bounces (RFC 5321, 4.5.5).
fn envelope(form: &Form) -> (Option<String>, Vec<String>) {
    let envelope = object(form.get("envelope"));
    let address = |value: &Value| Some(value.as_str()?.trim().trim_matches(['<', '>']).to_owned());
    let from = envelope.get("from").and_then(|from| match from {
        Value::Null => Some(String::new()),
        Value::String(_)
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Array(_)
        | Value::Object(_) => address(from),
    });
    let to = match envelope.get("to") {
        Some(Value::Array(list)) => list.iter().filter_map(address).collect(),
        Some(one) => address(one).into_iter().collect(),
        None => Vec::new(),
    };
    (from, to)
}

/// The files of the default mode: one field each, in any order, described by `attachment-info`.
fn files(form: &Form, mail: &mut Mail) {
    let info = object(form.get("attachment-info"));
    let by_cid = object(form.get("content-ids"));
    let mut fields: Vec<(u32, &Field)> = form
        .iter()
        .filter_map(|field| Some((field.name.strip_prefix("attachment")?.parse().ok()?, field)))
        .collect();
    fields.sort_by_key(|(number, _)| *number);
    mail.is_cut |= fields.len() > MAX_FILES;
    for (_, field) in fields.into_iter().take(MAX_FILES) {
        let told = |key: &str| {
            let told = info.get(&field.name)?.get(key)?.as_str()?;
            (!told.is_empty()).then_some(told)
        };
        let names = [told("filename"), field.file_name.as_deref(), told("name")];
        let name = names.into_iter().flatten().find_map(file_name::clean);
        let mime_type = told("type").and_then(|t| {
            super::header::MediaType::parse(t.as_bytes()).and_then(|media| media.name())
        });
        let mime_type = mime_type.or_else(|| field.mime_type.clone());
        let cid = told("content-id").map(str::to_owned).or_else(|| {
            let of = by_cid
                .iter()
                .find(|(_, name)| name.as_str() == Some(&field.name));
            of.map(|(cid, _)| cid.clone())
        });
        mail.files.push(MailFile {
            name: name.or_else(|| content::forwarded_name(mime_type.as_deref(), &field.value)),
            mime_type,
            content_id: cid.map(|cid| cid.trim_matches(['<', '>', ' ']).to_owned()),
            bytes: field.value.clone(),
        });
    }
}

/// A JSON object in a field; empty if it is none.
fn object(field: Option<&Field>) -> serde_json::Map<String, Value> {
    let value = field.map(|field| &field.value[..]).unwrap_or_default();
    if value.len() > MAX_JSON {
        return serde_json::Map::new();
    }
    serde_json::from_str(&charset::decode(value, None)).unwrap_or_default()
}
