//! Who is who: somebody who goes by other names now, and two customers who turn out to be one person.

use crate::channel::inbound::{Notice, Renamed};
use crate::channel::{AccountId, Channel, ChannelIdentity, Details};
use crate::ports::{Blobs, CommitError, PortError, Tickets, budget};
use crate::receive::notices::{self, Noted};
use crate::receive::{Desk, ReceiveError, Received};
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};

mod joining;
mod known;
mod naming;

pub(super) use joining::join;
use known::Known;
use naming::{names_of, newcomer};

/// How often what is read one after the other may not fit together, because somebody changes it meanwhile,
/// before it is called corrupt.
pub(super) const MISSES: usize = 4;

/// Notes a change of names in the person's open ticket, and counts it.
pub(super) async fn note<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    channel: Channel,
    account: &AccountId,
    renamed: Renamed,
    is_new: bool,
    part: &mut Received,
    deadline: Deadline,
) -> Result<(), ReceiveError> {
    let Some(person) = renamed.current.first().cloned() else {
        part.counts.ignored += 1;
        return Ok(());
    };
    let notice = Notice {
        key: renamed.key,
        person,
        content: renamed.content,
        at: renamed.at,
        data: Details::default(),
    };
    let noted = notices::note(desk, channel, account, &notice, part, deadline).await?;
    if is_new || noted == Noted::Stored {
        part.counts.stored += 1;
    } else {
        part.counts.duplicates += 1;
    }
    Ok(())
}

/// Makes all names lead to one customer, and answers go to the first current one. Returns whether anything
/// changed.
pub(super) async fn rename<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    renamed: &Renamed,
    deadline: Deadline,
) -> Result<bool, ReceiveError> {
    if renamed.current.is_empty() {
        return Ok(false);
    }
    let mut names: Vec<ChannelIdentity> = Vec::new();
    for name in renamed.current.iter().chain(&renamed.former) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let mut joined = false;
    let mut misses = 0;
    let mut backoff = Backoff::default();
    loop {
        let known = Known::read(&desk.tickets, &names).await?;
        let customers = known.customers();
        let write = match customers.as_slice() {
            [] => newcomer(desk, &names, renamed.at),
            [one] => match names_of(desk, &known, one, &names, renamed).await? {
                Some(write) => write,
                None if misses < MISSES => {
                    misses += 1;
                    continue;
                }
                None => return Err(corrupt("an alias leads nowhere")),
            },
            [_, ..] => {
                join(desk, &names, deadline).await?;
                joined = true;
                continue;
            }
        };
        let Some(write) = write else {
            return Ok(joined);
        };
        match desk
            .tickets
            .write_people(&write, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) => return Ok(true),
            Err(CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_)) => {
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(ReceiveError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

fn corrupt(what: &str) -> ReceiveError {
    PortError::Corrupt(what.to_owned()).into()
}
