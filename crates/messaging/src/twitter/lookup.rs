//! What our user wrote lately to somebody (X API v2, "Direct Messages lookup": `GET
//! /2/dm_conversations/with/{participant_id}/dm_events`, newest first). X allows few of these calls and bills what
//! they return, so little is asked for, and nothing while X wants nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};
use tributary_domain::ports::{FoundThere, LookupError};
use tributary_domain::{AccountId, Channel, Timestamp};

use super::Twitter;
use super::client::signed;
use super::error::reset;
use crate::credentials::{CredentialError, Credentials};
use crate::handover::at;
use crate::http::{Answer, Http};

/// Events asked for: what was sent a minute ago is among the latest.
const ASKED_FOR: &str = "20";
/// How X writes the address of a file that a message has.
const FILE_LINK: &str = "https://t.co/";

/// Until when X wants no more of these calls of an account, as far as this process knows.
#[derive(Debug, Default)]
pub(super) struct Quiet(Mutex<HashMap<AccountId, Instant>>);

impl Quiet {
    /// How long it is still to be left alone.
    fn left(&self, account: &AccountId) -> Option<Duration> {
        let until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = until.get(account)?.checked_duration_since(Instant::now());
        left.filter(|left| !left.is_zero())
    }

    fn keep(&self, account: &AccountId, wait: Duration) {
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        until.insert(account.clone(), Instant::now() + wait);
    }
}

#[derive(Debug, Deserialize)]
struct EventsBody {
    /// Missing when there is none.
    #[serde(default)]
    data: Vec<EventBody>,
}

#[derive(Debug, Deserialize)]
struct EventBody {
    id: String,
    event_type: String,
    #[serde(default)]
    text: String,
    sender_id: Option<String>,
    created_at: Option<String>,
    #[serde(default)]
    attachments: AttachmentsBody,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AttachmentsBody {
    media_keys: Vec<String>,
}

impl Twitter {
    /// What our user wrote lately to a person, newest first. Credentials that were refused are read again, once.
    pub(crate) async fn written_to(
        &self,
        http: &Http,
        credentials: &impl Credentials,
        (account, person): (&AccountId, &str),
        deadline: Instant,
    ) -> Result<Vec<FoundThere>, LookupError> {
        let asking = async {
            let first = self
                .ask(http, credentials, account, person, deadline)
                .await?;
            let answer = match first.status.as_u16() {
                401 => {
                    credentials.reread(Channel::Twitter).await;
                    self.ask(http, credentials, account, person, deadline)
                        .await?
                }
                _ => first,
            };
            self.judge(account, &answer)
        };
        let asked = timeout_at(deadline, asking).await;
        asked.unwrap_or_else(|_| Err(not_now("it took too long", None)))
    }

    async fn ask(
        &self,
        http: &Http,
        credentials: &impl Credentials,
        account: &AccountId,
        person: &str,
        deadline: Instant,
    ) -> Result<Answer, LookupError> {
        if let Some(left) = self.quiet.left(account) {
            return Err(not_now("X wants no more such calls now", Some(left)));
        }
        let user = credentials.twitter(account).await;
        let user = user.map_err(|error| match error {
            CredentialError::UnknownAccount => {
                LookupError::Never("the account is not connected".to_owned())
            }
            CredentialError::Unavailable(_) => not_now("the credentials cannot be read", None),
        })?;
        let path = ["2", "dm_conversations", "with", person, "dm_events"];
        let mut url = at(&self.origin, &path);
        url.query_pairs_mut()
            .append_pair("event_types", "MessageCreate")
            .append_pair("max_results", ASKED_FOR)
            .append_pair(
                "dm_event.fields",
                "id,text,event_type,sender_id,created_at,attachments",
            );
        let auth = signed("GET", &url, &user).map_err(|_| not_now("it was not signed", None))?;
        let answer = http.call(Method::GET, url, auth, deadline).await;
        answer.map_err(|_| not_now("there was no answer", None))
    }

    fn judge(&self, account: &AccountId, answer: &Answer) -> Result<Vec<FoundThere>, LookupError> {
        let status = answer.status.as_u16();
        let used_up = status == 429 || answer.number("x-rate-limit-remaining") == Some(0);
        let wait = used_up.then(|| reset(answer)).flatten();
        if let Some(wait) = wait {
            self.quiet.keep(account, wait);
        }
        let told = || format!("status {status}");
        match status {
            200..=299 => {
                let body = answer.body.as_deref().unwrap_or_default();
                let body: EventsBody = serde_json::from_slice(body)
                    .map_err(|_| not_now("the answer could not be read", None))?;
                let events = body.data.into_iter();
                Ok(events.filter_map(|event| found(event, account)).collect())
            }
            400 | 402 | 403 | 404 => Err(LookupError::Never(told())),
            _ => Err(not_now(&told(), wait)),
        }
    }
}

fn not_now(reason: &str, retry_after: Option<Duration>) -> LookupError {
    LookupError::NotNow {
        reason: reason.to_owned(),
        retry_after,
    }
}

/// A message that our user wrote.
fn found(event: EventBody, account: &AccountId) -> Option<FoundThere> {
    let EventBody {
        id,
        event_type,
        text,
        sender_id,
        created_at,
        attachments,
    } = event;
    let is_ours = event_type == "MessageCreate" && sender_id.as_deref() == Some(account.as_str());
    let at = Timestamp::parse(created_at.as_deref().filter(|_| is_ours)?).ok()?;
    let files = attachments.media_keys.len();
    Some(FoundThere {
        platform_message_id: id,
        text: if files > 0 { without_link(&text) } else { text },
        files,
        at,
    })
}

/// The text without the address of its file, which X puts behind it.
fn without_link(text: &str) -> String {
    let words = text.trim_end();
    let start = words.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let is_link = words
        .get(start..)
        .is_some_and(|word| word.starts_with(FILE_LINK));
    let text = if is_link { &words[..start] } else { words };
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests;
