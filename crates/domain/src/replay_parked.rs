//! Receives once more what was parked, after a fix or once an account is ours: each body is normalised and
//! received as when it came, so what was stored then is a duplicate now and nothing is doubled.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::value::RawValue;

use bytes::Bytes;

use crate::account::OurAccount;
use crate::channel::email::{Mail, parse};
use crate::channel::inbound::{InboundBatch, InboundKind};
use crate::channel::{AccountId, Channel, normalise};
use crate::ports::{Accounts, Blobs, Gates, PortError, Tickets};
use crate::receive::{Counts, Desk, Outcome, RawBody, ReceiveError, receive_messages};
use crate::receive_mail::{Route, park_mail, receive_mail};
use crate::surroundings::{Deadline, Surroundings};

/// Where parked bodies are, by channel and SHA-256. They go with their age, which a replay leaves alone.
pub const PARKED: &str = "parked/";
/// Keys looked at in one go.
const PAGE: usize = 100;
/// How long one body may take, as long as a request.
const BODY_TIME: Duration = Duration::from_secs(8);

/// Where the parked bodies of a channel are, or of all.
#[must_use]
pub fn parked_prefix(channel: Option<Channel>) -> String {
    channel.map_or_else(|| PARKED.to_owned(), |c| format!("{PARKED}{c}/"))
}

/// The channel of a parked body's key, and what the body is; none for what cannot be replayed.
fn parked_body(key: &str) -> Option<(Channel, RawBody)> {
    let (channel, name) = key.strip_prefix(PARKED)?.split_once('/')?;
    let kind = match name.rsplit_once('.')?.1 {
        "json" => RawBody::Json,
        "form" => RawBody::Form,
        _ => return None,
    };
    Some((Channel::parse(channel)?, kind))
}

/// Tells the way of a mail.
pub type MailWay<'a> = &'a (dyn Fn(&Mail) -> Route + Send + Sync);

/// Whose bodies, and from where on.
#[derive(Clone, Copy)]
pub struct ReplayRequest<'a> {
    /// One channel, or all.
    pub channel: Option<Channel>,
    /// The cursor of a replay that ran out of time.
    pub after: Option<&'a str>,
    /// Our accounts on each channel that is replayed. Bodies of other channels are left.
    pub accounts: &'a BTreeMap<Channel, Vec<OurAccount>>,
    /// The way of a mail; without it mails are left.
    pub mail_way: Option<MailWay<'a>>,
}

/// A body of which something is parked still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StillParked {
    /// Its key.
    pub key: String,
    /// How many of its events.
    pub events: u64,
    /// Why, each reason once.
    pub reasons: Vec<&'static str>,
}

/// A body that could not be replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReplayed {
    /// Its key.
    pub key: String,
    /// Why not.
    pub reason: &'static str,
}

/// What a replay came to.
#[derive(Debug, Default)]
pub struct Replayed {
    /// Bodies that were looked at.
    pub bodies: u64,
    /// What became of their events.
    pub counts: Counts,
    /// Those of which something is parked still.
    pub still_parked: Vec<StillParked>,
    /// Those that could not be replayed.
    pub not_replayed: Vec<NotReplayed>,
    /// Where to go on, if there was not enough time or a store did not answer; none when all is done.
    pub cursor: Option<String>,
    /// Why the replay stopped before its time.
    pub stopped: Option<PortError>,
}

/// Replays what is parked until `deadline`, which is looked at between bodies.
pub async fn replay_parked<T: Tickets + Accounts + Gates, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    request: ReplayRequest<'_>,
    deadline: Deadline,
) -> Replayed {
    let prefix = parked_prefix(request.channel);
    let mut replayed = Replayed::default();
    let mut after = request.after.unwrap_or_default().to_owned();
    loop {
        let start = (!after.is_empty()).then_some(after.as_str());
        let page = match desk.blobs.list(&prefix, start, PAGE).await {
            Ok(page) => page,
            Err(error) => {
                replayed.stopped = Some(error);
                replayed.cursor = Some(after);
                return replayed;
            }
        };
        if page.is_empty() {
            return replayed;
        }
        for blob in page {
            if deadline.passed(&desk.surroundings) {
                replayed.cursor = Some(after);
                return replayed;
            }
            if let Err(error) = replay(desk, &blob.key, request, &mut replayed).await {
                replayed.stopped = Some(error);
                replayed.cursor = Some(after);
                return replayed;
            }
            after = blob.key;
        }
    }
}

