//! What librdkafka tells about its connections.

use std::collections::HashMap;
use std::error::Error;
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::client::OAuthToken;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use serde::Deserialize;
use tokio::sync::watch;

use crate::auth;
use crate::settings::KafkaAuth;

/// How long a report is believed. Reports come each 250 ms; older ones are from before the process
/// was frozen, when its connections may have died.
const FRESH: Duration = Duration::from_secs(2);

/// When a broker was last seen connected, if the latest report says so.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Connection(Option<Instant>);

impl Connection {
    /// Whether a broker is connected at `now`, as far as one can tell.
    pub(crate) fn is_up(self, now: Instant) -> bool {
        self.0
            .is_some_and(|seen| now.saturating_duration_since(seen) < FRESH)
    }
}

/// Takes librdkafka's callbacks, on its polling thread.
pub(crate) struct Context {
    /// How the brokers know us.
    pub(crate) auth: KafkaAuth,
    /// Where reports go.
    pub(crate) connection: watch::Sender<Connection>,
}

/// The parts of librdkafka's statistics that tell whether it can publish (its STATISTICS.md).
#[derive(Debug, Deserialize)]
struct Report {
    brokers: HashMap<String, Broker>,
    eos: Option<Idempotence>,
}

#[derive(Debug, Deserialize)]
struct Broker {
    nodeid: i32,
    state: String,
}

#[derive(Debug, Deserialize)]
struct Idempotence {
    idemp_state: String,
}

impl Report {
    /// A broker of the cluster is connected (not only an address to ask first, whose id is -1), and
    /// the producer has the id without which nothing is sent.
    fn can_publish(&self) -> bool {
        self.brokers
            .values()
            .any(|b| b.nodeid >= 0 && b.state == "UP")
            && self
                .eos
                .as_ref()
                .is_some_and(|eos| eos.idemp_state == "Assigned")
    }
}

impl ClientContext for Context {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

    fn stats_raw(&self, statistics: &[u8]) {
        let up = match serde_json::from_slice::<Report>(statistics) {
            Ok(report) => report.can_publish(),
            Err(error) => {
                tracing::error!(%error, "librdkafka's statistics cannot be read");
                false
            }
        };
        self.connection
            .send_replace(Connection(up.then(Instant::now)));
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::AllBrokersDown) {
            self.connection.send_replace(Connection(None));
        }
        tracing::warn!(%error, reason, "kafka");
    }

    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        match level {
            RDKafkaLogLevel::Emerg
            | RDKafkaLogLevel::Alert
            | RDKafkaLogLevel::Critical
            | RDKafkaLogLevel::Error => {
                tracing::error!(facility, message, "librdkafka");
            }
            RDKafkaLogLevel::Warning => tracing::warn!(facility, message, "librdkafka"),
            RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
                tracing::info!(facility, message, "librdkafka")
            }
            RDKafkaLogLevel::Debug => tracing::debug!(facility, message, "librdkafka"),
        }
    }

    fn generate_oauth_token(&self, _config: Option<&str>) -> Result<OAuthToken, Box<dyn Error>> {
        match &self.auth {
            KafkaAuth::Iam { region, ca_file: _ } => auth::token(region),
            KafkaAuth::None => Err("these brokers ask for no token".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(statistics: &str) -> Connection {
        let (connection, seen) = watch::channel(Connection(Some(Instant::now())));
        Context {
            auth: KafkaAuth::None,
            connection,
        }
        .stats_raw(statistics.as_bytes());
        *seen.borrow()
    }

    #[test]
    fn it_is_up_only_with_a_broker_of_the_cluster_connected_and_a_producer_id() {
        let report = |node: i32, state: &str, eos: &str| {
            format!(
                r#"{{"brokers":{{"b":{{"nodeid":{node},"state":"{state}"}}}},"eos":{{"idemp_state":"{eos}"}}}}"#
            )
        };
        let now = Instant::now();
        assert!(after(&report(1, "UP", "Assigned")).is_up(now));
        for (node, state, eos) in [
            (-1, "UP", "Assigned"),
            (1, "CONNECT", "Assigned"),
            (1, "UP", "WaitPID"),
        ] {
            assert!(
                !after(&report(node, state, eos)).is_up(now),
                "{node} {state} {eos}"
            );
        }
        assert!(!after(r#"{"brokers":{}}"#).is_up(now));
        assert!(!after("nonsense").is_up(now));
    }

    #[test]
    fn a_report_from_before_a_freeze_is_not_believed() {
        let seen = Instant::now();
        assert!(Connection(Some(seen)).is_up(seen + Duration::from_millis(500)));
        assert!(!Connection(Some(seen)).is_up(seen + FRESH));
    }

    #[test]
    fn it_is_down_as_soon_as_every_broker_is_gone() {
        let (connection, seen) = watch::channel(Connection(Some(Instant::now())));
        let context = Context {
            auth: KafkaAuth::None,
            connection,
        };
        context.error(
            KafkaError::Global(RDKafkaErrorCode::BrokerTransportFailure),
            "one",
        );
        assert!(seen.borrow().is_up(Instant::now()));
        context.error(KafkaError::Global(RDKafkaErrorCode::AllBrokersDown), "all");
        assert!(!seen.borrow().is_up(Instant::now()));
    }
}
