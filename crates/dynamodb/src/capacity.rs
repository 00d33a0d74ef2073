//! What operations cost, as DynamoDB itself reports it.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// Calls and capacity units.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spent {
    /// Round trips.
    pub calls: u64,
    /// Capacity units of reads and writes together, indexes included.
    pub units: f64,
}

/// Adds up what is spent. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Capacity(Arc<Mutex<Spent>>);

impl Capacity {
    /// What was spent since the last call of this.
    pub fn take(&self) -> Spent {
        self.0
            .lock()
            .map(|mut spent| std::mem::take(&mut *spent))
            .unwrap_or_default()
    }

    pub(crate) fn add(&self, consumed: &[ConsumedCapacity]) {
        if let Ok(mut spent) = self.0.lock() {
            spent.calls += 1;
            spent.units += consumed
                .iter()
                .filter_map(ConsumedCapacity::capacity_units)
                .sum::<f64>();
        }
    }
}
