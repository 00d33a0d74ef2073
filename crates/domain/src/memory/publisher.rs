//! The port [`Publisher`] as a broker that does as it is told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::event::Event;
use crate::memory::SimulatedSurroundings;
use crate::ports::Publisher;

/// A broker. Clones share it.
#[derive(Debug, Clone)]
pub struct FakePublisher {
    surroundings: SimulatedSurroundings,
    broker: Arc<Mutex<Broker>>,
}

#[derive(Debug)]
struct Broker {
    is_ready: bool,
    takes: Option<usize>,
    calls: usize,
    published: Vec<Event>,
}

impl FakePublisher {
    /// A broker that takes everything, yielding as `surroundings` says.
    #[must_use]
    pub fn new(surroundings: &SimulatedSurroundings) -> Self {
        Self {
            surroundings: surroundings.clone(),
            broker: Arc::new(Mutex::new(Broker {
                is_ready: true,
                takes: None,
                calls: 0,
                published: Vec::new(),
            })),
        }
    }

    fn broker(&self) -> MutexGuard<'_, Broker> {
        self.broker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the broker is there at all.
    pub fn set_ready(&self, is_ready: bool) {
        self.broker().is_ready = is_ready;
    }

    /// It acknowledges so many events more and then none; with none, all.
    pub fn take_only(&self, events: Option<usize>) {
        self.broker().takes = events;
    }

    /// What was acknowledged, in order.
    #[must_use]
    pub fn published(&self) -> Vec<Event> {
        self.broker().published.clone()
    }

    /// How often it was asked to publish.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.broker().calls
    }
}

impl Publisher for FakePublisher {
    async fn publish(&self, events: &[&Event], _budget: Duration) -> usize {
        self.broker().calls += 1;
        let mut taken = 0;
        for event in events {
            self.surroundings.pause().await;
            let mut broker = self.broker();
            if !broker.is_ready || broker.takes == Some(0) {
                break;
            }
            broker.takes = broker.takes.map(|left| left - 1);
            broker.published.push((*event).clone());
            taken += 1;
        }
        taken
    }

    fn is_ready(&self) -> bool {
        self.broker().is_ready
    }
}
