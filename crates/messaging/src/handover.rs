//! One part on its way to its provider: what all calls for it share.

use reqwest::multipart::Form;
use reqwest::{Method, Url};
use serde::Serialize;
use tokio::time::{Instant, timeout_at};
use tributary_domain::ports::{OutgoingFile, OutgoingPart, PartContent, SendOutcome};

use crate::credentials::{CredentialError, Credentials};
use crate::http::{Answer, Auth, Http};
use crate::verdict::{Verdict, credentials_slow, refused};

/// The provider's id of what it took, if it named one.
pub(crate) type Taken = Result<Option<String>, Verdict>;

/// One part on its way.
pub(crate) struct Handover<'h, C> {
    pub(crate) part: &'h OutgoingPart,
    pub(crate) http: &'h Http,
    pub(crate) credentials: &'h C,
    /// When the part's time is over, all its calls together.
    pub(crate) deadline: Instant,
}

/// The one thing that goes in a message where text and files go apart.
#[derive(Debug, PartialEq)]
pub(crate) enum Thing<'h> {
    Text(&'h str),
    File(&'h OutgoingFile),
}

impl<C: Credentials> Handover<'_, C> {
    /// Hands the part over by `calls`, once more when the provider refused credentials that were then read anew.
    pub(crate) async fn twice<F: Future<Output = Taken> + Send>(
        &self,
        calls: impl Fn() -> F + Send,
    ) -> SendOutcome {
        let first = match calls().await {
            Err(first) if first.credentials_refused => first,
            done => return outcome(done),
        };
        let reread = self.credentials.reread(self.part.channel);
        match timeout_at(self.deadline, reread).await {
            Ok(()) => outcome(calls().await),
            Err(_) => first.outcome,
        }
    }

    /// An account's credentials.
    pub(crate) async fn account<A>(
        &self,
        read: impl Future<Output = Result<A, CredentialError>> + Send,
    ) -> Result<A, Verdict> {
        match timeout_at(self.deadline, read).await {
            Ok(account) => Ok(account?),
            Err(_) => Err(credentials_slow()),
        }
    }

    pub(crate) async fn post(
        &self,
        url: Url,
        auth: Auth<'_>,
        body: &(impl Serialize + Sync),
    ) -> Result<Answer, Verdict> {
        Ok(self.http.post(url, auth, body, self.deadline).await?)
    }

    pub(crate) async fn post_form(
        &self,
        url: Url,
        auth: Auth<'_>,
        form: Form,
    ) -> Result<Answer, Verdict> {
        Ok(self.http.post_form(url, auth, form, self.deadline).await?)
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        url: Url,
        auth: Auth<'_>,
    ) -> Result<Answer, Verdict> {
        Ok(self.http.call(method, url, auth, self.deadline).await?)
    }

    /// What is said; templates are WhatsApp's alone.
    pub(crate) fn content(&self) -> Result<(&str, &[OutgoingFile]), Verdict> {
        match &self.part.content {
            PartContent::Text { text, files } => Ok((text, files)),
            PartContent::Template(_) => Err(refused(
                "no-templates",
                "This channel has no templates.",
                "Write the message instead.",
            )
            .into()),
        }
    }

    /// The text or the file, where nothing goes together.
    pub(crate) fn thing(&self) -> Result<Thing<'_>, Verdict> {
        match self.content()? {
            (text, []) => Ok(Thing::Text(text)),
            ("", [file]) => Ok(Thing::File(file)),
            _ => Err(too_much()),
        }
    }
}

/// The part has more files than go in one message.
pub(crate) fn too_much() -> Verdict {
    refused(
        "too-much-at-once",
        "The platform does not take all of this in one message.",
        "Send the files one by one.",
    )
    .into()
}

fn outcome(taken: Taken) -> SendOutcome {
    match taken {
        Ok(platform_message_id) => SendOutcome::Accepted {
            platform_message_id,
        },
        Err(verdict) => verdict.outcome,
    }
}

/// An address at a provider.
pub(crate) fn at(origin: &Url, path: &[&str]) -> Url {
    let mut url = origin.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.clear().extend(path);
    }
    url
}
