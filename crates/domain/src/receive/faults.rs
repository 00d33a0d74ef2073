//! What a platform says of our account when it gives up a message it had taken: the account's gate closes, so that
//! what is not sent yet waits and is not lost to the same.

use std::collections::BTreeMap;

use crate::channel::inbound::InboundKind;
use crate::channel::{AccountId, Channel};
use crate::delivery::DeliveryError;
use crate::ports::Gates;
use crate::receive::{Desk, ReceiveError};
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};
use crate::time::Timestamp;

/// The latest fault that a body tells of, by account.
#[derive(Default)]
pub(super) struct Faults(BTreeMap<AccountId, (Timestamp, DeliveryError)>);

impl Faults {
    /// Learns what an event says of the account it came to.
    pub(super) fn learn(&mut self, account: &AccountId, kind: &InboundKind, now: Timestamp) {
        let InboundKind::Report(report) = kind else {
            return;
        };
        let Some(fault) = &report.account_fault else {
            return;
        };
        let at = report.at.unwrap_or(now);
        let is_later = self.0.get(account).is_none_or(|(known, _)| *known < at);
        if is_later {
            self.0.insert(account.clone(), (at, fault.clone()));
        }
    }

    /// Tells the accounts' gates. Any order and repetition ends the same.
    pub(super) async fn tell<T: Gates, B, S: Surroundings>(
        self,
        desk: &Desk<T, B, S>,
        channel: Channel,
        deadline: Deadline,
    ) -> Result<(), ReceiveError> {
        for (account, (at, fault)) in self.0 {
            let mut backoff = Backoff::default();
            loop {
                let gate = desk.tickets.gate(channel, &account).await?;
                let mut broken = gate.clone();
                if !broken.fail_late(&fault, at, desk.surroundings.now()) {
                    break;
                }
                let replaced = desk.tickets.replace_gate(channel, &account, &gate, &broken);
                if replaced.await? {
                    let (account, code) = (account.as_str(), fault.code.as_str());
                    tracing::warn!(%channel, account, code, "a platform cannot send what it took");
                    break;
                }
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(ReceiveError::OutOfTime);
                }
            }
        }
        Ok(())
    }
}
