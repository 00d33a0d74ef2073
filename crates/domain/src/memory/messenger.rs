//! The port [`Messenger`] as a provider that follows a script.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::channel::{AccountId, Channel};
use crate::memory::SimulatedSurroundings;
use crate::ports::{FoundThere, LookupError, Messenger, OutgoingPart, SendOutcome, TypingTo};

/// What a provider does with one message.
type Answer = Pin<Box<dyn Future<Output = SendOutcome> + Send>>;

/// A provider. Calls are answered by the script in order; beyond it every message is accepted, as
/// `out.1`, `out.2`, … by the number of the call. Clones share it.
#[derive(Clone)]
pub struct ScriptedMessenger {
    surroundings: SimulatedSurroundings,
    provider: Arc<Mutex<Provider>>,
}

#[derive(Default)]
struct Provider {
    script: VecDeque<Answer>,
    secret_version: u64,
    calls: Vec<OutgoingPart>,
    written: Option<Result<Vec<FoundThere>, LookupError>>,
    lookups: usize,
    typing: Vec<TypingTo>,
    shows_nothing: bool,
}

impl ScriptedMessenger {
    /// A provider with an empty script, yielding as `surroundings` says.
    #[must_use]
    pub fn new(surroundings: &SimulatedSurroundings) -> Self {
        Self {
            surroundings: surroundings.clone(),
            provider: Arc::default(),
        }
    }

    fn provider(&self) -> MutexGuard<'_, Provider> {
        self.provider.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next call is answered so.
    pub fn answer(&self, outcome: SendOutcome) {
        self.answer_after(async move { outcome });
    }

    /// The next call runs this and is answered by what it returns.
    pub fn answer_after(&self, run: impl Future<Output = SendOutcome> + Send + 'static) {
        self.provider().script.push_back(Box::pin(run));
    }

    /// Somebody puts another secret in the place of its own.
    pub fn change_secret(&self) {
        self.provider().secret_version += 1;
    }

    /// Whoever asks from now on what was written is told this; until then nothing was.
    pub fn tell(&self, written: Result<Vec<FoundThere>, LookupError>) {
        self.provider().written = Some(written);
    }

    /// How often it was asked what was written.
    #[must_use]
    pub fn lookups(&self) -> usize {
        self.provider().lookups
    }

    /// Whom it was to show that somebody types, in order.
    #[must_use]
    pub fn typing(&self) -> Vec<TypingTo> {
        self.provider().typing.clone()
    }

    /// From now on it refuses to show that somebody types.
    pub fn show_nothing(&self) {
        self.provider().shows_nothing = true;
    }

    /// What it was called with, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<OutgoingPart> {
        self.provider().calls.clone()
    }
}

impl Messenger for ScriptedMessenger {
    async fn send(&self, part: &OutgoingPart) -> SendOutcome {
        self.surroundings.pause().await;
        let (number, answer) = {
            let mut provider = self.provider();
            provider.calls.push(part.clone());
            (provider.calls.len(), provider.script.pop_front())
        };
        let outcome = match answer {
            Some(answer) => answer.await,
            None => SendOutcome::Accepted {
                platform_message_id: Some(format!("out.{number}")),
            },
        };
        self.surroundings.pause().await;
        outcome
    }

    async fn written_to(
        &self,
        _: Channel,
        _: &AccountId,
        _: &str,
    ) -> Result<Vec<FoundThere>, LookupError> {
        self.surroundings.pause().await;
        let mut provider = self.provider();
        provider.lookups += 1;
        provider.written.clone().unwrap_or_else(|| Ok(Vec::new()))
    }

    async fn show_typing(&self, to: &TypingTo) -> bool {
        self.surroundings.pause().await;
        let mut provider = self.provider();
        provider.typing.push(to.clone());
        !provider.shows_nothing
    }

    async fn secret_version(&self, _: Channel) -> Option<String> {
        self.surroundings.pause().await;
        Some(self.provider().secret_version.to_string())
    }
}