/// Replays one body. Fails when trying the next one is of no use.
async fn replay<T: Tickets + Accounts + Gates, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    key: &str,
    request: ReplayRequest<'_>,
    replayed: &mut Replayed,
) -> Result<(), PortError> {
    let mut skip = |reason| {
        let key = key.to_owned();
        replayed.not_replayed.push(NotReplayed { key, reason });
        replayed.bodies += 1;
        Ok(())
    };
    let Some((channel, kind)) = parked_body(key) else {
        return skip("bodies of this kind cannot be replayed");
    };
    let Some(accounts) = request.accounts.get(&channel) else {
        return skip("the channel has no accounts of ours");
    };
    // It may have gone with its age since it was listed.
    let Some(raw) = desk.blobs.get(key).await? else {
        return Ok(());
    };
    let deadline = Deadline::after(&desk.surroundings, BODY_TIME);
    if kind == RawBody::Form {
        let Some(way) = request.mail_way else {
            return skip("the way of mails is not known");
        };
        let (outcome, reason) = replay_mail(desk, &raw.into(), way, deadline).await;
        return conclude(key, outcome, vec![reason], replayed);
    }
    let Ok(body) = serde_json::from_slice::<&RawValue>(&raw) else {
        return skip("it is no JSON");
    };
    let Some(batch) = normalise(channel, body) else {
        return skip("bodies of this kind cannot be replayed");
    };
    let reasons = reasons(&batch, accounts);
    let outcome = receive_messages(desk, channel, batch.events, accounts, &raw, deadline).await;
    conclude(key, outcome, reasons, replayed)
}

/// Replays the form of a mail; says also why it is parked, if it is still.
async fn replay_mail<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    raw: &Bytes,
    way: MailWay<'_>,
    deadline: Deadline,
) -> (Outcome, &'static str) {
    // Its content type is not kept: the boundary stands in its first line (RFC 2046, section 5.1.1).
    let first = raw.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = first.strip_prefix(b"--").unwrap_or_default();
    let boundary = String::from_utf8_lossy(first.trim_ascii_end());
    match parse(
        &format!("multipart/form-data; boundary=\"{boundary}\""),
        raw,
    ) {
        Ok(mail) => {
            let route = way(&mail);
            let received = receive_mail(desk, mail, &route, raw, deadline).await;
            (received, "the mail names no sender")
        }
        Err(_) => (park_mail(desk, raw).await, "the mail cannot be read"),
    }
}

/// Notes what a body came to. Fails when trying the next one is of no use.
fn conclude(
    key: &str,
    outcome: Outcome,
    mut reasons: Vec<&'static str>,
    replayed: &mut Replayed,
) -> Result<(), PortError> {
    let counts = outcome.received.counts;
    replayed.bodies += 1;
    let reason = match outcome.unfinished {
        Some(ReceiveError::Port(error @ PortError::Unavailable(_))) => {
            replayed.bodies -= 1;
            return Err(error);
        }
        Some(ReceiveError::Port(PortError::Corrupt(_))) => {
            Some("what is stored for its tickets cannot be read")
        }
        Some(ReceiveError::OutOfTime) => Some("it took longer than a request may"),
        None => None,
    };
    if let Some(reason) = reason {
        let key = key.to_owned();
        replayed.not_replayed.push(NotReplayed { key, reason });
        return Ok(());
    }
    replayed.counts.add(counts);
    if counts.parked > 0 {
        if reasons.is_empty() {
            reasons.push("waits for what it speaks of");
        }
        replayed.still_parked.push(StillParked {
            key: key.to_owned(),
            events: counts.parked,
            reasons,
        });
    }
    Ok(())
}

const NOT_OURS: &str = "came to an account that is not ours";

/// Why events of this body are parked whatever is stored, each reason once.
fn reasons(batch: &InboundBatch, accounts: &[OurAccount]) -> Vec<&'static str> {
    let mut reasons = Vec::new();
    for event in &batch.events {
        let ours = |id: &&AccountId| accounts.iter().any(|a| a.id == **id);
        let named = event.account.as_ref().filter(ours);
        let reason = match &event.kind {
            InboundKind::Ignored(_) => continue,
            InboundKind::Parked(why) => why,
            InboundKind::Message(_)
            | InboundKind::Change(_)
            | InboundKind::Report(_)
            | InboundKind::Receipt(_)
            | InboundKind::Notice(_)
            | InboundKind::Renamed(_) => {
                if named.is_some() {
                    continue;
                }
                NOT_OURS
            }
            InboundKind::Account(told) => {
                if !told.concerned(named, accounts).is_empty() {
                    continue;
                }
                NOT_OURS
            }
        };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}

#[cfg(test)]
mod tests;
