//! What somebody who runs the desk asks of the relay by invoking it, and how it answers.

use std::time::Duration;

use serde_json::{Value, json};
use tributary_domain::account::{AccountState, Standing};
use tributary_domain::channel::email::Mail;
use tributary_domain::ports::{Accounts, Messenger, PortError};
use tributary_domain::receive_mail::Route;
use tributary_domain::replay_parked::{
    PARKED, ReplayRequest, Replayed, parked_prefix, replay_parked,
};
use tributary_domain::surroundings::Deadline;
use tributary_domain::{AccountId, Channel, Surroundings};
use tributary_runtime::MailRoutes;

use crate::Relay;

/// How long one invocation replays: less than what a caller such as the AWS CLI waits (60 s).
const REPLAY_FOR: Duration = Duration::from_secs(40);

/// An operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// `{"operation":"replay_parked","channel":"whatsapp"|null,"cursor":"…"|null}`
    ReplayParked {
        /// One channel, or all.
        channel: Option<Channel>,
        /// Where a replay stopped.
        cursor: Option<String>,
    },
    /// `{"operation":"free_account","channel":"twitter","account":"900001"}`: what the platform said of the
    /// account holds no more, as when its owner has allowed the app again, which X does not tell.
    FreeAccount {
        /// The channel.
        channel: Channel,
        /// The account.
        account: AccountId,
    },
}

/// The operation cannot be read; says which field is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidOperation(&'static str);

impl Operation {
    /// Reads an invocation's event that names an operation.
    ///
    /// # Errors
    /// [`InvalidOperation`] when a field is missing, unknown or wrong.
    pub fn parse(event: &Value) -> Result<Self, InvalidOperation> {
        let known = |names: &[&str]| {
            let fields = event.as_object().into_iter().flatten();
            let mut others = fields.filter(|(name, _)| !names.contains(&name.as_str()));
            let unknown = InvalidOperation("there is a field that this operation does not know");
            others.next().map_or(Ok(()), |_| Err(unknown))
        };
        let text = |name: &str| match event.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => Err(()),
        };
        let no_channel =
            InvalidOperation("channel: expected facebook, instagram, whatsapp, twitter or email");
        let channel = text("channel").map_err(|()| no_channel)?;
        let channel = channel.map(|name| Channel::parse(name).ok_or(no_channel));
        let channel = channel.transpose()?;
        match event["operation"].as_str() {
            Some("replay_parked") => {
                known(&["operation", "channel", "cursor"])?;
                let wrong = InvalidOperation("cursor: expected the cursor of an earlier answer");
                let cursor = text("cursor").map_err(|()| wrong)?;
                let prefix = parked_prefix(channel);
                if cursor.is_some_and(|c| !c.is_empty() && !c.starts_with(&prefix)) {
                    return Err(wrong);
                }
                let cursor = cursor.map(str::to_owned);
                Ok(Self::ReplayParked { channel, cursor })
            }
            Some("free_account") => {
                known(&["operation", "channel", "account"])?;
                let wrong = InvalidOperation("account: expected the id of one of our accounts");
                let account = text("account").map_err(|()| wrong)?.ok_or(wrong)?;
                Ok(Self::FreeAccount {
                    channel: channel.ok_or(no_channel)?,
                    account: AccountId::parse(account).map_err(|_| wrong)?,
                })
            }
            Some(_) | None => Err(InvalidOperation(
                "operation: expected replay_parked or free_account",
            )),
        }
    }
}

impl<M: Messenger> Relay<M> {
    /// Does an operation and tells what came of it.
    ///
    /// # Errors
    /// [`PortError`] when nothing could be done at all.
    pub(crate) async fn operate(&self, operation: Operation) -> Result<Value, PortError> {
        match operation {
            Operation::ReplayParked { channel, cursor } => {
                let mut accounts = tributary_runtime::all_accounts(&self.secrets).await;
                // It needs no secret to be ours.
                let mail = AccountId::constant(Channel::Email);
                accounts.insert(Channel::Email, vec![mail.into()]);
                // Without its secret no mail can be told where it belongs; they wait for the next replay.
                let secret = self.secrets.sendgrid().await.ok();
                let routes = secret.map(|secret| MailRoutes::new(&secret, &self.mail));
                let way = |mail: &Mail| routes.as_ref().map_or_else(Route::default, |r| r.of(mail));
                let request = ReplayRequest {
                    mail_way: routes.is_some().then_some(&way),
                    channel,
                    after: cursor.as_deref(),
                    accounts: &accounts,
                };
                let deadline = Deadline::after(&self.desk.surroundings, REPLAY_FOR);
                let replayed = Box::pin(replay_parked(&self.desk, request, deadline)).await;
                Ok(report(channel, replayed))
            }
            Operation::FreeAccount { channel, account } => {
                let told = AccountState {
                    standing: Standing::Ok,
                    since: self.desk.surroundings.now(),
                };
                let freed = self.desk.tickets.note(channel, &account, &told).await?;
                tracing::info!(%channel, account = account.as_str(), "an account was freed");
                Ok(json!({"operation": "free_account", "freed": freed}))
            }
        }
    }
}

