//! What a mail says and holds, kept: texts that fit stand in the timeline, all else in the blob store under
//! keys that the mail itself names, so that a repetition lands on the same ones.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::attachment::{Attachment, AttachmentKind, AttachmentState, sniff};
use crate::channel::Channel;
use crate::channel::email::html::{MAX_BYTES, sanitise};
use crate::channel::email::{Fold, FoldKind, Mail, MailFile, Mailbox, fold, readable};
use crate::content::start_chars;
use crate::draft::Entry;
use crate::id::{AttachmentId, MessageId};
use crate::message::{ContentType, Html, SenderType, Visibility};
use crate::ports::{Blobs, PortError};
use crate::receive::{Desk, keep_content, named_by};
use crate::receive_mail::key::Keys;
use crate::receive_mail::thread::Thread;
use crate::surroundings::Surroundings;

/// Longest HTML that stands in the timeline, in bytes. Most mails of one written by hand fit.
const MAX_INLINE_HTML: usize = 4 * 1024;
/// References kept with a message, the first and the latest: what an answer of ours has to name.
const MAX_REFERENCES: usize = 12;
/// Recipients kept with a message.
const MAX_RECIPIENTS: usize = 20;
/// Longest text of a header that is kept, in characters: a line of a mail (RFC 5322, section 2.1.1).
const MAX_HEADER: usize = 998;
/// Longest address and name beside it, in characters.
const MAX_PERSON: usize = 320;

/// A mail whose contents are kept.
pub(super) struct Kept {
    pub(super) entry: Entry,
    pub(super) subject: Option<String>,
    pub(super) thread: Thread,
    /// Whether a machine may answer it: no machine wrote it, and its sender is proven, so that nobody else is written to.
    pub(super) may_be_answered: bool,
}

/// Keeps the contents of a mail; `raw` is kept whole beside it when not everything in it was read.
pub(super) async fn keep<T, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    mut mail: Mail,
    from: &Mailbox,
    keys: &Keys,
    raw: &[u8],
) -> Result<Kept, PortError> {
    let now = desk.surroundings.now();
    let seed = &keys.once.platform_message_id;
    let may_be_answered = mail.automatic.is_none() && mail.authentication.is_aligned;
    let mut data = data_of(&mail, from);
    let thread = Thread::of(&mail);
    let text = readable(&mut mail);
    let folds = fold(&text);
    let html = mail.html.take();
    let content = keep_content(desk, seed, text).await?;
    if !content.is_cut() && !folds.is_empty() {
        data.insert("folded".to_owned(), folds.iter().map(told).collect());
    }
    let mut attachments = Vec::new();
    let mut pictures = Vec::new();
    for (index, file) in mail.files.into_iter().enumerate() {
        let content_id = file.content_id.clone();
        let attachment = keep_file(desk, seed, index, file).await?;
        if let (Some(content_id), AttachmentKind::Image) = (content_id, attachment.kind) {
            pictures.push((content_id, attachment.id.clone()));
        }
        attachments.push(attachment);
    }
    let is_too_long = html.as_ref().is_some_and(|html| html.len() > MAX_BYTES);
    if mail.is_cut || is_too_long {
        data.insert("cut".to_owned(), true.into());
        let whole = MailFile {
            name: Some("original.eml".to_owned()),
            mime_type: None,
            content_id: None,
            bytes: Bytes::copy_from_slice(raw),
        };
        attachments.push(keep_file(desk, seed, usize::MAX, whole).await?);
    }
    let html = match html {
        Some(html) if !is_too_long => keep_html(desk, seed, &html, &pictures).await?,
        Some(_) | None => None,
    };
    if let Some(Html::Kept { size_bytes, .. }) = &html {
        data.insert("html_bytes".to_owned(), (*size_bytes).into());
    }
    attachments.extend(content.attachment());
    let entry = Entry {
        id: MessageId::generate(now, desk.surroundings.random()),
        // What a header says of the time may lie ahead of it; nothing was written later than it came.
        timestamp: mail.date.map_or(now, |date| date.min(now)),
        channel: Channel::Email,
        sender_type: SenderType::Customer,
        content_truncated: content.is_cut(),
        html,
        content: content.shown,
        content_type: ContentType::Email,
        visibility: Visibility::Public,
        agent_id: None,
        attachments,
        delivery: None,
        reply_to: mail.in_reply_to.into_iter().next(),
        channel_specific_data: data,
    };
    Ok(Kept {
        entry,
        subject: mail.subject,
        thread,
        may_be_answered,
    })
}

