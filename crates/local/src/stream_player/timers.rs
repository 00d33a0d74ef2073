//! The relay's queue of delayed messages, as timers.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tributary_domain::ports::{MediaFetcher, Messenger};
use tributary_relay::{Relay, Waker};

use super::Player;

/// After which times the relay wants to be woken.
pub(crate) type Alarms = UnboundedReceiver<Duration>;

/// Puts the relay's wishes where [`play_timers`] takes them.
pub(crate) struct LocalWaker(UnboundedSender<Duration>);

/// A waker, and what it is told.
pub(crate) fn channel() -> (LocalWaker, Alarms) {
    let (sender, receiver) = unbounded_channel();
    (LocalWaker(sender), receiver)
}

impl Waker for LocalWaker {
    fn wake_in(&self, after: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        // Nobody listens only while the stack stops.
        let _ = self.0.send(after);
        Box::pin(std::future::ready(()))
    }
}

/// Wakes the relay when it wants to be.
pub(crate) fn play_timers<M: Messenger + MediaFetcher + 'static>(
    relay: Arc<Relay<M>>,
    mut alarms: Alarms,
) -> Player {
    Player::spawn(move |mut stopping| async move {
        loop {
            let after = tokio::select! {
                after = alarms.recv() => after,
                _ = stopping.pause(Duration::MAX) => None,
            };
            let Some(after) = after else {
                return;
            };
            let relay = Arc::clone(&relay);
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                // As in docs.aws.amazon.com/lambda/latest/dg/with-sqs.html.
                let event =
                    serde_json::json!({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]});
                if let Err(error) = relay.handle(&event).await {
                    tracing::warn!(%error, "the relay was woken for nothing");
                }
            });
        }
    })
}
