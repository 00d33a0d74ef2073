//! The port `Accounts`: one item of the ledger an account, changed under conditions.

use std::collections::HashMap;

use tributary_domain::account::{AccountRecord, AccountState, Standing};
use tributary_domain::ports::{Accounts, PortError};
use tributary_domain::{AccountId, Channel, Timestamp};

use crate::client::DynamoTickets;
use crate::keys::LedgerKey;
use crate::query::ledger_key;
use crate::record::{self, Reader, number, text};
use crate::tickets::BATCH_KEYS;

fn key(channel: Channel, account: &AccountId) -> LedgerKey {
    LedgerKey::Account {
        channel,
        account: account.clone(),
    }
}

impl Accounts for DynamoTickets {
    async fn accounts(
        &self,
        accounts: &[(Channel, AccountId)],
    ) -> Result<Vec<AccountRecord>, PortError> {
        let mut known: HashMap<String, AccountRecord> = HashMap::new();
        let mut wanted: Vec<LedgerKey> = accounts.iter().map(|(c, a)| key(*c, a)).collect();
        wanted.sort_by_key(LedgerKey::pk);
        wanted.dedup();
        for some in wanted.chunks(BATCH_KEYS) {
            let keys = some.iter().map(ledger_key).collect();
            for item in self.get_batch(&self.names.ledger, keys, true, &[]).await? {
                let pk = Reader::new("account", &item).text("pk")?.to_owned();
                known.insert(pk, record::account::from_item(&item)?);
            }
        }
        let of = |(channel, account): &(Channel, AccountId)| {
            let record = known.get(&key(*channel, account).pk());
            record.cloned().unwrap_or_default()
        };
        Ok(accounts.iter().map(of).collect())
    }

    async fn note(
        &self,
        channel: Channel,
        account: &AccountId,
        told: &AccountState,
    ) -> Result<bool, PortError> {
        let (name, reason) = record::account::standing(&told.standing);
        let request = self
            .update(&key(channel, account))
            .await
            .update_expression("SET told = :name, told_reason = :reason, told_at = :at")
            .condition_expression(
                "attribute_not_exists(told_at) OR told_at < :at OR (told_at = :at AND \
                 (told < :name OR (told = :name AND told_reason < :reason)))",
            )
            .expression_attribute_values(":name", text(name))
            .expression_attribute_values(":reason", text(reason))
            .expression_attribute_values(":at", number(told.since.as_millis()));
        Ok(self.update_if(request).await?.is_some())
    }

    async fn claim_check(
        &self,
        channel: Channel,
        account: &AccountId,
        now: Timestamp,
        before: Timestamp,
    ) -> Result<bool, PortError> {
        let request = self
            .update(&key(channel, account))
            .await
            .update_expression("SET check_claimed_at = :now")
            .condition_expression(
                "attribute_not_exists(check_claimed_at) OR check_claimed_at <= :before",
            )
            .expression_attribute_values(":now", number(now.as_millis()))
            .expression_attribute_values(":before", number(before.as_millis()));
        Ok(self.update_if(request).await?.is_some())
    }

    async fn note_check(
        &self,
        channel: Channel,
        account: &AccountId,
        found: &Standing,
        now: Timestamp,
    ) -> Result<bool, PortError> {
        let (name, reason) = record::account::standing(found);
        let again = self
            .update(&key(channel, account))
            .await
            .update_expression("SET checked_at = :now")
            .condition_expression("checked = :name AND check_reason = :reason")
            .expression_attribute_values(":name", text(name))
            .expression_attribute_values(":reason", text(reason))
            .expression_attribute_values(":now", number(now.as_millis()));
        if self.update_if(again).await?.is_some() {
            return Ok(false);
        }
        let changed = self
            .update(&key(channel, account))
            .await
            .update_expression(
                "SET checked = :name, check_reason = :reason, checked_since = :now, checked_at = :now",
            )
            .expression_attribute_values(":name", text(name))
            .expression_attribute_values(":reason", text(reason))
            .expression_attribute_values(":now", number(now.as_millis()));
        self.update_if(changed).await.map(|_| true)
    }
}