async fn keep_file<T, B: Blobs, S>(
    desk: &Desk<T, B, S>,
    seed: &str,
    index: usize,
    file: MailFile,
) -> Result<Attachment, PortError> {
    let MailFile {
        name,
        mime_type: _,
        content_id: _,
        bytes,
    } = file;
    let id = id_of(seed, index);
    let (mime_type, extension) = sniff(&bytes);
    let kind = AttachmentKind::of_media_type(mime_type);
    let size_bytes = bytes.len() as u64;
    let blob_key = format!("attachments/{id}");
    desk.blobs.put(&blob_key, mime_type, bytes.into()).await?;
    Ok(Attachment {
        id,
        kind,
        state: AttachmentState::Stored,
        source: None,
        blob_key: Some(blob_key),
        name: Some(name.unwrap_or_else(|| format!("{}.{extension}", kind.as_str()))),
        mime_type: Some(mime_type.to_owned()),
        size_bytes: Some(size_bytes),
    })
}

fn id_of(seed: &str, index: usize) -> AttachmentId {
    named_by(&Sha256::digest(format!("{seed}\n{index}")))
}

async fn keep_html<T, B: Blobs, S>(
    desk: &Desk<T, B, S>,
    seed: &str,
    html: &str,
    pictures: &[(String, AttachmentId)],
) -> Result<Option<Html>, PortError> {
    let picture = |cid: &str| {
        let found = pictures.iter().find(|(id, _)| id == cid);
        found.map(|(_, id)| format!("attachment:{id}"))
    };
    let html = sanitise(html, &picture);
    if says_nothing(&html) {
        return Ok(None);
    }
    if html.len() <= MAX_INLINE_HTML {
        return Ok(Some(Html::Here(html)));
    }
    let blob_key = format!("{}{}.html", Html::PREFIX, hex::encode(Sha256::digest(seed)));
    let size_bytes = html.len() as u64;
    desk.blobs
        .put(&blob_key, "application/octet-stream", html.into_bytes())
        .await?;
    Ok(Some(Html::Kept {
        blob_key,
        size_bytes,
    }))
}

/// Whether nothing of some sanitised HTML can be seen: it has neither words nor pictures.
fn says_nothing(html: &str) -> bool {
    let has_pictures = html.contains("<img");
    let outside = |part: &str| part.split_once('>').map_or("", |(_, text)| text).to_owned();
    let first = html.split('<').next().unwrap_or_default().to_owned();
    let mut texts = std::iter::once(first).chain(html.split('<').skip(1).map(outside));
    !has_pictures && texts.all(|text| text.replace("&nbsp;", " ").trim().is_empty())
}

fn told(fold: &Fold) -> Value {
    let Fold { kind, from, to } = fold;
    let kind = match kind {
        FoldKind::Quote => "quote",
        FoldKind::Signature => "signature",
    };
    json!({"kind": kind, "from": from, "to": to})
}

fn person(mailbox: &Mailbox) -> Value {
    let Mailbox { address, name } = mailbox;
    let name = name.as_deref().map(|name| start_chars(name, MAX_PERSON));
    json!({"address": start_chars(address, MAX_PERSON), "name": name})
}

/// The details of a mail: who and to whom, what it answers, and how far its sender is to be believed.
fn data_of(mail: &Mail, from: &Mailbox) -> Map<String, Value> {
    let mut data = Map::new();
    let mut put = |name: &str, value: Value| {
        let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !is_empty {
            data.insert(name.to_owned(), value);
        }
    };
    let people = |all: &[Mailbox]| all.iter().take(MAX_RECIPIENTS).map(person).collect();
    put("from", person(from));
    put("to", people(&mail.to));
    put("cc", people(&mail.cc));
    let short = |text: &Option<String>| json!(text.as_deref().map(|t| start_chars(t, MAX_HEADER)));
    put("subject", short(&mail.subject));
    put("message_id", short(&mail.message_id));
    put("references", json!(references(&mail.references)));
    let authentication = &mail.authentication;
    put("authenticated", json!(authentication.is_aligned));
    put("spf", short(&authentication.spf));
    let dkim: Map<String, Value> = authentication
        .dkim
        .iter()
        .take(MAX_RECIPIENTS)
        .map(|(domain, result)| {
            let domain = start_chars(domain, MAX_PERSON).to_owned();
            (domain, json!(start_chars(result, MAX_PERSON)))
        })
        .collect();
    if !dkim.is_empty() {
        put("dkim", Value::Object(dkim));
    }
    put("automatic", json!(mail.automatic.map(|a| a.as_str())));
    data
}

/// The first and the latest: programs sort by the first, and answer the last.
fn references(all: &[String]) -> Vec<&String> {
    let fits = |id: &&String| id.len() <= MAX_HEADER;
    let all: Vec<&String> = all.iter().filter(fits).collect();
    match all.split_first() {
        Some((first, rest)) if rest.len() >= MAX_REFERENCES => {
            let latest = &rest[rest.len() - (MAX_REFERENCES - 1)..];
            std::iter::once(*first)
                .chain(latest.iter().copied())
                .collect()
        }
        Some(_) | None => all,
    }
}
