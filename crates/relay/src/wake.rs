//! Looking again sooner than the next sweep: a delayed message on a queue of the relay's own. One that is lost costs
//! nothing but time, since the sweep comes anyway.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;
use tributary_domain::Timestamp;
use tributary_domain::ports::Messenger;
use tributary_domain::surroundings::Surroundings;
use tributary_edge::aws::Aws;

use crate::Relay;

/// The sweep comes every minute.
const SOON: Duration = Duration::from_secs(60);

/// Who wakes the relay.
pub trait Waker: Send + Sync {
    /// Has the relay invoked after this time, which is at most a minute.
    fn wake_in(&self, after: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// Nobody: the sweep does it all.
pub struct Nobody;

impl Waker for Nobody {
    fn wake_in(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}

/// A queue of SQS whose messages invoke the relay.
pub struct SqsWaker {
    aws: Aws,
    url: String,
    client: OnceCell<aws_sdk_sqs::Client>,
}

impl SqsWaker {
    /// The queue at this address; nothing is connected yet.
    #[must_use]
    pub fn new(aws: Aws, url: String) -> Self {
        Self {
            aws,
            url,
            client: OnceCell::new(),
        }
    }
}

impl Waker for SqsWaker {
    fn wake_in(&self, after: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            let client = self
                .client
                .get_or_init(async || aws_sdk_sqs::Client::new(self.aws.config().await))
                .await;
            // Whole seconds; a moment late is better than one too early.
            let seconds = i32::try_from(after.as_millis().div_ceil(1000)).unwrap_or(i32::MAX);
            let sent = client
                .send_message()
                .queue_url(&self.url)
                .message_body("{}")
                .delay_seconds(seconds)
                .send()
                .await;
            if let Err(error) = sent {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(
                    error,
                    "the relay could not be told to look again soon; the sweep will"
                );
            }
        })
    }
}

/// The seconds for which somebody was told to wake this process's relay, so that each is asked for once.
#[derive(Default)]
pub(crate) struct Alarms(Mutex<BTreeSet<i64>>);

impl Alarms {
    /// Whether the second of `at` was not asked for yet.
    fn is_new(&self, at: Timestamp, now: Timestamp) -> bool {
        let mut set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        set.retain(|second| *second >= now.as_seconds());
        set.insert(at.as_seconds())
    }
}

impl<M: Messenger> Relay<M> {
    /// Sees to it that what is due then is looked at, if the sweep comes too late for it.
    pub(crate) async fn look_again(&self, at: Option<Timestamp>) {
        let now = self.desk.surroundings.now();
        let Some(at) = at.filter(|at| *at < now.plus(SOON)) else {
            return;
        };
        if self.alarms.is_new(at.max(now), now) {
            self.waker.wake_in(at.max(now).since(now)).await;
        }
    }
}
