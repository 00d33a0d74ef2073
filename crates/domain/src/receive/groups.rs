//! The events of one body by person and account, and the order in which they are received.

use std::collections::BTreeMap;

use futures::StreamExt;

use crate::channel::inbound::{InboundKind, InboundMessage, Notice, Receipt, Renamed};
use crate::channel::{AccountId, Channel, ChannelIdentity};
use crate::ports::{Blobs, Tickets};
use crate::receive::tellings::{self, Telling};
use crate::receive::{
    Body, Desk, Outcome, ReceiveError, Received, messages, notices, people, receipts,
};
use crate::surroundings::{Deadline, Surroundings};

/// Groups worked on at the same time.
const PARALLEL_GROUPS: usize = 16;

/// The events of one body that are about people.
#[derive(Default)]
pub(super) struct Groups(BTreeMap<(AccountId, String), Group>);

/// The part of a body that belongs to one person and account.
#[derive(Default)]
struct Group {
    renamed: Vec<Renamed>,
    messages: Vec<InboundMessage>,
    told: Told,
}

/// What is told of people and messages that are there.
#[derive(Default)]
struct Told {
    /// With whether their names were new.
    renamed: Vec<(Renamed, bool)>,
    tellings: Vec<Telling>,
    receipts: Vec<Receipt>,
    notices: Vec<Notice>,
}

impl Groups {
    /// Puts an event to the others of its person.
    pub(super) fn add(&mut self, account: AccountId, kind: InboundKind) {
        let of = |names: &[ChannelIdentity]| {
            names
                .first()
                .map_or_else(String::new, |name| name.platform_id().to_owned())
        };
        let person = match &kind {
            InboundKind::Message(message) => of(&message.person),
            InboundKind::Change(change) => match &change.person {
                Some(person) => person.platform_id().to_owned(),
                None => change.target.clone(),
            },
            InboundKind::Report(report) => match &report.recipient {
                Some(recipient) => recipient.clone(),
                None => report.platform_message_id.clone(),
            },
            InboundKind::Receipt(receipt) => receipt.person.platform_id().to_owned(),
            InboundKind::Notice(notice) => notice.person.platform_id().to_owned(),
            InboundKind::Renamed(renamed) => of(&renamed.current),
            InboundKind::Account(_) | InboundKind::Ignored(_) | InboundKind::Parked(_) => return,
        };
        let group = self.0.entry((account, person)).or_default();
        match kind {
            InboundKind::Message(message) => group.messages.push(*message),
            InboundKind::Change(change) => group.told.tellings.push(Telling::Change(change)),
            InboundKind::Report(report) => group.told.tellings.push(Telling::Report(report)),
            InboundKind::Receipt(receipt) => group.told.receipts.push(*receipt),
            InboundKind::Notice(notice) => group.told.notices.push(*notice),
            InboundKind::Renamed(renamed) => group.renamed.push(*renamed),
            InboundKind::Account(_) | InboundKind::Ignored(_) | InboundKind::Parked(_) => {}
        }
    }

    /// Receives all groups: the messages of all come before what is told of any, which may speak of a person
    /// by another name or of a message in another group.
    pub(super) async fn receive<T: Tickets, B: Blobs, S: Surroundings>(
        self,
        desk: &Desk<T, B, S>,
        body: &Body<'_>,
    ) -> Outcome {
        let (channel, deadline) = (body.channel, body.deadline);
        let mut outcome = Outcome {
            received: Received::default(),
            unfinished: None,
        };
        let work = self.0.into_iter().map(|((account, _), group)| async move {
            let mut part = Received::default();
            let result = match body.is_late(&desk.surroundings) {
                true => Err(ReceiveError::OutOfTime),
                false => {
                    group
                        .messages(desk, channel, &account, &mut part, deadline)
                        .await
                }
            };
            (part, result.map(|told| (account, told)))
        });
        let told = all(work, &mut outcome).await;
        let work = told.into_iter().map(|(account, told)| async move {
            let mut part = Received::default();
            let result = told
                .receive(desk, channel, &account, &mut part, deadline)
                .await;
            (part, result)
        });
        all(work, &mut outcome).await;
        outcome
    }
}

/// Does all work, some of it at a time, and returns what came of what went well.
async fn all<R>(
    work: impl Iterator<Item = impl Future<Output = (Received, Result<R, ReceiveError>)>>,
    outcome: &mut Outcome,
) -> Vec<R> {
    let mut running = futures::stream::iter(work).buffer_unordered(PARALLEL_GROUPS);
    let mut done = Vec::new();
    while let Some((part, result)) = running.next().await {
        outcome.received.counts.add(part.counts);
        outcome.received.events.extend(part.events);
        match result {
            Ok(result) => done.push(result),
            Err(error) => drop(outcome.unfinished.get_or_insert(error)),
        }
    }
    done
}

impl Group {
    /// Receives names and messages, and returns what is left.
    async fn messages<T: Tickets, B: Blobs, S: Surroundings>(
        self,
        desk: &Desk<T, B, S>,
        channel: Channel,
        account: &AccountId,
        part: &mut Received,
        deadline: Deadline,
    ) -> Result<Told, ReceiveError> {
        let Self {
            renamed,
            messages,
            mut told,
        } = self;
        for each in renamed {
            let is_new = people::rename(desk, &each, deadline).await?;
            told.renamed.push((each, is_new));
        }
        messages::receive(desk, channel, account, messages, part, deadline).await?;
        Ok(told)
    }
}

impl Told {
    async fn receive<T: Tickets, B: Blobs, S: Surroundings>(
        self,
        desk: &Desk<T, B, S>,
        channel: Channel,
        account: &AccountId,
        part: &mut Received,
        deadline: Deadline,
    ) -> Result<(), ReceiveError> {
        let Self {
            renamed,
            tellings,
            receipts,
            notices,
        } = self;
        for (each, is_new) in renamed {
            people::note(desk, channel, account, each, is_new, part, deadline).await?;
        }
        tellings::receive(desk, channel, account, tellings, part, deadline).await?;
        receipts::receive(desk, channel, account, receipts, part, deadline).await?;
        notices::receive(desk, channel, account, notices, part, deadline).await
    }
}
