//! What may befall a commit.

use std::fmt;
use std::pin::Pin;

use crate::memory::{MemoryStore, State, unavailable};
use crate::ports::CommitError;

/// What befalls a commit.
pub enum Fate {
    /// Nothing: it happens.
    Happens,
    /// It is answered with [`CommitError::Raced`], and nothing is written.
    Raced,
    /// It is answered as unavailable, and nothing is written.
    Lost,
    /// It is written, and answered as unavailable.
    AnswerLost,
    /// Nothing is written, and the caller waits for ever: it was killed before.
    KilledBefore,
    /// It is written, and the caller waits for ever: it was killed after.
    KilledAfter,
    /// This runs first, with commits that have the fates that follow; then the commit is tried.
    After(Pin<Box<dyn Future<Output = ()> + Send>>),
}

impl Fate {
    /// Something that runs between the caller's reads and its commit.
    pub fn after(run: impl Future<Output = ()> + Send + 'static) -> Self {
        Self::After(Box::pin(run))
    }
}

impl fmt::Debug for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Happens => "Happens",
            Self::Raced => "Raced",
            Self::Lost => "Lost",
            Self::AnswerLost => "AnswerLost",
            Self::KilledBefore => "KilledBefore",
            Self::KilledAfter => "KilledAfter",
            Self::After(_) => "After",
        })
    }
}

impl MemoryStore {
    /// Commits by `apply`, or lets happen what is to befall it.
    pub(super) async fn by_fate(
        &self,
        apply: impl Fn(&mut State) -> Result<(), CommitError>,
    ) -> Result<(), CommitError> {
        let fate = self.state().fates.pop_front().unwrap_or(Fate::Happens);
        match fate {
            Fate::Happens => self.call(&apply).await?,
            Fate::Raced => Err(CommitError::Raced),
            Fate::Lost => Err(unavailable().into()),
            Fate::AnswerLost => {
                self.call(&apply).await??;
                Err(unavailable().into())
            }
            Fate::KilledBefore => {
                self.state().killed += 1;
                std::future::pending().await
            }
            Fate::KilledAfter => {
                self.call(&apply).await??;
                self.state().killed += 1;
                std::future::pending().await
            }
            Fate::After(run) => {
                run.await;
                self.call(&apply).await?
            }
        }
    }
}
