//! A supervisor stops one of our accounts from sending, or lets it send again.

use crate::channel::{AccountId, Channel};
use crate::gate::Stopped;
use crate::permission::{Action, Principal, may};
use crate::ports::{Gates, PortError};
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};

/// Why it was not done; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// The principal may not.
    #[error("not allowed")]
    Forbidden,
    /// Too many others changed the same.
    #[error("out of time")]
    OutOfTime,
    /// A store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Stops an account, whose messages wait then, or lets it send again, beginning with what waits. A broken one that is
/// let go is tried at once. The same once more changes nothing.
///
/// # Errors
/// [`StopError`].
pub async fn stop_account(
    store: &impl Gates,
    surroundings: &impl Surroundings,
    principal: &Principal,
    (channel, account): (Channel, &AccountId),
    is_stopped: bool,
    deadline: Deadline,
) -> Result<(), StopError> {
    let Some(by) = principal
        .agent_id()
        .filter(|_| may(principal, Action::StopChannels, None))
    else {
        return Err(StopError::Forbidden);
    };
    let mut backoff = Backoff::default();
    loop {
        let gate = store.gate(channel, account).await?;
        let now = surroundings.now();
        let mut changed = gate.clone();
        if is_stopped {
            changed.stopped.get_or_insert(Stopped {
                by: by.clone(),
                since: now,
            });
        } else {
            changed.stopped = None;
            if let Some(broken) = &mut changed.broken {
                broken.next_try = now;
            }
            changed.slow_until = changed.slow_until.filter(|until| *until > now);
            changed.call_at(now);
        }
        if changed == gate
            || store
                .replace_gate(channel, account, &gate, &changed)
                .await?
        {
            return Ok(());
        }
        if !backoff.wait(surroundings, deadline).await {
            return Err(StopError::OutOfTime);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::gate::Gate;
    use crate::scene::{ONE, Scene, account, agent, supervisor};
    use crate::send::serve_queue;

    async fn set(scene: &Scene, principal: &Principal, is_stopped: bool) -> Result<(), StopError> {
        let of = (Channel::WhatsApp, &account(ONE));
        let (store, surroundings) = (&scene.store, &scene.surroundings);
        stop_account(
            store,
            surroundings,
            principal,
            of,
            is_stopped,
            scene.deadline(),
        )
        .await
    }

    async fn gate(scene: &Scene) -> Gate {
        let gate = scene.store.gate(Channel::WhatsApp, &account(ONE)).await;
        gate.expect("reads")
    }

    #[tokio::test]
    async fn a_stopped_account_sends_nothing_until_it_is_let_go() {
        let (scene, id) = Scene::with_ticket().await;
        set(&scene, &supervisor(), true).await.expect("stopped");
        let version = gate(&scene).await.version;
        set(&scene, &supervisor(), true).await.expect("the same");
        assert_eq!(gate(&scene).await.version, version);
        scene.reply(&id, "Answer").await;
        scene.relay(&id).await.expect("looked at");
        scene.surroundings.advance(Duration::from_secs(120));
        let serve = async || {
            let deadline = scene.deadline();
            let of = (Channel::WhatsApp, &account(ONE));
            let served = serve_queue(&scene.desk, &scene.messenger, of, deadline);
            served.await.expect("served");
        };
        serve().await;
        assert!(scene.messenger.calls().is_empty());
        set(&scene, &supervisor(), false).await.expect("let go");
        serve().await;
        assert_eq!(scene.sent_texts(), ["Answer"]);
    }

    #[tokio::test]
    async fn only_supervisors_stop_an_account() {
        let scene = Scene::new();
        let refused = set(&scene, &agent(), true).await;
        assert!(matches!(refused, Err(StopError::Forbidden)));
        assert_eq!(gate(&scene).await, Gate::default());
    }
}
