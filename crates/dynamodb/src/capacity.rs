//! What operations cost, as DynamoDB itself reports it.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::ConsumedCapacity;
use tributary_telemetry::metrics::{read_units, write_units};

/// Calls and capacity units.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spent {
    /// Round trips.
    pub calls: u64,
    /// Capacity units of reads and writes together, indexes included.
    pub units: f64,
}

/// Adds up what is spent, for whoever asks and in the function's metrics. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Capacity(Arc<Mutex<Ledger>>);

#[derive(Debug, Default)]
struct Ledger {
    spent: Spent,
    /// Metrics count whole units: what is left of one is counted with the next call.
    reads_left: f64,
    writes_left: f64,
}

impl Capacity {
    /// What was spent since the last call of this.
    pub fn take(&self) -> Spent {
        self.0
            .lock()
            .map(|mut ledger| std::mem::take(&mut ledger.spent))
            .unwrap_or_default()
    }

    /// Counts a call that read.
    pub(crate) fn read(&self, consumed: &[ConsumedCapacity]) {
        if let Ok(mut ledger) = self.0.lock() {
            let units = ledger.add(consumed);
            read_units(whole(units, &mut ledger.reads_left));
        }
    }

    /// Counts a call that wrote.
    pub(crate) fn wrote(&self, consumed: &[ConsumedCapacity]) {
        if let Ok(mut ledger) = self.0.lock() {
            let units = ledger.add(consumed);
            write_units(whole(units, &mut ledger.writes_left));
        }
    }
}

impl Ledger {
    fn add(&mut self, consumed: &[ConsumedCapacity]) -> f64 {
        let units: f64 = consumed
            .iter()
            .filter_map(ConsumedCapacity::capacity_units)
            .sum();
        self.spent.calls += 1;
        self.spent.units += units;
        units
    }
}

/// The whole units among these and what was left before; the rest is left for the next time.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "units are positive and far below 2^53"
)]
fn whole(units: f64, left: &mut f64) -> u64 {
    let sum = units + *left;
    *left = sum.fract();
    sum as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_units_are_counted_when_they_are_whole() {
        let mut left = 0.0;
        let counted: Vec<u64> = [0.5, 0.5, 3.5, 1.5]
            .into_iter()
            .map(|units| whole(units, &mut left))
            .collect();
        assert_eq!(counted, [0, 1, 3, 2]);
    }
}
