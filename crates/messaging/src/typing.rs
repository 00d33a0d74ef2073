//! One call that shows a customer that an agent types: what all calls of the kind share. Nothing follows from what a
//! platform says to it.

use std::time::Duration;

use reqwest::Url;
use serde::Serialize;
use tokio::time::Instant;
use tributary_domain::ports::TypingTo;

use crate::credentials::Credentials;
use crate::http::{Auth, Http};
use crate::verdict::{Verdict, judge_shown};

/// The longest it may take, the reading of credentials too: a reply may wait behind it.
pub(crate) const BUDGET: Duration = Duration::from_secs(2);

/// A call under way.
pub(crate) struct Showing<'s, C> {
    pub(crate) to: &'s TypingTo,
    pub(crate) http: &'s Http,
    pub(crate) credentials: &'s C,
    /// When its time is over.
    pub(crate) deadline: Instant,
}

impl<C: Credentials> Showing<'_, C> {
    /// Posts it; once, whatever the answer.
    pub(crate) async fn post(
        &self,
        url: Url,
        auth: Auth<'_>,
        body: &(impl Serialize + Sync),
    ) -> Result<(), Verdict> {
        let answer = self.http.post(url, auth, body, self.deadline).await?;
        judge_shown(answer.status)
    }
}
