//! How the desk's accounts stand, and what is parked of their channels: for those who run it.

use futures::future::try_join_all;

use crate::account::AccountRecord;
use crate::channel::{AccountId, Channel};
use crate::gate::Gate;
use crate::ports::{Accounts, Blobs, Gates, PortError};
use crate::replay_parked::parked_prefix;
use crate::time::Timestamp;

/// Parked bodies are counted up to here; whoever has more has the same to do.
pub const MOST_COUNTED: usize = 10_000;

/// One of our accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelAccount {
    /// The channel.
    pub channel: Channel,
    /// The account.
    pub account: AccountId,
    /// What is known of it.
    pub record: AccountRecord,
    /// What is parked of its channel, which several accounts may share; none when nothing is.
    pub parked: Option<ParkedBodies>,
    /// Whether anything goes out through it.
    pub gate: Gate,
    /// What it has to send; none when that is nothing.
    pub queue: Option<Queued>,
}

/// Messages on their way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queued {
    /// How many, at most [`MOST_COUNTED`].
    pub messages: usize,
    /// When the oldest of them was written.
    pub since: Timestamp,
}

/// Bodies that are kept raw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParkedBodies {
    /// How many, at most [`MOST_COUNTED`].
    pub bodies: usize,
    /// When the oldest of them came.
    pub since: Timestamp,
}

/// How each of `accounts` stands, in their order.
///
/// # Errors
/// [`PortError`] when a store does not answer.
pub async fn list_channels(
    store: &(impl Accounts + Gates),
    blobs: &impl Blobs,
    accounts: Vec<(Channel, AccountId)>,
) -> Result<Vec<ChannelAccount>, PortError> {
    let records = store.accounts(&accounts).await?;
    let mut channels: Vec<Channel> = accounts.iter().map(|(channel, _)| *channel).collect();
    channels.dedup();
    let parked = try_join_all(channels.iter().map(async |channel| {
        let bodies = parked_of(blobs, *channel).await?;
        Ok::<_, PortError>((*channel, bodies))
    }))
    .await?;
    let of = |channel| {
        let found = parked.iter().find(|(c, _)| *c == channel);
        found.and_then(|(_, bodies)| *bodies)
    };
    let sending = try_join_all(accounts.iter().map(async |(channel, account)| {
        let gate = store.gate(*channel, account).await?;
        let queue = store.queue(*channel, account, MOST_COUNTED).await?;
        let queue = queue.first().map(|oldest| Queued {
            messages: queue.len(),
            since: oldest.queued_at,
        });
        Ok::<_, PortError>((gate, queue))
    }))
    .await?;
    let each = accounts.into_iter().zip(records).zip(sending);
    Ok(each
        .map(
            |(((channel, account), record), (gate, queue))| ChannelAccount {
                channel,
                account,
                record,
                parked: of(channel),
                gate,
                queue,
            },
        )
        .collect())
}

async fn parked_of(
    blobs: &impl Blobs,
    channel: Channel,
) -> Result<Option<ParkedBodies>, PortError> {
    let prefix = parked_prefix(Some(channel));
    let listed = blobs.list(&prefix, None, MOST_COUNTED).await?;
    let oldest = listed.iter().map(|blob| blob.stored_at).min();
    Ok(oldest.map(|since| ParkedBodies {
        bodies: listed.len(),
        since,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{AccountState, Standing};
    use crate::memory::{MemoryBlobs, MemoryStore, SimulatedSurroundings};

    #[tokio::test]
    async fn each_account_has_its_own_state_and_shares_what_is_parked_of_its_channel() {
        let store = MemoryStore::new(&SimulatedSurroundings::new(1));
        let blobs = MemoryBlobs::default();
        let account = |id: &str| AccountId::parse(id).expect("an account");
        let at = Timestamp::from_millis;
        for (millis, key) in [
            (9_000, "parked/whatsapp/a.json"),
            (7_000, "parked/whatsapp/b.json"),
            (1_000, "parked/whatsapp-like/c.json"),
        ] {
            blobs.set_now(at(millis));
            blobs
                .put(key, "application/json", Vec::new())
                .await
                .expect("stored");
        }
        let told = AccountState {
            standing: Standing::Ok,
            since: at(5),
        };
        store
            .note(Channel::WhatsApp, &account("2"), &told)
            .await
            .expect("notes");
        let asked = vec![
            (Channel::Facebook, account("1")),
            (Channel::WhatsApp, account("1")),
            (Channel::WhatsApp, account("2")),
        ];
        let listed = list_channels(&store, &blobs, asked).await.expect("lists");
        let parked = Some(ParkedBodies {
            bodies: 2,
            since: at(7_000),
        });
        let seen: Vec<_> = listed
            .iter()
            .map(|c| (c.parked, c.record.told.as_ref()))
            .collect();
        assert_eq!(seen, [(None, None), (parked, None), (parked, Some(&told))]);
    }
}
