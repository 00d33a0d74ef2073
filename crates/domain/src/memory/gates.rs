//! The port [`Gates`] in memory.

use crate::channel::{AccountId, Channel};
use crate::gate::Gate;
use crate::memory::{MemoryStore, unavailable};
use crate::ports::{Gates, PortError, QueuedSend, SendIntent, SendState};

impl MemoryStore {
    /// How often a gate was read.
    #[must_use]
    pub fn gate_reads(&self) -> usize {
        self.state().gate_reads
    }
}

impl Gates for MemoryStore {
    async fn gate(&self, channel: Channel, account: &AccountId) -> Result<Gate, PortError> {
        self.call(|state| {
            state.gate_reads += 1;
            let gate = state.gates.get(&(channel, account.clone()));
            gate.cloned().unwrap_or_default()
        })
        .await
    }

    async fn replace_gate(
        &self,
        channel: Channel,
        account: &AccountId,
        from: &Gate,
        to: &Gate,
    ) -> Result<bool, PortError> {
        let replaced = self.call(|state| {
            if state.gates_are_refused {
                return Err(unavailable());
            }
            let gate = state.gates.entry((channel, account.clone())).or_default();
            if gate.version != from.version {
                return Ok(false);
            }
            *gate = Gate {
                version: from.version + 1,
                ..to.clone()
            };
            Ok(true)
        });
        replaced.await?
    }

    async fn queue(
        &self,
        channel: Channel,
        account: &AccountId,
        limit: usize,
    ) -> Result<Vec<QueuedSend>, PortError> {
        self.call(|state| {
            let of = |s: &&SendIntent| s.channel == channel && s.account == *account;
            let queued = state.sends.values().filter(of).map(|s| QueuedSend {
                ticket_id: s.ticket_id.clone(),
                position: s.position,
                queued_at: s.queued_at,
                is_waiting: matches!(s.state, SendState::Queued { .. }),
                is_held: matches!(s.state, SendState::Queued { held: true, .. }),
            });
            let mut queued: Vec<QueuedSend> = queued.collect();
            queued.sort_by(|a, b| {
                (a.queued_at, &a.ticket_id, a.position).cmp(&(
                    b.queued_at,
                    &b.ticket_id,
                    b.position,
                ))
            });
            queued.truncate(limit);
            queued
        })
        .await
    }

    async fn postpone_send(&self, from: &SendIntent, to: &SendIntent) -> Result<bool, PortError> {
        self.call(|state| {
            let key = (from.ticket_id.clone(), from.position);
            let is_there = state.sends.get(&key) == Some(from);
            if is_there {
                state.sends.insert(key, to.clone());
            }
            is_there
        })
        .await
    }
}
