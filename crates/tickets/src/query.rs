//! Query parameters: all of them known, none given twice, every refusal naming the parameter.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use tributary_domain::ports::InboxFilter;
use tributary_domain::{AgentId, Channel, Priority, Status, Timestamp};
use tributary_edge::Problem;

use crate::failure::invalid_parameter;

/// Most rows of a page.
const MAX_LIMIT: usize = 100;
/// Rows of a page unless told.
const DEFAULT_LIMIT: usize = 25;
/// Most characters that are searched for.
const MAX_QUERY_CHARS: usize = 200;

/// The parameters of a query as they came.
#[derive(Debug)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(pairs)| Self(pairs))
            .map_err(|_| invalid_parameter("query", "cannot be decoded"))
    }
}

/// The parameters of one call, by name. An empty one is as good as none.
#[derive(Debug)]
pub(crate) struct Given(BTreeMap<String, String>);

impl Parameters {
    /// The parameters, which must be among `known`.
    ///
    /// # Errors
    /// `invalid-parameter` for one that is unknown or given twice.
    pub(crate) fn among(self, known: &[&str]) -> Result<Given, Problem> {
        let mut given = BTreeMap::new();
        for (name, value) in self.0 {
            let Some(&name) = known.iter().find(|known| **known == name) else {
                let short: String = name.chars().take(80).collect();
                return Err(invalid_parameter(&short, "is not known here"));
            };
            if given.insert(name.to_owned(), value).is_some() {
                return Err(invalid_parameter(name, "is given twice"));
            }
        }
        given.retain(|_, value| !value.is_empty());
        Ok(Given(given))
    }
}

impl Given {
    /// A parameter as text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// `limit`: 1 to 100, 25 unless told.
    pub(crate) fn limit(&self) -> Result<usize, Problem> {
        let Some(text) = self.text("limit") else {
            return Ok(DEFAULT_LIMIT);
        };
        text.parse()
            .ok()
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or_else(|| invalid_parameter("limit", "must be a whole number from 1 to 100"))
    }

    /// What a list of tickets is filtered by; `me` is the caller.
    pub(crate) fn filter(&self, me: &AgentId) -> Result<InboxFilter, Problem> {
        Ok(InboxFilter {
            statuses: self.words(
                "status",
                Status::parse,
                Status::ALL.iter().map(|v| v.as_str()),
            )?,
            channels: self.words(
                "channel",
                Channel::parse,
                Channel::ALL.iter().map(|v| v.as_str()),
            )?,
            priorities: self.words(
                "priority",
                Priority::parse,
                Priority::ALL.iter().map(|v| v.as_str()),
            )?,
            assigned: self.assigned(me)?,
            tag: self.text("tag").map(str::to_owned),
            words: self.search()?,
            updated_since: self.updated_since()?,
        })
    }

    /// Words separated by commas, each once.
    fn words<'a, T: PartialEq>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
        all: impl Iterator<Item = &'a str>,
    ) -> Result<Vec<T>, Problem> {
        let mut values = Vec::new();
        for word in self.text(name).into_iter().flat_map(|text| text.split(',')) {
            let Some(value) = parse(word) else {
                let all: Vec<&str> = all.collect();
                let why = format!("must be of {}, several separated by commas", all.join(", "));
                return Err(invalid_parameter(name, &why));
            };
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Ok(values)
    }

    fn assigned(&self, me: &AgentId) -> Result<Option<Option<AgentId>>, Problem> {
        match self.text("assigned_agent_id") {
            None => Ok(None),
            Some("none") => Ok(Some(None)),
            Some("me") => Ok(Some(Some(me.clone()))),
            Some(id) => AgentId::parse(id).map(|id| Some(Some(id))).map_err(|_| {
                invalid_parameter("assigned_agent_id", "must be me, none or an agent's id")
            }),
        }
    }

    /// The words of `q`, lower-cased: parted at every sign as the words of a ticket are, addresses
    /// and identities excepted, which are looked for as a whole.
    fn search(&self) -> Result<Vec<String>, Problem> {
        let text = self.text("q").unwrap_or_default();
        if text.chars().nth(MAX_QUERY_CHARS).is_some() {
            return Err(invalid_parameter("q", "may have at most 200 characters"));
        }
        let sign = |c: char| !c.is_alphanumeric();
        let mut words = Vec::new();
        for word in text.to_lowercase().split_whitespace() {
            let word = word.trim_matches(sign);
            if word.contains(['@', ':']) {
                words.push(word.to_owned());
            } else {
                let parts = word.split(sign).filter(|part| !part.is_empty());
                words.extend(parts.map(str::to_owned));
            }
        }
        Ok(words)
    }

    fn updated_since(&self) -> Result<Option<Timestamp>, Problem> {
        self.text("updated_since")
            .map(|text| {
                Timestamp::parse(text)
                    .map_err(|error| invalid_parameter("updated_since", &error.to_string()))
            })
            .transpose()
    }
}