/// What a replay came to, as it is told.
fn report(channel: Option<Channel>, replayed: Replayed) -> Value {
    let Replayed {
        bodies,
        counts,
        still_parked,
        not_replayed,
        cursor,
        stopped,
    } = replayed;
    if let Some(error) = &stopped {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "a replay stopped before its end"
        );
    }
    let short = |key: &str| key.strip_prefix(PARKED).unwrap_or(key).to_owned();
    tracing::info!(
        bodies,
        stored = counts.stored,
        duplicates = counts.duplicates,
        ignored = counts.ignored,
        parked = counts.parked,
        still_parked = still_parked.len(),
        not_replayed = not_replayed.len(),
        done = cursor.is_none(),
        first_still_parked = still_parked.first().map(|b| short(&b.key)),
        "replayed parked bodies"
    );
    let still_parked: Vec<Value> = still_parked
        .iter()
        .map(|b| json!({"key": b.key, "events": b.events, "reasons": b.reasons}))
        .collect();
    let not_replayed: Vec<Value> = not_replayed
        .iter()
        .map(|n| json!({"key": n.key, "reason": n.reason}))
        .collect();
    json!({
        "operation": "replay_parked",
        "channel": channel.map(Channel::as_str),
        "bodies": bodies,
        "received": counts.received(),
        "stored": counts.stored,
        "duplicates": counts.duplicates,
        "ignored": counts.ignored,
        "parked": counts.parked,
        "still_parked": still_parked,
        "not_replayed": not_replayed,
        "stopped": stopped.is_some().then_some("a store did not answer: go on with the cursor later"),
        "cursor": cursor,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_read_and_what_is_wrong_with_one_is_named() {
        let parse = |event: Value| Operation::parse(&event);
        let replay = |channel, cursor: Option<&str>| {
            let cursor = cursor.map(str::to_owned);
            Ok(Operation::ReplayParked { channel, cursor })
        };
        assert_eq!(
            parse(json!({"operation": "replay_parked"})),
            replay(None, None)
        );
        let key = "parked/whatsapp/1.json";
        assert_eq!(
            parse(json!({"operation": "replay_parked", "channel": "whatsapp", "cursor": key})),
            replay(Some(Channel::WhatsApp), Some(key))
        );
        assert_eq!(
            parse(json!({"operation": "replay_parked", "channel": null, "cursor": ""})),
            replay(None, Some(""))
        );
        assert!(
            parse(json!({"operation": "free_account", "channel": "twitter", "account": "9"}))
                .is_ok()
        );
        for (event, field) in [
            (json!({"operation": "drop_tables"}), "operation"),
            (json!({"operation": 7}), "operation"),
            (
                json!({"operation": "replay_parked", "channel": "pigeon"}),
                "channel",
            ),
            (
                json!({"operation": "replay_parked", "channel": 7}),
                "channel",
            ),
            (
                json!({"operation": "replay_parked", "cursor": "content/1"}),
                "cursor",
            ),
            (
                json!({"operation": "replay_parked", "channel": "facebook", "cursor": key}),
                "cursor",
            ),
            (
                json!({"operation": "replay_parked", "chanel": "facebook"}),
                "there is a field",
            ),
            (
                json!({"operation": "free_account", "channel": "twitter"}),
                "account",
            ),
            (
                json!({"operation": "free_account", "account": "9"}),
                "channel",
            ),
        ] {
            let refusal = parse(event.clone()).expect_err("is refused").to_string();
            assert!(refusal.starts_with(field), "{event}: {refusal}");
        }
    }
}
