//! What the checks of Meta's platforms share: reading and renewing subscriptions, and what a refusal means
//! (Graph API, handling errors; Page, subscribed_apps).

use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;
use tributary_domain::ports::Checkup;

use super::Finding;
use crate::credentials::Secret;
use crate::http::{Answer, Auth, Http};

/// An object of the Graph API that is asked, and how it is called in sentences.
pub(crate) struct Node<'a> {
    pub(crate) http: &'a Http,
    pub(crate) origin: &'a Url,
    pub(crate) version: &'a str,
    pub(crate) id: &'a str,
    pub(crate) token: &'a Secret,
    /// Whose answer it is: `Messenger`.
    pub(crate) platform: &'static str,
    /// What it is: `page`.
    pub(crate) what: &'static str,
    /// Last part of the name of the secret with the token.
    pub(crate) secret: &'static str,
    pub(crate) deadline: Instant,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: GraphError,
}

#[derive(Deserialize)]
struct GraphError {
    code: i64,
}

impl Node<'_> {
    /// Calls an edge of it, or it itself.
    pub(crate) async fn call(
        &self,
        method: Method,
        edge: Option<&str>,
        query: &[(&str, &str)],
    ) -> Result<Value, Finding> {
        let mut url = self.origin.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend([self.version, self.id]).extend(edge);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let answer = self
            .http
            .call(method, url, Auth::Bearer(self.token), self.deadline)
            .await
            .map_err(|_| self.away())?;
        if !answer.status.is_success() {
            return Err(self.refusal(&answer));
        }
        let body = answer.body.unwrap_or_default();
        serde_json::from_slice(&body).map_err(|_| self.away())
    }

    fn away(&self) -> Finding {
        Checkup::Unclear(format!("{} did not answer.", self.platform)).into()
    }

    /// What a refusal means for the account.
    pub(crate) fn refusal(&self, answer: &Answer) -> Finding {
        let body = answer.body.as_deref().unwrap_or_default();
        let code = serde_json::from_slice::<ErrorBody>(body).map(|body| body.error.code);
        let Self {
            platform,
            what,
            secret,
            ..
        } = self;
        let broken = |reason: String| Finding::from(Checkup::Broken(reason));
        match code {
            Ok(0 | 102 | 190) => self.refused_token(),
            Ok(code @ (3 | 10 | 200..=299)) => broken(format!(
                "The access token lacks a permission for the {what} (code {code}): give the app its permissions at Meta, make a new token and put it into the secret {secret}."
            )),
            Ok(code @ (368 | 131_031)) => broken(format!(
                "Meta has blocked the {what} (code {code}): see what Meta says in Business Support."
            )),
            Ok(code @ 100) if !answer.status.is_server_error() => broken(format!(
                "{platform} does not know the {what}, or the access token belongs to another one (code {code}): compare the ids in the secret {secret}."
            )),
            Ok(code) => Checkup::Unclear(format!("{platform} answered with code {code}.")).into(),
            Err(_) if answer.status == StatusCode::UNAUTHORIZED => self.refused_token(),
            Err(_) => Checkup::Unclear(format!(
                "{platform} answered with status {}.",
                answer.status.as_u16()
            ))
            .into(),
        }
    }

    fn refused_token(&self) -> Finding {
        let Self {
            platform,
            what,
            secret,
            ..
        } = self;
        let reason = format!(
            "{platform} does not accept the {what}'s access token any more: it has expired or was withdrawn. Make a new one and put it into the secret {secret}."
        );
        Finding {
            checkup: Checkup::Broken(reason),
            credentials_refused: true,
        }
    }

    /// Subscribes the app to what is missing of `wanted`; what it had besides stays. An app that gets
    /// messages works, even if the platform refuses the rest.
    pub(crate) async fn keep_subscribed(&self, wanted: &[&'static str]) -> Finding {
        let apps = match self.call(Method::GET, Some("subscribed_apps"), &[]).await {
            Ok(apps) => apps,
            Err(finding) => return finding,
        };
        let had = fullest(&apps);
        if wanted.iter().all(|field| had.iter().any(|h| h == field)) {
            return Checkup::Good.into();
        }
        let mut fields: Vec<&str> = wanted.to_vec();
        fields.extend(had.iter().map(String::as_str));
        fields.sort_unstable();
        fields.dedup();
        let fields = fields.join(",");
        let query = [("subscribed_fields", fields.as_str())];
        match self
            .call(Method::POST, Some("subscribed_apps"), &query)
            .await
        {
            Ok(answer) if answer["success"] == true => {
                Checkup::Mended("the webhooks were subscribed again").into()
            }
            Ok(_) => self.not_subscribed(&had, None),
            Err(finding) => self.not_subscribed(&had, Some(finding)),
        }
    }

    fn not_subscribed(&self, had: &[String], refusal: Option<Finding>) -> Finding {
        if let Some(finding) = refusal
            && (finding.credentials_refused || matches!(finding.checkup, Checkup::Unclear(_)))
        {
            return finding;
        }
        if had.iter().any(|field| field == "messages") {
            tracing::warn!(
                platform = self.platform,
                "some webhook fields cannot be subscribed"
            );
            return Checkup::Good.into();
        }
        let Self { platform, what, .. } = self;
        Checkup::Broken(format!(
            "The {what} sends us no webhooks, and {platform} refuses to subscribe it: subscribe it by hand (POST /{{id}}/subscribed_apps) and look at the answer."
        ))
        .into()
    }
}

/// The fields of the app that has most. A token sees its own app; where it sees several, the one with
/// most is taken for ours.
fn fullest(apps: &Value) -> Vec<String> {
    let apps = apps["data"].as_array().into_iter().flatten();
    let fields = apps.map(|app| {
        let fields = app["subscribed_fields"].as_array().into_iter().flatten();
        // Older versions list names, some list objects with a name.
        let name = |field: &Value| field.as_str().or(field["name"].as_str()).map(str::to_owned);
        fields.filter_map(name).collect::<Vec<_>>()
    });
    fields.max_by_key(Vec::len).unwrap_or_default()
}
