//! What the producer is told, and what it tells librdkafka.

use rdkafka::ClientConfig;

/// How the brokers know us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KafkaAuth {
    /// MSK with IAM: TLS, and tokens signed with the function's own credentials.
    Iam {
        /// The cluster's AWS region.
        region: String,
        /// Who may have signed the brokers' certificates, a PEM file; the system's roots if none.
        ca_file: Option<String>,
    },
    /// Plain text, for the local stack.
    None,
}

/// Where events go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KafkaConfig {
    /// Brokers to ask first: `host:port`, comma separated.
    pub bootstrap: String,
    /// How they know us.
    pub auth: KafkaAuth,
    /// The topic of ticket events.
    pub tickets_topic: String,
    /// The topic of message events.
    pub messages_topic: String,
}

/// librdkafka's settings. Names and meanings: its CONFIGURATION.md, version 2.12.
pub(crate) fn client_config(config: &KafkaConfig) -> ClientConfig {
    let KafkaConfig {
        bootstrap,
        auth,
        tickets_topic: _,
        messages_topic: _,
    } = config;
    let mut client = ClientConfig::new();
    client
        .set("bootstrap.servers", bootstrap)
        .set("client.id", "tributary")
        .set("acks", "all")
        .set("enable.idempotence", "true")
        // The partition a Java client would choose, so that one ticket stays in one partition
        // whoever else writes to the topics.
        .set("partitioner", "murmur2_random")
        // Otherwise a connection that ended while nothing was published comes back only with the next
        // event, which would have to wait for it.
        .set("enable.sparse.connections", "false")
        .set("linger.ms", "1")
        // Last resort only: what a publish leaves behind is purged long before.
        .set("message.timeout.ms", "8000")
        .set("request.timeout.ms", "5000")
        .set("socket.timeout.ms", "5000")
        .set("socket.connection.setup.timeout.ms", "5000")
        .set("socket.keepalive.enable", "true")
        .set("reconnect.backoff.ms", "100")
        .set("reconnect.backoff.max.ms", "5000")
        .set("log.connection.close", "false")
        // The only sign librdkafka gives that a broker is connected.
        .set("statistics.interval.ms", "250");
    match auth {
        KafkaAuth::Iam { region: _, ca_file } => {
            client
                // Left to itself librdkafka asks the OpenSSL that is linked into it, whose own directory
                // is on no system. `probe` looks where systems keep their roots.
                .set("ssl.ca.location", ca_file.as_deref().unwrap_or("probe"))
                .set("security.protocol", "SASL_SSL")
                .set("sasl.mechanisms", "OAUTHBEARER");
        }
        KafkaAuth::None => {
            client.set("security.protocol", "PLAINTEXT");
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(auth: KafkaAuth) -> ClientConfig {
        client_config(&KafkaConfig {
            bootstrap: "broker:9092".into(),
            auth,
            tickets_topic: "support-tickets".into(),
            messages_topic: "support-messages".into(),
        })
    }

    fn iam(ca_file: Option<&str>) -> KafkaAuth {
        KafkaAuth::Iam {
            region: "eu-central-1".into(),
            ca_file: ca_file.map(str::to_owned),
        }
    }

    #[test]
    fn every_acknowledgement_means_all_replicas_and_no_retry_doubles_a_record() {
        let config = config(KafkaAuth::None);
        assert_eq!(config.get("acks"), Some("all"));
        assert_eq!(config.get("enable.idempotence"), Some("true"));
        assert!(
            config.create_native_config().is_ok(),
            "librdkafka takes every setting"
        );
    }

    #[test]
    fn iam_means_tls_with_bearer_tokens() {
        let config = config(iam(None));
        assert_eq!(config.get("security.protocol"), Some("SASL_SSL"));
        assert_eq!(config.get("sasl.mechanisms"), Some("OAUTHBEARER"));
        assert!(
            config.create_native_config().is_ok(),
            "librdkafka takes every setting"
        );
    }

    #[test]
    fn certificates_are_checked_against_the_systems_roots_or_the_given_file() {
        assert_eq!(config(iam(None)).get("ssl.ca.location"), Some("probe"));
        assert_eq!(
            config(iam(Some("/etc/ca.pem"))).get("ssl.ca.location"),
            Some("/etc/ca.pem")
        );
    }
}
